// cgroup.hpp - cgroups: whether one has processes, and killing all of it at once.
//
// A process cannot leave its cgroup by a fork, a new parent or ignored signals, and a kill of the
// cgroup has no race.
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

// True if `path` is `group` or below it.
// Errors: none.
[[nodiscard]] bool is_within(std::string_view path, std::string_view group);

// The unit directly below the slice of `uid` that `cgroup` is in (session-3.scope,
// user@1000.service); empty if it is elsewhere.
// Errors: none.
[[nodiscard]] std::string unit_in_slice(std::string_view cgroup, std::uint32_t uid);

// The system unit of `cgroup`: the first part of the path that is no slice (ssh.service). Empty if
// there is none. `path` gets the path of that unit, unless it is nullptr.
// Errors: none.
[[nodiscard]] std::string unit_of(std::string_view cgroup, std::string* path = nullptr);

// The part of the path that a container engine made: libpod-4f2c.scope. Empty if there is none.
// Errors: none.
// Source: the scope names of podman, docker, CRI-O and systemd-machined.
[[nodiscard]] std::string container_in(std::string_view cgroup);

// A cgroup and all cgroups below it.
class ControlGroup {
public:
    // Opens cgroup.events.
    // Units:  path: as in /proc/PID/cgroup.
    // Errors: none; a cgroup that cannot be opened is not populated.
    explicit ControlGroup(std::string_view path);
    // True if it has processes. False also if it does not exist or cannot be read.
    // Errors: none.
    [[nodiscard]] bool populated() const;
    // Waits until populated() changes; may return earlier.
    // Units:  timeout_msec: the longest wait, and the wait if the cgroup cannot be read.
    // Errors: none.
    void wait(int timeout_msec) const;
    // Kills all of it at once, frozen or not. A kernel without cgroup.kill: freezes it, so that
    // nothing can fork, and kills its processes one by one. Errors: none returned; false if neither
    // could be completed.
    [[nodiscard]] bool kill() const;
    // The processes in it and in the first thousand cgroups below.
    // Errors: none; cgroups that cannot be read are left out.
    [[nodiscard]] std::vector<pid_t> pids() const;
    // The lowest cgroup with processes, for a message; empty if there are none.
    // Errors: none; a cgroup that cannot be read has none below.
    [[nodiscard]] std::string populated_part() const;

private:
    [[nodiscard]] bool write(const char* name, const char* text) const;
    [[nodiscard]] bool freeze_and_kill() const;

    std::string path_;
    std::string directory_;
    Fd events_;
};

}  // namespace pam_revoke
