// process_count.hpp - the kernel's count of a user's processes, and signals by pidfd.
//
// A pidfd always refers to one process. It is opened first, then the process is checked, then the
// signal is sent through the pidfd: it reaches that process or none.
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

// Opens a descriptor that always refers to the process `pid`.
// Errors: a descriptor of -1, with errno.
[[nodiscard]] Fd open_pidfd(pid_t pid);

// Sends `signal` to `pid` if is_meant() accepts its /proc directory. Succeeds if the process is
// gone or is another one. Errors: io (object: "process PID").
[[nodiscard]] Result<void> signal_process(pid_t pid, int signal,
                                          const std::function<bool(int directory)>& is_meant);

// Locks out other commands during the last scan and while a UID is killed: they would see, count or
// kill the children of the functions below. Waits at most one second; only root can hold the lock.
// Errors: none; without the lock, a child of another command can cause one more scan.
[[nodiscard]] Fd lock_probe();

// True in the initial PID namespace. The kernel counts a user's processes in all PID namespaces; in
// a container, some of them may be outside, where no scan finds them.
// Errors: none.
// Source: linux/proc_ns.h, PROC_PID_INIT_INO.
[[nodiscard]] bool in_initial_pid_namespace();

// True if anything runs as `uid` or in a user namespace that `uid` made, by the kernel's own count,
// which no fork escapes. True also if there are more zombies, or no answer within a second.
// Units:  dead: the number of known zombies, which are not counted.
// Errors: none.
// Source: getrlimit(2), RLIMIT_NPROC: a fork beyond the limit fails.
[[nodiscard]] bool has_processes(std::uint32_t uid, unsigned dead = 0);

// The UIDs in `ranges` that anything runs as, by the same count, without system UIDs. The kernel
// has no list of them: each UID is checked, which takes some microseconds. Errors: io if they could
// not all be checked, or are more than 262,144. Source: execve(2), EAGAIN: a process over
// RLIMIT_NPROC after a change of UID cannot run a program.
[[nodiscard]] Result<std::vector<std::uint32_t>> uids_in_use(const std::vector<UidRange>& ranges);

// Kills everything that runs as `uid` in one step, also in PID namespaces below ours. False if that
// failed: the user can signal the child that does it.
// Errors: none.
// Source: kill(2), pid -1: the kernel walks all tasks under one lock; nothing can fork meanwhile.
bool kill_uid(std::uint32_t uid);

}  // namespace pam_revoke
