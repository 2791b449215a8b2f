#include "revoke/processes.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// glibc 2.36 declares these without telling C++ that they are C.
extern "C" {
#include <sys/pidfd.h>
}

#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <span>
#include <string_view>

#include "revoke/target.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kTitleBytes = 120;

std::string slice_path(std::uint32_t uid) { return "/user.slice/user-" + std::to_string(uid) + ".slice"; }

// Reads a small file of a process; empty when it has gone.
std::string read_small(int directory, const char* name, std::size_t most = 8192) {
    const Fd fd(openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (fd.get() < 0) return {};
    std::string text(most, '\0');
    std::size_t filled = 0;
    while (filled < most) {
        const ssize_t count = read(fd.get(), text.data() + filled, most - filled);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        filled += static_cast<std::size_t>(count);
    }
    text.resize(filled);
    return text;
}

// The value of "Key:\t..." in /proc/PID/status.
std::string_view status_value(std::string_view status, std::string_view key) {
    std::size_t at = status.find(key);
    if (at == std::string_view::npos) return {};
    at += key.size();
    return status.substr(at, status.find('\n', at) - at);
}

std::array<std::uint32_t, 4> uids_of(std::string_view status) {
    std::array<std::uint32_t, 4> uids{};
    uids.fill(0xffffffffU);
    std::string_view rest = status_value(status, "\nUid:");
    for (auto& uid : uids) {
        while (!rest.empty() && (rest.front() == '\t' || rest.front() == ' ')) rest.remove_prefix(1);
        const auto end = std::from_chars(rest.data(), rest.data() + rest.size(), uid).ptr;
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    }
    return uids;
}

// The 22nd field of /proc/PID/stat; the second may hold anything, so that is counted from its last ')'.
std::uint64_t start_of(std::string_view stat) {
    std::size_t at = stat.rfind(')');
    if (at == std::string_view::npos) return 0;
    for (int field = 2; field < 22 && at != std::string_view::npos; ++field) at = stat.find(' ', at + 1);
    std::uint64_t ticks = 0;
    if (at != std::string_view::npos) std::from_chars(stat.data() + at + 1, stat.data() + stat.size(), ticks);
    return ticks;
}

// The path of the unified hierarchy, or of systemd's own where v1 is in use.
std::string cgroup_of(int directory) {
    const std::string text = "\n" + read_small(directory, "cgroup");
    for (const std::string_view key : {"\n0::", "name=systemd:"}) {
        const std::string_view path = status_value(text, key);
        if (path.size() > 1) return std::string(path);
    }
    return text.size() > 1 ? "/" : "";
}

bool same_pid_namespace(int directory) {
    struct stat theirs {};
    struct stat ours {};
    if (fstatat(directory, "ns/pid", &theirs, 0) != 0 || stat("/proc/self/ns/pid", &ours) != 0) return true;
    return theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev;
}

bool is_within(std::string_view path, std::string_view slice) {
    return path.starts_with(slice) && (path.size() == slice.size() || path[slice.size()] == '/');
}

// A zombie has ended; but one whose other threads run on has not.
bool is_over(std::string_view status) {
    const std::string_view state = status_value(status, "\nState:");
    if (!state.starts_with("\tZ") && !state.starts_with("\tX")) return false;
    return status_value(status, "\nThreads:") == "\t1" || status_value(status, "\nThreads:") == "\t0" ||
           status_value(status, "\nThreads:").empty();
}

std::string name_of(std::string_view status) {
    std::string_view name = status_value(status, "\nName:");
    if (name.starts_with('\t')) name.remove_prefix(1);
    return std::string(name);
}

// What a process of root's calls itself. Never asked of anybody else's: reading /proc/PID/cmdline takes the process's own
// memory, which its owner can make wait for ever.
std::string title_of(int directory, std::string_view status) {
    for (const std::uint32_t each : uids_of(status))
        if (each != 0) return {};
    std::string text = read_small(directory, "cmdline", kTitleBytes);
    while (!text.empty() && text.back() == '\0') text.pop_back();
    return text;
}

// A login that is on its way has passed the gate perhaps and has no session yet: the privileged half of one SSH
// connection, or login below a getty. Their login uid is the person's; a listener or a root shell is no such thing.
bool is_login_at_work(std::string_view cgroup, std::string_view title) {
    const bool is_sshd = title.starts_with("sshd: ") || title.starts_with("sshd-session: ");
    return (is_sshd && title.ends_with(" [priv]")) || cgroup.find("getty.slice/") != std::string_view::npos;
}

std::optional<Tie> tie_of(int directory, std::string_view status, std::string_view cgroup, std::uint32_t uid) {
    if (is_within(cgroup, slice_path(uid))) return Tie::slice;
    if (is_system_uid(uid)) return std::nullopt;
    for (const std::uint32_t each : uids_of(status))
        if (each == uid) return same_pid_namespace(directory) ? Tie::uid : Tie::container;
    if (parse_uid(read_small(directory, "loginuid", 16)) != uid) return std::nullopt;
    return is_login_at_work(cgroup, title_of(directory, status)) ? Tie::login : Tie::descendant;
}

// Adds the process to `found` unless it is gone or not the person's.
Result<Done> examine(int proc, const char* name, std::uint32_t uid, std::vector<Process>& found) {
    const Fd directory(openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 && errno != ENOENT && errno != ESRCH) return make_error(Fault::io, "/proc", "can not be examined", errno);
    if (directory.get() < 0) return Done{};
    // Keys are looked for at the start of a line: the name in the first line is the process's to choose.
    const std::string status = "\n" + read_small(directory.get(), "status");
    if (status.size() == 1 || is_over(status)) return Done{};
    Process process;
    process.cgroup = cgroup_of(directory.get());
    const auto tie = tie_of(directory.get(), status, process.cgroup, uid);
    if (!tie) return Done{};
    process.tie = *tie;
    process.pid = static_cast<pid_t>(parse_uid(name).value_or(0));
    process.uid = uids_of(status)[0];
    process.started = start_of(read_small(directory.get(), "stat"));
    process.command = name_of(status);
    found.push_back(std::move(process));
    return Done{};
}

}  // namespace

