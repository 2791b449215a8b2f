#include "revoke/kernel/process_count.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// glibc 2.36 declares these without extern "C".
extern "C" {
#include <sys/pidfd.h>
}

#include <cerrno>
#include <cstring>
#include <string>

#include "revoke/kernel/child.hpp"
#include "revoke/kernel/root.hpp"

namespace pam_revoke {
namespace {

constexpr int kChildMsec = 1000;
constexpr int kTries = 5;
constexpr int kCountMsec = 5000;
constexpr std::uint64_t kMaxUids = std::uint64_t{1} << 18U;

// Runs `body` in a child as `uid` with at most `most` processes; returns its result, or nonzero.
// The user can signal the child. A stopped child is killed after a second.
int as_user(std::uint32_t uid, unsigned most, int (*body)()) {
    const pid_t child = start_child([&] {
        const rlimit limit{most, most};
        const bool is_user = setrlimit(RLIMIT_NPROC, &limit) == 0 && setresuid(uid, uid, uid) == 0;
        return is_user ? body() : 1;
    });
    return child < 0 ? 1 : wait_for_child(child, kChildMsec);
}

// Drops all capabilities but CAP_SETUID: others would exempt the child from the limit.
bool keep_setuid_alone() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[2] = {};
    data[0].effective = data[0].permitted = 1U << CAP_SETUID;
    const rlimit none{0, 0};
    return setrlimit(RLIMIT_NPROC, &none) == 0 && syscall(SYS_capset, &header, &data) == 0;
}

// In the child: changes to each UID and calls execve(2) with a path that cannot run. False if a
// UID could not be checked.
bool write_uids_in_use(const std::vector<UidRange>& ranges, int pipe) {
    if (!keep_setuid_alone()) return false;
    for (const UidRange& range : ranges)
        for (std::uint32_t uid = range.first; range.has(uid); ++uid) {
            if (is_system_uid(uid)) continue;
            if (setresuid(uid, static_cast<uid_t>(-1), static_cast<uid_t>(-1)) != 0) return false;
            char* const nothing[] = {nullptr};
            execve("/.", nothing, nothing);
            if (errno != EAGAIN && errno != EACCES) return false;
            if (errno == EAGAIN && write(pipe, &uid, sizeof uid) != sizeof uid) return false;
        }
    return true;
}

}  // namespace

Fd lock_probe() {
    Fd fd(
        open("/run/pam_revoke.lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
    for (int msec = 0;
         fd.get() >= 0 && msec < kChildMsec && flock(fd.get(), LOCK_EX | LOCK_NB) != 0; ++msec)
        usleep(1000);
    return fd;
}

bool in_initial_pid_namespace() {
    constexpr ino_t kInitialPidNamespace = 0xEFFFFFFC;
    struct stat status {};
    return stat("/proc/self/ns/pid", &status) == 0 && status.st_ino == kInitialPidNamespace;
}

Fd open_pidfd(pid_t pid) { return Fd(pidfd_open(pid, 0)); }

Result<void> signal_process(pid_t pid, int signal,
                            const std::function<bool(int directory)>& is_meant) {
    const FixedText<32> object = FixedText<32>("process ").append_number(pid);
    const Fd pidfd = open_pidfd(pid);
    if (pidfd.get() < 0)
        return errno == ESRCH ? Result<void>() : io_error(object.view(), "cannot open");
    const Fd directory(open(process_path(pid).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 || !is_meant(directory.get())) return {};
    if (pidfd_send_signal(pidfd.get(), signal, nullptr, 0) == 0 || errno == ESRCH) return {};
    return io_error(object.view(), "cannot signal");
}

bool has_processes(std::uint32_t uid, unsigned dead) {
    return as_user(uid, 2 + dead, [] {
               const pid_t second = fork();
               if (second == 0) _exit(0);
               if (second > 0) waitpid(second, nullptr, 0);
               return second > 0 ? 0 : 1;
           }) != 0;
}

bool can_count(const std::vector<UidRange>& ranges) {
    std::uint64_t uids = 0;
    for (const UidRange& range : ranges) uids += range.count;
    return uids <= kMaxUids;
}

Result<std::vector<std::uint32_t>> uids_in_use(const std::vector<UidRange>& ranges) {
    const Error error = make_error(Fault::io, "subordinate UIDs", "could not all be checked", 0);
    std::vector<std::uint32_t> found;
    if (ranges.empty()) return found;
    if (!can_count(ranges)) return error;
    auto pipe = open_pipe("subordinate UIDs");
    if (!pipe.ok()) return error;
    Pipe& ends = pipe.value();
    const pid_t child =
        start_child([&] { return write_uids_in_use(ranges, ends.writing.get()) ? 0 : 1; });
    ends.writing = Fd(-1);
    if (child < 0) return error;
    std::string bytes;
    const ReadLimits limits{kCountMsec, UINT64_MAX, kMaxUids * sizeof(std::uint32_t)};
    const bool is_read = !read_to_end(ends.reading.get(), limits, bytes);
    // A user with one of the UIDs can stop the child.
    if (wait_for_child(child, kChildMsec) != 0 || !is_read) return error;
    found.resize(bytes.size() / sizeof(std::uint32_t));
    if (!found.empty()) std::memcpy(found.data(), bytes.data(), bytes.size());
    return found;
}

bool kill_uid(std::uint32_t uid) {
    bool done = false;
    for (int i = 0; i < kTries && !done; ++i)
        done = as_user(uid, 2, [] {
                   (void)::kill(-1, SIGKILL);  // there may be no process
                   return 0;
               }) == 0;
    return done;
}

}  // namespace pam_revoke
