#include "revoke/processes.hpp"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <optional>
#include <set>
#include <span>
#include <string_view>

#include "revoke/cgroup.hpp"
#include "revoke/file.hpp"
#include "revoke/proc.hpp"
#include "revoke/signal.hpp"
#include "revoke/target.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kTitleBytes = 120;
constexpr std::chrono::seconds kLongestWalk{5};
constexpr int kMostNested = 33;  // user namespaces in one another. Source: user_namespaces(7)

std::array<std::uint32_t, 4> uids_of(std::string_view status) {
    std::array<std::uint32_t, 4> uids{};
    uids.fill(0xffffffffU);
    std::string_view rest = value_of(status, "\nUid:");
    for (auto& uid : uids) {
        while (!rest.empty() && (rest.front() == '\t' || rest.front() == ' ')) rest.remove_prefix(1);
        const auto end = std::from_chars(rest.data(), rest.data() + rest.size(), uid).ptr;
        rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    }
    return uids;
}

// A field of /proc/PID/stat, from 3 on; the second may hold anything, so that is counted from its last ')'.
std::uint64_t stat_field(std::string_view stat, int wanted) {
    std::size_t at = stat.rfind(')');
    if (at == std::string_view::npos) return 0;
    for (int field = 2; field < wanted && at != std::string_view::npos; ++field) at = stat.find(' ', at + 1);
    std::uint64_t number = 0;
    if (at != std::string_view::npos) std::from_chars(stat.data() + at + 1, stat.data() + stat.size(), number);
    return number;
}
constexpr int kStatThreads = 20;
constexpr int kStatStart = 22;

// True when both are known and are the same namespace.
bool is_same(const struct stat& a, const struct stat& b) { return a.st_ino == b.st_ino && a.st_dev == b.st_dev; }

struct stat namespace_of_ours(const char* path) {
    struct stat status {};
    (void)stat(path, &status);  // none, where it can not be read: then nothing is the same
    return status;
}
// We never leave them.
const struct stat& our_user_namespace() {
    static const struct stat ours = namespace_of_ours("/proc/self/ns/user");
    return ours;
}
const struct stat& our_pid_namespace() {
    static const struct stat ours = namespace_of_ours("/proc/self/ns/pid");
    return ours;
}

// True also when it can not be told: then it is ours to judge by the number.
bool shares_namespace(int directory, const char* name, const struct stat& ours) {
    struct stat theirs {};
    return fstatat(directory, name, &theirs, 0) != 0 || ours.st_ino == 0 || is_same(theirs, ours);
}
bool shares_user_namespace(int directory) { return shares_namespace(directory, "ns/user", our_user_namespace()); }
bool shares_pid_namespace(int directory) { return shares_namespace(directory, "ns/pid", our_pid_namespace()); }

// Who made the user namespace of a process, and those around it up to ours; none when it is in ours.
std::vector<std::uint32_t> makers_of_namespaces(int directory) {
    std::vector<std::uint32_t> makers;
    if (shares_user_namespace(directory)) return makers;
    Fd space(openat(directory, "ns/user", O_RDONLY | O_CLOEXEC));
    for (int depth = 0; depth < kMostNested && space.get() >= 0; ++depth) {
        struct stat status {};
        uid_t owner = 0;
        if (fstat(space.get(), &status) != 0 || is_same(status, our_user_namespace())) break;
        if (ioctl(space.get(), NS_GET_OWNER_UID, &owner) == 0) makers.push_back(owner);
        space = Fd(ioctl(space.get(), NS_GET_PARENT));
    }
    return makers;
}

// A zombie has ended; but one whose other threads run on has not. That is asked of "stat": in "status" the process's many groups
// may come first, and fill all that is read.
bool is_over(int directory, std::string_view status) {
    const std::string_view state = value_of(status, "\nState:");
    if (!state.starts_with("\tZ") && !state.starts_with("\tX")) return false;
    return stat_field(read_small(directory, "stat"), kStatThreads) <= 1;
}

