// cgroup.hpp - control groups: whether anything is in one, and ending all of it at once.
//
// Ground: the kernel's own account of who belongs together. A process cannot leave its group by
// forking, by re-parenting or by ignoring signals, and a kill of the group races with nothing.
// Source: cgroups(7); Documentation/admin-guide/cgroup-v2.rst: cgroup.events, cgroup.kill,
//         cgroup.freeze.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/base/file.hpp"

namespace pam_revoke {

// The unit of a user's slice, user-1000.slice, and its cgroup, /user.slice/user-1000.slice.
// Errors: none.
// Source: systemd.slice(5), systemd-logind.service(8).
[[nodiscard]] std::string slice_unit(std::uint32_t uid);
[[nodiscard]] std::string slice_path(std::uint32_t uid);

// True when `path` is `group` or below it.
// Errors: none.
[[nodiscard]] bool is_within(std::string_view path, std::string_view group);

// The unit directly below the slice of `uid` that `cgroup` is in (session-3.scope,
// user@1000.service); empty when it is elsewhere.
// Errors: none.
[[nodiscard]] std::string unit_in_slice(std::string_view cgroup, std::uint32_t uid);

// The system unit that `cgroup` belongs to: the first part of the path that is no slice
// (ssh.service). With its path in `path` when that is wanted. Empty when there is none.
// Errors: none.
[[nodiscard]] std::string unit_of(std::string_view cgroup, std::string* path = nullptr);

// The part of the path that a container engine made: libpod-4f2c.scope; empty when there is none.
// Errors: none.
// Source: how podman, docker, CRI-O and systemd-machined name their scopes.
[[nodiscard]] std::string container_in(std::string_view cgroup);

// One group with all below it.
class ControlGroup {
public:
    // Opens the group's events.
    // Units:  path: as in /proc/PID/cgroup.
    // Errors: none; a group that cannot be opened is not populated.
    explicit ControlGroup(std::string_view path);
    // True when processes are in it; false also when there is no such group, or it cannot be read.
    // Errors: none.
    [[nodiscard]] bool populated() const;
    // Waits until that changes; may return earlier.
    // Units:  timeout_msec: the longest wait; all of it where the group cannot be read.
    // Errors: none.
    void wait(int timeout_msec) const;
    // Kills everything in it at once, frozen or not. Where the kernel has no cgroup.kill, the group
    // is frozen, so that nothing can fork, and its processes are killed one by one.
    // Errors: none returned; false when neither could be done to the end.
    [[nodiscard]] bool kill() const;
    // What is in it and in the first thousand groups below.
    // Errors: none; what could not be read is left out.
    [[nodiscard]] std::vector<pid_t> pids() const;
    // The lowest group below that has processes, for a message; empty when there are no processes.
    // Errors: none; a group that cannot be read has none below.
    [[nodiscard]] std::string populated_part() const;

private:
    [[nodiscard]] bool write(const char* name, const char* text) const;
    [[nodiscard]] bool freeze_and_kill() const;

    std::string path_;
    std::string directory_;
    Fd events_;
};

}  // namespace pam_revoke
