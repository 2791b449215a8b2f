#include "revoke/signal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// glibc 2.36 declares these without telling C++ that they are C.
extern "C" {
#include <sys/pidfd.h>
}

#include <cerrno>
#include <string>

#include "revoke/file.hpp"

namespace pam_revoke {
namespace {

constexpr int kChildMsec = 1000;

// Runs `body` in a child as `uid`, who may have `most` processes, and says what it returned, or 1. The child is the person's to signal: one
// that is stopped is given up.
int as_user(std::uint32_t uid, unsigned most, int (*body)()) {
    const pid_t child = fork();
    if (child == 0) {
        const rlimit limit{most, most};
        _exit(setrlimit(RLIMIT_NPROC, &limit) == 0 && setresuid(uid, uid, uid) == 0 ? body() : 1);
    }
    if (child < 0) return 1;
    const Fd pidfd(pidfd_open(child, 0));
    pollfd event{pidfd.get(), POLLIN, 0};
    if (pidfd.get() < 0 || poll(&event, 1, kChildMsec) != 1) ::kill(child, SIGKILL);
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

Fd probe_alone() {
    Fd fd(open("/run/pam_revoke.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
    for (int msec = 0; fd.get() >= 0 && msec < kChildMsec && flock(fd.get(), LOCK_EX | LOCK_NB) != 0; ++msec) usleep(1000);
    return fd;
}

bool count_is_ours() {
    constexpr ino_t kInitialPidNamespace = 0xEFFFFFFC;
    struct stat status {};
    return stat("/proc/self/ns/pid", &status) == 0 && status.st_ino == kInitialPidNamespace;
}

Result<Done> signal_process(pid_t pid, int signal, const std::function<bool(int directory)>& is_meant) {
    const FixedText<32> object = FixedText<32>("process ").append_number(pid);
    const Fd pidfd(pidfd_open(pid, 0));
    if (pidfd.get() < 0) return errno == ESRCH ? Result<Done>(Done{}) : make_error(Fault::io, object.view(), "can not be opened", errno);
    const Fd directory(open(("/proc/" + std::to_string(pid)).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || !is_meant(directory.get())) return Done{};
    if (pidfd_send_signal(pidfd.get(), signal, nullptr, 0) == 0 || errno == ESRCH) return Done{};
    return make_error(Fault::io, object.view(), "can not be signalled", errno);
}

bool runs_anything(std::uint32_t uid, unsigned dead) {
    return as_user(uid, 2 + dead, [] {
               const pid_t second = fork();
               if (second == 0) _exit(0);
               if (second > 0) waitpid(second, nullptr, 0);
               return second > 0 ? 0 : 1;
           }) != 0;
}

void kill_all_of(std::uint32_t uid) {
    (void)as_user(uid, 2, [] { return ::kill(-1, SIGKILL); });  // it succeeds also when there was nobody to hit
}

}  // namespace pam_revoke
