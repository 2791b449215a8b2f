// processes.hpp - what is really running of a person, and making it stop.
//
// Edge: /proc, cgroup v2 and pidfds. logind forgets: what counts in the end is whether a process lives. A process is
// signalled through a pidfd that was checked after it was opened, so that no other process can ever be hit.
// Source: proc(5), cgroups(7), pidfd_send_signal(2).
// Layer: edge.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/file.hpp"
#include "revoke/result.hpp"

namespace pam_revoke {

// Why a process is the person's.
enum class Tie : std::uint8_t {
    slice,       // in the person's own slice of the control group tree
    uid,         // runs under the person's number elsewhere
    login,       // sshd or login at work for the person: root's process, before or beside a session
    container,   // the same, but in another pid namespace: there the number may be somebody else
    descendant,  // runs as somebody else, but its login uid says that the person started it
};

struct Process {
    pid_t pid = 0;
    std::uint32_t uid = 0;
    Tie tie = Tie::slice;
    std::string cgroup;         // as in /proc/PID/cgroup
    std::string command;        // the command line, one line, cut
    std::uint64_t started = 0;  // clock ticks since boot: tells a pid's holders apart
};

[[nodiscard]] const char* tie_word(Tie tie);

// Below this are accounts that services run as, and so is nobody. Source: UID_MIN of Debian's login.defs(5).
inline constexpr std::uint32_t kFirstPersonUid = 1000;
inline constexpr std::uint32_t kNobodyUid = 65534;
[[nodiscard]] constexpr bool is_system_uid(std::uint32_t uid) { return uid < kFirstPersonUid || uid == kNobodyUid; }

// Everything that runs and is `uid`'s, zombies left out. For a system account only what is in its slice: elsewhere
// its number is a service's.
// Errors: io when /proc can not be read.
[[nodiscard]] Result<std::vector<Process>> find_processes(std::uint32_t uid);

// True when anything runs as `uid`, or in a user namespace that `uid` made, by the kernel's own count of its processes, which no
// fork can slip through. Zombies count; so does that it could not be asked.
// Errors: none.
// Source: getrlimit(2), RLIMIT_NPROC: who has two of two processes has no third.
[[nodiscard]] bool runs_anything(std::uint32_t uid);

// Kills everything that runs as `uid` in one step, also in other pid namespaces below ours.
// Errors: none; what came of it is to be looked at.
// Source: kill(2), pid -1: the kernel walks all tasks under one lock.
void kill_all_of(std::uint32_t uid);

// Sends `signal` to `process` if it is still the same one. Gone already is done.
// Errors: io.
[[nodiscard]] Result<Done> send_signal(const Process& process, int signal);

// The person's part of the control group tree.
class Slice {
public:
    explicit Slice(std::uint32_t uid);
    // True when processes are in it; false also when there is no such slice.
    [[nodiscard]] bool populated() const;
    // Waits until that changes, at most `timeout_msec`.
    void wait(int timeout_msec) const;
    // Kills everything in it at once, frozen or not. False when the kernel can not (before 5.14, or no cgroup v2).
    [[nodiscard]] bool kill() const;

private:
    std::string path_;
    Fd events_;
};

// The control group of this very process, as in /proc/PID/cgroup; empty when unknown.
// Errors: none.
[[nodiscard]] std::string own_cgroup();

// The unit directly below the slice of `uid` that `cgroup` is in (session-3.scope, user@1000.service); empty when
// it is elsewhere.
// Errors: none.
[[nodiscard]] std::string unit_in_slice(std::string_view cgroup, std::uint32_t uid);

}  // namespace pam_revoke
