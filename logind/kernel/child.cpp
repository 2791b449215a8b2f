#include "revoke/kernel/child.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "revoke/base/time.hpp"
#include "revoke/kernel/process_count.hpp"

namespace pam_revoke {
namespace {

// A signal can interrupt poll(2).
bool ends_within(int pidfd, int limit_msec) {
    const std::uint64_t limit_usec = static_cast<std::uint64_t>(limit_msec) * 1000;
    const std::uint64_t deadline_usec = monotonic_usec() + limit_usec;
    for (;;) {
        const std::uint64_t left_usec = deadline_usec - std::min(monotonic_usec(), deadline_usec);
        pollfd event{pidfd, POLLIN, 0};
        const int count = poll(&event, 1, static_cast<int>((left_usec + 999) / 1000));
        if (count >= 0 || errno != EINTR) return count == 1;
    }
}

}  // namespace

// open(2) takes the lowest free number.
void occupy_standard_streams() {
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(stream, F_GETFD) < 0)
            (void)open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

Result<Pipe> open_pipe(std::string_view object) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return io_error(object, "cannot create a pipe");
    return Pipe{Fd(ends[0]), Fd(ends[1])};
}

void keep_only(int fd) {
    constexpr unsigned kFirst = STDERR_FILENO + 1;
    const auto kept = static_cast<unsigned>(fd);
    if (kept > kFirst) close_range(kFirst, kept - 1, 0);
    close_range(kept + 1, ~0U, 0);
    const Fd nowhere(open("/dev/null", O_RDWR | O_CLOEXEC));
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (nowhere.get() < 0 || dup2(nowhere.get(), stream) < 0) close(stream);
}

int wait_for_child(pid_t child, int limit_msec) {
    const Fd pidfd = open_pidfd(child);
    // The kernel has already reaped a child that is gone, so its PID may be reused.
    const bool is_gone = pidfd.get() < 0 && errno == ESRCH;
    if (!is_gone && (pidfd.get() < 0 || !ends_within(pidfd.get(), limit_msec)))
        ::kill(child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return -errno;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void abandon_child(pid_t child) {
    ::kill(child, SIGKILL);
    waitpid(child, nullptr, WNOHANG);
}

std::optional<Fault> read_to_end(int fd, const ReadLimits& limits, std::string& text) {
    std::array<char, 65536> buffer;
    for (;;) {
        const std::uint64_t now_usec = monotonic_usec();
        const std::uint64_t left_usec =
            limits.deadline_usec - std::min(now_usec, limits.deadline_usec);
        const auto silence_msec = static_cast<std::uint64_t>(limits.silence_msec);
        const std::uint64_t wait_msec = std::min(silence_msec, left_usec / 1000 + 1);
        pollfd ready{fd, POLLIN, 0};
        const int count = left_usec > 0 ? poll(&ready, 1, static_cast<int>(wait_msec)) : 0;
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return count == 0 ? Fault::busy : Fault::io;
        const ssize_t size = read(fd, buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return size == 0 ? std::nullopt : std::optional(Fault::io);
        text.append(buffer.data(), static_cast<std::size_t>(size));
        if (text.size() > limits.max_bytes) return Fault::too_large;
    }
}

}  // namespace pam_revoke
