// child.hpp - reads the output of child processes and waits for them, always with a limit.
//
// The user that a child runs as can stop it. A child can also hang in a file system.
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

// Opens something for each standard stream that is closed: no list or socket may get its number.
// Writing to it still fails, and so does reading.
// Errors: none.
void occupy_standard_streams();

struct Pipe {
    Fd reading;
    Fd writing;
};

// Opens a pipe with O_CLOEXEC.
// Errors: io (object: `object`).
[[nodiscard]] Result<Pipe> open_pipe(std::string_view object);

// Forks. The child exits with the result of body(), without running exit handlers.
// Errors: -1 if fork(2) failed.
template <typename Body>
[[nodiscard]] pid_t start_child(Body body) {
    const pid_t child = fork();
    if (child == 0) _exit(body());
    return child;
}

// In a child that may outlive its parent: closes all descriptors but `fd`, so that it holds no lock
// and no pipe that somebody reads to its end. Standard streams become /dev/null.
// Units:  fd: above the standard streams.
// Errors: none.
void keep_only(int fd);

// Waits for `child` and kills it at the limit. Returns its exit code, or 128 plus its signal.
// Units:  limit_msec: from the call; 0 kills a child that still runs.
// Errors: a negative errno; -ECHILD if our parent set SIGCHLD to ignored.
[[nodiscard]] int wait_for_child(pid_t child, int limit_msec);

// Kills `child` without waiting. If it hangs in a file system, it ends when that responds.
// Errors: none; if it cannot be killed, it has ended.
void abandon_child(pid_t child);

// Units:  silence_msec: between two reads; deadline_usec: CLOCK_MONOTONIC, for everything.
struct ReadLimits {
    int silence_msec = 0;
    std::uint64_t deadline_usec = UINT64_MAX;
    std::size_t max_bytes = 0;
};

// Reads `fd` to its end into `text`.
// Errors: busy (a time limit), too_large or io; no value if all was read.
[[nodiscard]] std::optional<Fault> read_to_end(int fd, const ReadLimits& limits, std::string& text);

}  // namespace pam_revoke