std::string name_of(std::string_view status) {
    std::string_view name = value_of(status, "\nName:");
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

struct Claim {
    Tie tie = Tie::slice;
    std::uint32_t number = 0;  // Tie::subordinate: the one out of their ranges
    bool descends = false;
};

// The first of `numbers` that is one of the person's to give away.
std::optional<Claim> subordinate_claim(std::span<const std::uint32_t> numbers, const std::vector<UidRange>& subordinate) {
    for (const std::uint32_t number : numbers)
        for (const UidRange& range : subordinate)
            if (range.has(number)) return Claim{Tie::subordinate, number, false};
    return std::nullopt;
}

// Why the process is the person's, if it is. Whatever is in a user namespace that they made nobody else could have put there; in one
// that somebody else made their subordinate numbers may be anybody's.
std::optional<Claim> claim_on(int directory, std::string_view status, std::string_view cgroup, std::uint32_t uid,
                              const std::vector<UidRange>& subordinate) {
    if (is_within(cgroup, slice_path(uid))) return Claim{Tie::slice, uid, false};
    if (is_system_uid(uid)) return std::nullopt;
    const std::vector<std::uint32_t> makers = makers_of_namespaces(directory);
    if (std::find(makers.begin(), makers.end(), uid) != makers.end()) return Claim{Tie::uid, uid, false};
    const std::array<std::uint32_t, 4> numbers = uids_of(status);
    if (std::find(numbers.begin(), numbers.end(), uid) != numbers.end())
        return Claim{shares_pid_namespace(directory) ? Tie::uid : Tie::container, uid, false};
    const std::span<const std::uint32_t> given = makers.empty() ? std::span<const std::uint32_t>(numbers) : makers;
    auto claim = subordinate_claim(given, subordinate);
    const bool descends = parse_uid(read_small(directory, "loginuid", 16)) == uid;
    if (claim) claim->descends = descends;
    if (!claim && descends) claim = Claim{is_login_at_work(cgroup, title_of(directory, status)) ? Tie::login : Tie::descendant, uid, true};
    return claim;
}

// Calls visit(folder, pid, status) for every process that lives, or for every one that has ended and was not buried.
template <bool living = true, typename Visit>
Result<Done> each_process(Visit visit) {
    const Fd proc(open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (proc.get() < 0) return make_error(Fault::io, "/proc", "can not be opened", errno);
    DirectoryReader names(proc.get());
    // Who makes processes faster than they are looked at could keep us here for ever.
    const auto give_up = std::chrono::steady_clock::now() + kLongestWalk;
    for (;;) {
        const auto name = names.next();
        if (std::chrono::steady_clock::now() > give_up) return make_error(Fault::io, "/proc", "did not come to an end in time", ETIMEDOUT);
        if (!name.ok()) return make_error(Fault::io, "/proc", name.error().reason, name.error().os_error);
        if (name.value() == nullptr) return Done{};
        const auto pid = parse_uid(name.value());
        if (!pid) continue;
        const Fd directory(openat(proc.get(), name.value(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (directory.get() < 0 && errno != ENOENT && errno != ESRCH) return make_error(Fault::io, "/proc", "can not be examined", errno);
        if (directory.get() < 0) continue;
        // Keys are looked for at the start of a line: the name in the first line is the process's to choose.
        const std::string status = "\n" + read_small(directory.get(), "status");
        if (status.size() > 1 && is_over(directory.get(), status) != living) visit(directory.get(), static_cast<pid_t>(*pid), status);
    }
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
        case Tie::subordinate:
            return "subordinate";
        case Tie::container:
            return "container";
        case Tie::descendant:
            return "descendant";
    }
    return "?";
}

Result<std::vector<Process>> find_processes(std::uint32_t uid, const std::vector<UidRange>& subordinate) {
    std::vector<Process> found;
    const auto done = each_process([&](int directory, pid_t pid, std::string_view status) {
        Process process;
        process.cgroup = cgroup_of(directory);
        const auto claim = claim_on(directory, status, process.cgroup, uid, subordinate);
        if (!claim) return;
        process.tie = claim->tie;
        process.number = claim->number;
        process.descends = claim->descends;
        process.pid = pid;
        process.uid = uids_of(status)[0];
        process.started = stat_field(read_small(directory, "stat"), kStatStart);
        process.command = name_of(status);
        found.push_back(std::move(process));
    });
    return done.ok() ? Result<std::vector<Process>>(std::move(found)) : done.error();
}

unsigned count_zombies(std::uint32_t uid) {
    unsigned count = 0;
    const auto done = each_process<false>([&](int, pid_t, std::string_view status) { count += uids_of(status)[0] == uid ? 1U : 0U; });
    return done.ok() ? count : 0;
}

bool is_used_elsewhere(std::uint32_t uid, const std::vector<std::uint32_t>& makers) {
    bool used = false;
    const auto done = each_process([&](int directory, pid_t, std::string_view status) {
        const std::array<std::uint32_t, 4> numbers = uids_of(status);
        if (used || std::find(numbers.begin(), numbers.end(), uid) == numbers.end()) return;
        const std::vector<std::uint32_t> theirs = makers_of_namespaces(directory);
        used = !theirs.empty() && std::find_first_of(theirs.begin(), theirs.end(), makers.begin(), makers.end()) == theirs.end();
    });
    return used || !done.ok();
}

Result<std::vector<std::uint32_t>> find_people() {
    std::set<std::uint32_t> people;
    const auto done = each_process([&](int directory, pid_t, std::string_view status) {
        if (!shares_pid_namespace(directory) || !shares_user_namespace(directory)) return;
        for (const std::uint32_t uid : uids_of(status))
            if (!is_system_uid(uid)) people.insert(uid);
    });
    return done.ok() ? Result<std::vector<std::uint32_t>>(std::vector<std::uint32_t>(people.begin(), people.end())) : done.error();
}

Result<Done> send_signal(const Process& process, int signal) {
    // If the pid's holder started when ours did, that process is ours.
    return signal_process(process.pid, signal,
                          [&](int directory) { return stat_field(read_small(directory, "stat"), kStatStart) == process.started; });
}

}  // namespace pam_revoke
