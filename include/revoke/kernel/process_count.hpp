// process_count.hpp - signals that hit the process they were meant for, or none.
//
// Ground: pidfds, and what the kernel counts of a person. The pidfd means one process for ever: it
// is opened first, then the process is asked whether it is the one, then the signal goes through
// the pidfd.
// Source: pidfd_open(2), pidfd_send_signal(2), kill(2), getrlimit(2).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "revoke/base/file.hpp"
#include "revoke/base/result.hpp"
#include "revoke/kernel/subuid.hpp"

namespace pam_revoke {

// A descriptor that means the process `pid` for ever.
// Errors: a descriptor of -1, with errno.
[[nodiscard]] Fd open_pidfd(pid_t pid);

// Sends `signal` to `pid` if is_meant says so of its /proc folder. Gone already, or another by now,
// is done.
// Errors: io (object: "process PID").
[[nodiscard]] Result<void> signal_process(pid_t pid, int signal,
                                          const std::function<bool(int directory)>& is_meant);

// To be held while looking for the last time whether nothing is left, and while killing all of a
// number: the children of the functions below would be seen, counted or hit by another command that
// does the same. Waited for a second at most; only root can hold it.
// Errors: none; without it another's child may be in the way, and the next look is another.
[[nodiscard]] Fd lock_probe();

// True in the initial pid namespace. The kernel counts a person's processes over all pid
// namespaces; in a container there may be others outside, whom no look can show.
// Errors: none.
// Source: linux/proc_ns.h, PROC_PID_INIT_INO.
[[nodiscard]] bool in_initial_pid_namespace();

// True when anything runs as `uid`, or in a user namespace that `uid` made, by the kernel's own
// count of its processes, which no fork can slip through. Zombies count; so does that it could not
// be asked within a second.
// Units:  dead: how many zombies are known, and not to be counted.
// Errors: none.
// Source: getrlimit(2), RLIMIT_NPROC: who has two of two processes has no third.
[[nodiscard]] bool has_processes(std::uint32_t uid, unsigned dead = 0);

// The numbers of `ranges` that anything runs as, by the same count; system accounts left out. The
// kernel keeps no list of them: each is asked for, which takes some microseconds.
// Errors: io, when they could not all be asked for, or are more than a quarter of a million.
// Source: execve(2), EAGAIN: who has become somebody with more than RLIMIT_NPROC processes can run
//         no program.
[[nodiscard]] Result<std::vector<std::uint32_t>> uids_in_use(const std::vector<UidRange>& ranges);

// Kills everything that runs as `uid` in one step, also in other pid namespaces below ours. False
// when that could not be done: the child that does it is the person's to signal.
// Errors: none.
// Source: kill(2), pid -1: the kernel walks all tasks under one lock, and nothing forks meanwhile.
bool kill_uid(std::uint32_t uid);

}  // namespace pam_revoke
