// cgroup.hpp - reads and kills cgroups.
//
// A fork, a new parent or ignored signals do not move a process out of its cgroup. Killing a cgroup
// has no race.
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

// Return the unit of a user's slice, user-1000.slice, and its cgroup, /user.slice/user-1000.slice.
// Errors: none.
// Source: systemd.slice(5), systemd-logind.service(8).
[[nodiscard]] std::string slice_unit(std::uint32_t uid);
[[nodiscard]] std::string slice_path(std::uint32_t uid);

// True if `path` is `group` or below it.
// Errors: none.
[[nodiscard]] bool is_within(std::string_view path, std::string_view group);

// Returns the unit of `cgroup` directly below the slice of `uid` (session-3.scope,
// user@1000.service); empty if `cgroup` is elsewhere.
// Errors: none.
[[nodiscard]] std::string unit_in_slice(std::string_view cgroup, std::uint32_t uid);

// Returns the first part of `cgroup` that is no slice (ssh.service); empty if there is none. Writes
// the path of that unit to `path`, unless it is nullptr.
// Errors: none.
[[nodiscard]] std::string unit_of(std::string_view cgroup, std::string* path = nullptr);

// Returns the part of `cgroup` that a container engine created (libpod-4f2c.scope); empty if none.
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
    // True if it has processes.
    // Errors: none; false if it does not exist or cannot be read.
    [[nodiscard]] bool populated() const;
    // Waits until populated() becomes false; may return earlier.
    // Units:  timeout_msec: the longest wait, and the wait if populated() is already false.
    // Errors: none.
    void wait(int timeout_msec) const;
    // Kills all of it at once, frozen or not. Without cgroup.kill, freezes it to prevent forks, and
    // kills each process in pids().
    // Errors: false if neither succeeds.
    [[nodiscard]] bool kill() const;
    // Returns the processes of this cgroup and of those below: at most 1000 cgroups.
    // Errors: none; unreadable cgroups are left out.
    [[nodiscard]] std::vector<pid_t> pids() const;
    // Returns the lowest cgroup with processes, for a message; empty if there are none.
    // Errors: none; an unreadable cgroup has none below.
    [[nodiscard]] std::string populated_part() const;

private:
    [[nodiscard]] bool write(const char* name, const char* text) const;
    [[nodiscard]] bool freeze_and_kill() const;

    std::string path_;
    std::string directory_;
    Fd events_;
};

}  // namespace pam_revoke
