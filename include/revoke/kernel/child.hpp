// child.hpp - children of ours: what they write and how they end, waited for but never for ever.
//
// Ground: pidfds and pipes. A child may run as a user, who can stop it, or hang in a file system.
// Source: pidfd_open(2), poll(2), waitpid(2).
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "revoke/base/file.hpp"
#include "revoke/base/result.hpp"

namespace pam_revoke {

struct Pipe {
    Fd reading;
    Fd writing;
};

// A pipe that no other program inherits.
// Errors: io (object: `object`).
[[nodiscard]] Result<Pipe> open_pipe(std::string_view object);

// Forks; the child exits with what body() returns, without running what is registered for exit.
// Errors: -1 when there can be no child.
template <typename Body>
[[nodiscard]] pid_t start_child(Body body) {
    const pid_t child = fork();
    if (child == 0) _exit(body());
    return child;
}

// Waits for the end of `child`, at most `limit_msec`, then kills it and waits again. Returns its
// exit code, or 128 and the signal that ended it.
// Units:  limit_msec: from the call; 0 kills a child that still runs.
// Errors: errno, as a negative number: who started us may have had dead children ignored.
[[nodiscard]] int wait_for_child(pid_t child, int limit_msec);

// Kills `child` without waiting: one that hangs in a file system dies when that answers.
// Errors: none; it has ended already when it cannot be killed.
void abandon_child(pid_t child);

// Units:  silence_msec: between two pieces; deadline_usec: CLOCK_MONOTONIC, for all of it.
struct ReadLimits {
    int silence_msec = 0;
    std::uint64_t deadline_usec = UINT64_MAX;
    std::size_t max_bytes = 0;
};

// Reads `fd` to its end into `text`; what cut that short is busy, too_large or io.
// Errors: as said; nothing when all was read.
[[nodiscard]] std::optional<Fault> read_to_end(int fd, const ReadLimits& limits, std::string& text);

}  // namespace pam_revoke
