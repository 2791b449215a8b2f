// processes.hpp - what is really running of a person, wherever it hides.
//
// Edge: /proc and the owners of user namespaces. logind forgets: what counts in the end is whether a process lives.
// Source: proc(5), ioctl_ns(2).
// Layer: edge.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/result.hpp"
#include "revoke/subordinate.hpp"

namespace pam_revoke {

// Why a process is the person's.
enum class Tie : std::uint8_t {
    slice,        // in the person's own slice of the control group tree
    uid,          // runs under the person's number elsewhere, or in a user namespace that the person made
    login,        // sshd or login at work for the person: root's process, before or beside a session
    subordinate,  // runs under a number out of their ranges in /etc/subuid, or in a user namespace that such a number made
    container,    // runs under the number in a pid namespace that somebody else made: there it may be somebody else
    descendant,   // runs as somebody else, but its login uid says that the person started it
};

struct Process {
    pid_t pid = 0;
    std::uint32_t uid = 0;
    Tie tie = Tie::slice;
    std::string cgroup;         // as in /proc/PID/cgroup
    std::string command;        // the command line, one line, cut
    std::uint64_t started = 0;  // clock ticks since boot: tells a pid's holders apart
    std::uint32_t number = 0;   // what makes it theirs: the person's, or a subordinate one
    bool descends = false;      // Tie::subordinate: the login uid, too, says that the person started it
};

[[nodiscard]] const char* tie_word(Tie tie);

// Everything that runs and is `uid`'s, zombies left out. For a system account only what is in its slice: elsewhere its number is a
// service's. Tie::subordinate is a claim: whether the number is an account of its own the database must tell.
// Errors: io when /proc can not be read.
[[nodiscard]] Result<std::vector<Process>> find_processes(std::uint32_t uid, const std::vector<UidRange>& subordinate = {});

// How many processes of `uid` have ended and were not buried: the kernel goes on counting them.
// Errors: none.
[[nodiscard]] unsigned count_zombies(std::uint32_t uid);

// True when something runs as `uid` in a user namespace that none of `makers` made; also when that can not be told. It may be another
// person's there: ranges overlap where containers take numbers of their own.
// Errors: none.
[[nodiscard]] bool is_used_elsewhere(std::uint32_t uid, const std::vector<std::uint32_t>& makers);

// The numbers of all people that anything runs as, sorted; system accounts, and what runs in namespaces of its own, left out.
// Errors: io when /proc can not be read.
[[nodiscard]] Result<std::vector<std::uint32_t>> find_people();

// Sends `signal` to `process` if it is still the same one. Gone already is done.
// Errors: io.
[[nodiscard]] Result<Done> send_signal(const Process& process, int signal);

}  // namespace pam_revoke