const char* tie_word(Tie tie) {
    switch (tie) {
        case Tie::slice:
            return "session";
        case Tie::uid:
            return "user";
        case Tie::login:
            return "login";
        case Tie::container:
            return "container";
        case Tie::descendant:
            return "descendant";
    }
    return "?";
}

Result<std::vector<Process>> find_processes(std::uint32_t uid) {
    const Fd proc(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (proc.get() < 0) return make_error(Fault::io, "/proc", "can not be opened", errno);
    DirectoryReader names(proc.get());
    std::vector<Process> found;
    for (;;) {
        const auto name = names.next();
        if (!name.ok()) return make_error(Fault::io, "/proc", name.error().reason, name.error().os_error);
        if (name.value() == nullptr) return found;
        if (*name.value() < '1' || *name.value() > '9') continue;
        const auto done = examine(proc.get(), name.value(), uid, found);
        if (!done.ok()) return done.error();
    }
}

Result<Done> send_signal(const Process& process, int signal) {
    const FixedText<32> object = FixedText<32>("process ").append_number(process.pid);
    const Fd pidfd(pidfd_open(process.pid, 0));
    if (pidfd.get() < 0) return errno == ESRCH ? Result<Done>(Done{}) : make_error(Fault::io, object.view(), "can not be opened", errno);
    const Fd directory(open(("/proc/" + std::to_string(process.pid)).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    // The pidfd means one process for ever. If the pid's holder started when ours did, that process is ours.
    if (directory.get() < 0 || start_of(read_small(directory.get(), "stat")) != process.started) return Done{};
    if (pidfd_send_signal(pidfd.get(), signal, nullptr, 0) == 0 || errno == ESRCH) return Done{};
    return make_error(Fault::io, object.view(), "can not be signalled", errno);
}

namespace {

// Runs `body` in a child as `uid` and says what it returned, or 1.
int as_user(std::uint32_t uid, int (*body)()) {
    const pid_t child = fork();
    if (child == 0) {
        const rlimit two{2, 2};
        _exit(setrlimit(RLIMIT_NPROC, &two) == 0 && setresuid(uid, uid, uid) == 0 ? body() : 1);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return child > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

bool runs_anything(std::uint32_t uid) {
    return as_user(uid, [] {
               const pid_t second = fork();
               if (second == 0) _exit(0);
               if (second > 0) waitpid(second, nullptr, 0);
               return second > 0 ? 0 : 1;
           }) != 0;
}

void kill_all_of(std::uint32_t uid) {
    (void)as_user(uid, [] { return ::kill(-1, SIGKILL); });  // it succeeds also when there was nobody to hit
}

Slice::Slice(std::uint32_t uid)
    : path_("/sys/fs/cgroup" + slice_path(uid)), events_(open((path_ + "/cgroup.events").c_str(), O_RDONLY | O_CLOEXEC)) {}

bool Slice::populated() const {
    std::array<char, 256> text;
    const ssize_t size = pread(events_.get(), text.data(), text.size(), 0);
    return size > 0 && std::string_view(text.data(), static_cast<std::size_t>(size)).find("populated 1") != std::string_view::npos;
}

void Slice::wait(int timeout_msec) const {
    // Reading is what arms the event; without it the first poll returns at once.
    const bool armed = populated();
    pollfd event{events_.get(), POLLPRI, 0};
    (void)poll(&event, armed ? 1 : 0, timeout_msec);  // woken early is as good as late: the caller looks again
}

bool Slice::kill() const {
    const Fd file(open((path_ + "/cgroup.kill").c_str(), O_WRONLY | O_CLOEXEC));
    return file.get() >= 0 && write(file.get(), "1", 1) == 1;
}

std::string unit_in_slice(std::string_view cgroup, std::uint32_t uid) {
    const std::string slice = slice_path(uid) + "/";
    if (!cgroup.starts_with(slice)) return {};
    cgroup.remove_prefix(slice.size());
    return std::string(cgroup.substr(0, cgroup.find('/')));
}

std::string own_cgroup() {
    const Fd self(open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return self.get() < 0 ? std::string() : cgroup_of(self.get());
}

}  // namespace pam_revoke
