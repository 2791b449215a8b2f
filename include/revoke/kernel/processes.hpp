// processes.hpp - the processes of a user, in any cgroup or namespace.
//
// logind's records are not enough: a session has ended when its processes have.
// Source: proc(5), proc_pid_status(5), ioctl_ns(2).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/kernel/subuid.hpp"

namespace pam_revoke {

// Why a process belongs to a user.
enum class Tie : std::uint8_t {
    slice,        // in the user's slice of the cgroup tree
    uid,          // runs as the UID elsewhere, or in a user namespace that the user created
    login,        // sshd or login for the user: root's process, before or beside a session
    subordinate,  // runs as a UID of /etc/subuid, or in a user namespace that such a UID created
    container,    // runs as the UID in another's PID namespace; may be another user
    descendant,   // runs as another user, with the user's login UID; or a daemon for the user
};

struct Process {
    pid_t pid = 0;
    std::uint32_t uid = 0;
    Tie tie = Tie::slice;
    std::string cgroup;           // as in /proc/PID/cgroup
    std::string command;          // its name; the process can choose it
    std::uint64_t started = 0;    // clock ticks since boot; a reused PID has another value
    std::uint32_t owner_uid = 0;  // the UID that makes it the user's: its own or a subordinate one
    bool descends = false;        // Tie::subordinate: its login UID is the user's, too
    pid_t parent = 0;             // 0 for none
    std::string client{};         // in Found::connecting: the user name that the client sent
};

// Returns the word for `tie` in output: session, user, login, subordinate, container, descendant.
// Errors: none.
[[nodiscard]] const char* tie_word(Tie tie);

// The result of a scan of /proc. With an error, it is incomplete.
struct Found {
    std::vector<Process> processes;
    // sshd's processes for connections, of any user, that nothing but the title connects to one.
    // Such a process may have passed the gate, and opens its session later.
    std::vector<Process> connecting;
    std::optional<Error> error;
};

// Returns the processes of `uid` except zombies; of root, only those in its slice. The caller must
// check Tie::subordinate: the UID may be another user's account.
// Errors: none returned; Found::error is io.
[[nodiscard]] Found find_processes(std::uint32_t uid,
                                   const std::vector<UidRange>& subordinate = {});

// Returns the process with this PID, without a tie.
// Errors: none; no value for a zombie or an unused PID.
[[nodiscard]] std::optional<Process> find_process(pid_t pid);

// Returns the zombies of `uid`, which the kernel still counts. Skips nested PID namespaces.
// Errors: none; empty if /proc cannot be read.
using Zombies = std::set<std::pair<pid_t, std::uint64_t>>;  // with their start times
[[nodiscard]] Zombies find_zombies(std::uint32_t uid);

// Returns `uids` without those in use in a container created by a user outside `makers`. Ranges of
// containers overlap, so such a UID can belong to another user.
// Errors: none; an empty set if /proc cannot be read.
[[nodiscard]] std::set<std::uint32_t> not_used_elsewhere(std::set<std::uint32_t> uids,
                                                         const std::vector<std::uint32_t>& makers);

// Returns the UIDs with processes in our namespaces, sorted, without system UIDs.
// Errors: io if /proc cannot be read.
[[nodiscard]] Result<std::vector<std::uint32_t>> uids_with_processes();

// Sends `signal` to `process` unless its PID was reused.
// Errors: io; none if the process is gone.
[[nodiscard]] Result<void> send_signal(const Process& process, int signal);

}  // namespace pam_revoke
