// cgroup.hpp - control groups: whether anything is in one, and ending all of it at once.
//
// Ground: the kernel's own account of who belongs together. A process can not leave its group by forking, by re-parenting
// or by ignoring signals, and a kill of the group races with nothing.
// Source: cgroups(7); Documentation/admin-guide/cgroup-v2.rst: cgroup.events, cgroup.kill, cgroup.freeze.
// Layer: ground.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/base/file.hpp"

namespace pam_revoke {

// user-1000.slice, and where it is: /user.slice/user-1000.slice.
[[nodiscard]] std::string slice_unit(std::uint32_t uid);
[[nodiscard]] std::string slice_path(std::uint32_t uid);

// True when `path` is `group` or below it.
[[nodiscard]] bool is_within(std::string_view path, std::string_view group);

// The unit directly below the slice of `uid` that `cgroup` is in (session-3.scope, user@1000.service); empty when
// it is elsewhere.
// Errors: none.
[[nodiscard]] std::string unit_in_slice(std::string_view cgroup, std::uint32_t uid);

// The system unit that `cgroup` belongs to: the first part of the path that is no slice (ssh.service). With its path in
// `path` when that is wanted. Empty when there is none.
// Errors: none.
[[nodiscard]] std::string unit_of(std::string_view cgroup, std::string* path = nullptr);

// The part of the path that a container engine made: libpod-4f2c.scope; empty when there is none.
// Errors: none.
// Source: how podman, docker, CRI-O and systemd-machined name their scopes.
[[nodiscard]] std::string container_in(std::string_view cgroup);

// One group with all below it.
class ControlGroup {
public:
    // Units: path: as in /proc/PID/cgroup.
    explicit ControlGroup(std::string_view path);
    // True when processes are in it; false also when there is no such group.
    [[nodiscard]] bool populated() const;
    // Waits until that changes, at most `timeout_msec`.
    void wait(int timeout_msec) const;
    // Kills everything in it at once, frozen or not; where the kernel has no cgroup.kill it is frozen first, so that nothing can
    // fork, and then killed one by one. False when neither could be done.
    [[nodiscard]] bool kill() const;
    // What is in it and in the first thousand groups below. Errors: none; what could not be read is left out.
    [[nodiscard]] std::vector<pid_t> pids() const;
    // The lowest group below that has processes, for whoever must find out why; empty when none has.
    [[nodiscard]] std::string populated_part() const;

private:
    [[nodiscard]] bool write(const char* name, const char* text) const;
    [[nodiscard]] bool freeze_and_kill() const;

    std::string path_;
    std::string folder_;
    Fd events_;
};

}  // namespace pam_revoke
