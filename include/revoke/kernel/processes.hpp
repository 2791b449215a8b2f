// processes.hpp - what is really running of a person, wherever it hides.
//
// Edge: /proc and the owners of user namespaces. logind forgets: what counts in the end is whether
// a process lives.
// Source: proc(5), ioctl_ns(2).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/kernel/subuid.hpp"

namespace pam_revoke {

// Why a process is the person's.
enum class Tie : std::uint8_t {
    slice,  // in the person's own slice of the control group tree
    uid,    // runs under the person's number elsewhere, or in a user namespace that the person made
    login,  // sshd or login at work for the person: root's process, before or beside a session
    subordinate,  // runs under a number out of their ranges in /etc/subuid, or in a user namespace
                  // that such a number made
    container,  // runs under the number in a pid namespace that somebody else made: there it may be
                // somebody else
    descendant,  // runs as somebody else, but its login uid says that the person started it; or a
                 // daemon at work for them
};

struct Process {
    pid_t pid = 0;
    std::uint32_t uid = 0;
    Tie tie = Tie::slice;
    std::string cgroup;           // as in /proc/PID/cgroup
    std::string command;          // its name, which it may choose
    std::uint64_t started = 0;    // clock ticks since boot: tells a pid's holders apart
    std::uint32_t owner_uid = 0;  // what makes it theirs: the person's, or a subordinate one
    bool descends = false;  // Tie::subordinate: the login uid, too, says that the person started it
};

// The word for `tie` in output: session, user, login, subordinate, container, descendant.
// Errors: none.
[[nodiscard]] const char* tie_word(Tie tie);

// What a walk through /proc has found; with trouble it has not seen all there is.
struct Found {
    std::vector<Process> processes;
    std::optional<Error> error;
};

// Everything that runs and is `uid`'s, zombies left out. For a system account only what is in its
// slice: elsewhere its number is a service's. Tie::subordinate is a claim: whether the number is an
// account of its own the database must tell.
// Errors: Found::trouble, io.
[[nodiscard]] Found find_processes(std::uint32_t uid,
                                   const std::vector<UidRange>& subordinate = {});

// Processes of `uid` that have ended and were not buried, with the moment they started: the kernel
// goes on counting them.
// Errors: none.
using Zombies = std::set<std::pair<pid_t, std::uint64_t>>;
[[nodiscard]] Zombies find_zombies(std::uint32_t uid);

// Those of `numbers` that nothing runs as in a container that none of `makers` made: there it may
// be another person's, for ranges overlap where containers take numbers of their own. None when
// that cannot be told.
// Errors: none.
[[nodiscard]] std::set<std::uint32_t> not_used_elsewhere(std::set<std::uint32_t> uids,
                                                         const std::vector<std::uint32_t>& makers);

// The numbers of all people that anything runs as, sorted; system accounts, and what runs in
// namespaces of its own, left out.
// Errors: io when /proc cannot be read.
[[nodiscard]] Result<std::vector<std::uint32_t>> uids_with_processes();

// Sends `signal` to `process` if it is still the same one. Gone already is done.
// Errors: io.
[[nodiscard]] Result<void> send_signal(const Process& process, int signal);

}  // namespace pam_revoke
