#include "revoke/kernel/run_program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "revoke/base/file.hpp"
#include "revoke/base/time.hpp"
#include "revoke/kernel/child.hpp"

namespace pam_revoke {
namespace {

// The child gets no input, one pipe for output, and no blocked or ignored signal of ours.
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
        return posix_spawn(&child, words.front().c_str(), &actions_, &attributes_, argv.data(),
                           environment.data());
    }

private:
    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

}  // namespace

Result<std::optional<Ran>> run_program(const std::vector<std::string>& words, int limit_msec,
                                       std::size_t max_bytes) {
    const std::string& path = words.front();
    const std::uint64_t deadline_usec =
        monotonic_usec() + static_cast<std::uint64_t>(limit_msec) * 1000;
    pid_t child = -1;
    Pipe ends = TRY(open_pipe(path));
    const int fault = Start(ends.writing.get()).spawn(child, words);
    ends.writing = Fd(-1);
    if (fault == ENOENT) return std::optional<Ran>();
    if (fault != 0) return make_error(Fault::io, path, "cannot run", fault);
    Ran ran;
    const ReadLimits limits{limit_msec, deadline_usec, max_bytes};
    auto error = read_to_end(ends.reading.get(), limits, ran.output);
    // The program may close its output long before it exits.
    const std::uint64_t now_usec = monotonic_usec();
    const bool is_late = error || now_usec >= deadline_usec;
    const std::uint64_t left_msec = is_late ? 0 : (deadline_usec - now_usec) / 1000 + 1;
    ran.code = wait_for_child(child, static_cast<int>(left_msec));
    if (!error && ran.code == 128 + SIGKILL && monotonic_usec() >= deadline_usec)
        error = Fault::busy;
    if (!error && ran.code < 0)
        return make_error(Fault::io, path, "cannot read the exit status", -ran.code);
    if (!error) return std::optional(std::move(ran));
    return make_error(*error, path,
                      *error == Fault::busy        ? "did not finish in time"
                      : *error == Fault::too_large ? "output too large"
                                                   : "cannot read the output");
}

}  // namespace pam_revoke
