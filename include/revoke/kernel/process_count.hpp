// process_count.hpp - the kernel's count of a user's processes, and signals by pidfd.
//
// A pidfd always refers to one process. It is opened before the process is checked, so that the
// signal reaches that process or none.
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

// Sends `signal` to `pid` if is_meant() accepts its /proc directory; succeeds if it does not.
// Errors: io (object: "process PID"); none if the process is gone.
[[nodiscard]] Result<void> signal_process(pid_t pid, int signal,
                                          const std::function<bool(int directory)>& is_meant);

// Locks out other commands during the last scan and while a UID is killed: they would find, count
// or kill the children of the functions below. Waits about a second. Only root can take the lock.
// Errors: none; without the lock, a child of another command can cause one more scan.
[[nodiscard]] Fd lock_probe();

// True in the initial PID namespace. The kernel counts a user's processes in all PID namespaces; in
// a container, a scan cannot find those outside.
// Errors: none; false if the namespace cannot be read.
// Source: linux/proc_ns.h, PROC_PID_INIT_INO.
[[nodiscard]] bool in_initial_pid_namespace();

// True if the kernel counts processes of `uid` or of a user namespace that `uid` created. No fork
// escapes this count.
// Units:  dead: the number of known zombies, which are subtracted.
// Errors: none; true if the count fails or takes more than a second.
// Source: getrlimit(2), RLIMIT_NPROC: a fork beyond the limit fails.
[[nodiscard]] bool has_processes(std::uint32_t uid, unsigned dead = 0);

// True if `ranges` have at most 262,144 UIDs: uids_in_use() takes a second or two for these.
// Errors: none.
[[nodiscard]] bool can_count(const std::vector<UidRange>& ranges);

// Returns the UIDs in `ranges` with processes, by the same count, without system UIDs. Checks each
// UID, which takes some microseconds: the kernel has no list of them.
// Errors: io if not all could be checked, or not can_count().
// Source: execve(2), EAGAIN: over RLIMIT_NPROC after a change of UID.
[[nodiscard]] Result<std::vector<std::uint32_t>> uids_in_use(const std::vector<UidRange>& ranges);

// Kills all processes of `uid` in one step, also in PID namespaces below ours.
// Errors: false if five tries failed: the user can signal the child that kills.
// Source: kill(2), pid -1: the kernel walks all tasks under one lock; nothing can fork meanwhile.
bool kill_uid(std::uint32_t uid);

}  // namespace pam_revoke
