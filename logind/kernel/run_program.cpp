#include "revoke/kernel/run_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "revoke/base/file.hpp"
#include "revoke/base/time.hpp"

namespace pam_revoke {
namespace {

constexpr unsigned kLookUsec = 2'000;  // from one look at a child that said its last to the next

// What a child is given: nothing to read, one pipe to write to, no signal blocked or ignored by us.
class Start {
public:
    explicit Start(int output) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&actions_, output, STDERR_FILENO);
        posix_spawnattr_init(&attributes_);
        sigset_t signals;
        sigemptyset(&signals);
        posix_spawnattr_setsigmask(&attributes_, &signals);
        sigaddset(&signals, SIGPIPE);
        sigaddset(&signals, SIGCHLD);
        posix_spawnattr_setsigdefault(&attributes_, &signals);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }
    Start(const Start&) = delete;
    Start& operator=(const Start&) = delete;
    ~Start() {
        posix_spawnattr_destroy(&attributes_);
        posix_spawn_file_actions_destroy(&actions_);
    }
    int spawn(pid_t& child, const std::vector<std::string>& words) const {
        std::vector<char*> argv;
        for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
        argv.push_back(nullptr);
        std::array<char, 9> locale{"LC_ALL=C"};
        const std::array<char*, 2> environment = {locale.data(), nullptr};
        return posix_spawn(&child, words.front().c_str(), &actions_, &attributes_, argv.data(), environment.data());
    }

private:
    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

// Reads until the end, the deadline or too much; says which.
std::optional<Fault> read_all(int fd, std::uint64_t deadline_usec, std::size_t max_bytes, std::string& said) {
    std::array<char, 65536> buffer;
    for (;;) {
        const std::uint64_t now_usec = monotonic_usec();
        pollfd ready{fd, POLLIN, 0};
        const int count = now_usec < deadline_usec ? poll(&ready, 1, static_cast<int>((deadline_usec - now_usec) / 1000 + 1)) : 0;
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return count == 0 ? Fault::busy : Fault::io;
        const ssize_t size = read(fd, buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return size == 0 ? std::nullopt : std::optional(Fault::io);
        said.append(buffer.data(), static_cast<std::size_t>(size));
        if (said.size() > max_bytes) return Fault::too_large;
    }
}

// Waits for the end of a child, which may have closed what it writes to long before; kills it at the deadline.
// Errors: errno, as a negative number: who started us may have had dead children ignored.
int wait_for(pid_t child, std::uint64_t deadline_usec) {
    for (;;) {
        const bool is_late = monotonic_usec() >= deadline_usec;
        if (is_late) kill(child, SIGKILL);
        int status = 0;
        const pid_t ended = waitpid(child, &status, is_late ? 0 : WNOHANG);
        if (ended == child) return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        if (ended < 0 && errno != EINTR) return -errno;
        if (ended == 0) usleep(kLookUsec);
    }
}

}  // namespace

Result<std::optional<Ran>> run_program(const std::vector<std::string>& words, int limit_msec, std::size_t max_bytes) {
    const std::string& path = words.front();
    const std::uint64_t deadline_usec = monotonic_usec() + static_cast<std::uint64_t>(limit_msec) * 1000;
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return make_error(Fault::io, path, "can not be given a pipe", errno);
    const Fd read_end(ends[0]);
    pid_t child = -1;
    int fault = 0;
    {
        const Fd write_end(ends[1]);
        fault = Start(write_end.get()).spawn(child, words);
    }
    if (fault == ENOENT) return std::optional<Ran>();
    if (fault != 0) return make_error(Fault::io, path, "can not be run", fault);
    Ran ran;
    auto trouble = read_all(read_end.get(), deadline_usec, max_bytes, ran.said);
    ran.code = wait_for(child, trouble ? 0 : deadline_usec);
    if (!trouble && ran.code == 128 + SIGKILL && monotonic_usec() >= deadline_usec) trouble = Fault::busy;
    if (!trouble && ran.code < 0) return make_error(Fault::io, path, "ended, and nobody can tell how", -ran.code);
    if (!trouble) return std::optional(std::move(ran));
    return make_error(*trouble, path,
                      *trouble == Fault::busy        ? "takes too long"
                      : *trouble == Fault::too_large ? "says too much"
                                                     : "can not be read");
}

}  // namespace pam_revoke
