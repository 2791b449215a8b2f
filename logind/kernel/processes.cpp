#include "revoke/kernel/processes.hpp"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <span>
#include <string_view>

#include "revoke/base/file.hpp"
#include "revoke/base/proc_stat.hpp"
#include "revoke/base/text.hpp"
#include "revoke/kernel/cgroup.hpp"
#include "revoke/kernel/namespaces.hpp"
#include "revoke/kernel/process_count.hpp"
#include "revoke/kernel/procfs.hpp"
#include "revoke/kernel/root.hpp"
#include "revoke/kernel/sshd_title.hpp"

namespace pam_revoke {
namespace {

constexpr std::chrono::seconds kLongestWalk{5};
constexpr std::size_t kTitleBytes = 512;
constexpr std::size_t kRealUid = 0;
constexpr std::size_t kSavedUid = 2;

std::string stat_of(int directory) { return read_small(directory, "stat"); }

// 0 if the process is gone.
std::uint64_t start_of(int directory) { return start_in(stat_of(directory)).value_or(0); }

// A zombie has ended, unless other threads still run. Their count is read from "stat": in "status",
// a long list of groups before it can fill the buffer.
bool is_over(int directory, std::string_view status) {
    const std::string_view state = value_of(status, "\nState:");
    if (!state.starts_with("\tZ") && !state.starts_with("\tX")) return false;
    const std::string stat = stat_of(directory);
    return parse_number<std::uint64_t>(stat_field(stat, StatField::threads)).value_or(0) <= 1;
}

// The real, effective, saved and file system UID; UINT32_MAX for each UID that is missing.
std::array<std::uint32_t, 4> uids_of(std::string_view status) {
    constexpr std::uint32_t kNoUid = 0xffffffffU;
    std::array<std::uint32_t, 4> uids{};
    std::string_view rest = value_of(status, "\nUid:");
    for (auto& uid : uids) uid = parse_number<std::uint32_t>(take_word(rest)).value_or(kNoUid);
    return uids;
}

// The name that the process chose.
std::string name_of(std::string_view status) {
    std::string_view name = value_of(status, "\nName:");
    if (name.starts_with('\t')) name.remove_prefix(1);
    return std::string(name);
}

// Returns the command line of a root process. Others are not read here: /proc/PID/cmdline reads the
// process's memory, and its owner can block that forever.
std::string title_of(int directory, std::string_view status) {
    const std::array<std::uint32_t, 4> uids = uids_of(status);
    if (uids[kRealUid] != 0 || uids[kSavedUid] != 0) return {};
    std::string text = read_small(directory, "cmdline", kTitleBytes);
    while (!text.empty() && text.back() == '\0') text.pop_back();
    return text;
}

// Returns the user name that the client of a connection sent to sshd; empty for other processes.
// Between the account and the session phase, nothing but the title connects a process of sshd to a
// user; only root can set the title of a root process.
std::string client_of(int directory, std::string_view status) {
    const std::string name = name_of(status);
    if (name != "sshd" && name != "sshd-session") return {};
    const bool is_ours = shares_pid_namespace(directory) && makers_of_namespaces(directory).empty();
    return is_ours ? name_in_title(title_of(directory, status)) : std::string();
}

struct Claim {
    Tie tie = Tie::slice;
    std::uint32_t owner_uid = 0;  // Tie::subordinate: the UID in the ranges
    bool descends = false;
};

// A login in progress may have passed the gate and has no session yet. It is the privileged process
// of an SSH connection, or login below a getty with the user's login UID. A listener or a root
// shell is neither.
Tie tie_of_other(int directory, std::string_view status, std::string_view cgroup) {
    const bool is_login = !name_in_title(title_of(directory, status)).empty() ||
                          cgroup.find("getty.slice/") != std::string_view::npos;
    return is_login ? Tie::login : Tie::descendant;
}

// Returns a claim for the first of `uids` that is in `subordinate`.
std::optional<Claim> subordinate_claim(std::span<const std::uint32_t> uids,
                                       const std::vector<UidRange>& subordinate) {
    for (const std::uint32_t owner_uid : uids)
        if (is_in(subordinate, owner_uid)) return Claim{Tie::subordinate, owner_uid, false};
    return std::nullopt;
}

// The creator of the outermost namespace decides: only that user could start processes in it. Inner
// namespaces are created inside the container.
std::optional<Claim> claim_in_namespace(const std::vector<std::uint32_t>& makers, std::uint32_t uid,
                                        const std::vector<UidRange>& subordinate) {
    if (makers.empty()) return std::nullopt;
    if (makers.back() == uid) return Claim{Tie::uid, uid, false};
    return subordinate_claim({&makers.back(), 1}, subordinate);
}

// The UID decides. Only root can enter a PID namespace that another user created. There, the user's
// own UID is reported, and a subordinate UID may be any user.
std::optional<Claim> claim_by_uid(int directory, std::string_view status, std::string_view cgroup,
                                  bool is_foreign, std::uint32_t uid,
                                  const std::vector<UidRange>& subordinate) {
    const std::array<std::uint32_t, 4> uids = uids_of(status);
    const bool shares_pids = shares_pid_namespace(directory);
    if (uids[kRealUid] == uid || uids[kSavedUid] == uid)
        return Claim{shares_pids ? Tie::uid : Tie::container, uid, false};
    // A daemon can serve one user now and another later. sshd has a process for each login.
    if (std::find(uids.begin(), uids.end(), uid) != uids.end())
        return Claim{tie_of_other(directory, status, cgroup), uid, false};
    return is_foreign || !shares_pids ? std::nullopt : subordinate_claim(uids, subordinate);
}

// Returns why the process is the user's; no value if it is not. What cannot be read makes no claim.
std::optional<Claim> claim_on(int directory, std::string_view status, std::string_view cgroup,
                              std::uint32_t uid, const std::vector<UidRange>& subordinate) {
    if (is_within(cgroup, slice_path(uid))) return Claim{Tie::slice, uid, false};
    if (uid == 0) return std::nullopt;  // the system's own
    const std::vector<std::uint32_t> makers = makers_of_namespaces(directory);
    auto claim = claim_in_namespace(makers, uid, subordinate);
    if (!claim) claim = claim_by_uid(directory, status, cgroup, !makers.empty(), uid, subordinate);
    if (claim && claim->tie != Tie::subordinate && claim->tie != Tie::container) return claim;
    const bool descends = parse_uid(read_small(directory, "loginuid", 16)) == uid;
    if (claim) claim->descends = descends;
    // With the user's UID and login UID, it is a setuid sandbox for the user, not a container.
    if (claim && claim->tie == Tie::container && descends) claim->tie = Tie::uid;
    if (!claim && descends) claim = Claim{tie_of_other(directory, status, cgroup), uid, true};
    return claim;
}

void fill(Process& process, int directory, pid_t pid, std::string_view status) {
    std::string_view parent = value_of(status, "\nPPid:");
    process.pid = pid;
    process.parent = parse_number<pid_t>(take_word(parent)).value_or(0);
    process.uid = uids_of(status)[kRealUid];
    process.started = start_of(directory);
    process.command = name_of(status);
}

// Keys match only at the start of a line: a process chooses its name in the first line.
std::string status_of(int directory) { return "\n" + read_small(directory, "status"); }

// Calls visit(directory, pid, status) for each living process, or for each zombie.
template <bool living = true, typename Visit>
Result<void> each_process(Visit visit) {
    const Fd proc(open(kernel_path("/proc").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (proc.get() < 0) return make_error(Fault::io, "/proc", "cannot open", errno);
    DirectoryReader names(proc.get());
    // A user can create processes faster than they are scanned.
    const auto give_up = std::chrono::steady_clock::now() + kLongestWalk;
    for (;;) {
        const auto name = names.next();
        if (std::chrono::steady_clock::now() > give_up)
            return make_error(Fault::io, "/proc", "could not be read in time", ETIMEDOUT);
        if (!name.ok())
            return make_error(Fault::io, "/proc", name.error().reason, name.error().os_error);
        if (name.value() == nullptr) return {};
        const auto pid = parse_uid(name.value());
        if (!pid) continue;
        const Fd directory(openat(proc.get(), name.value(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (directory.get() < 0 && errno != ENOENT && errno != ESRCH)
            return make_error(Fault::io, "/proc", "cannot examine", errno);
        if (directory.get() < 0) continue;
        const std::string status = status_of(directory.get());
        if (status.size() > 1 && is_over(directory.get(), status) != living)
            visit(directory.get(), static_cast<pid_t>(*pid), status);
    }
}

}  // namespace

const char* tie_word(Tie tie) {
    // In the order of Tie.
    constexpr const char* kWords[] = {"session",     "user",      "login",
                                      "subordinate", "container", "descendant"};
    return kWords[static_cast<std::size_t>(tie)];
}

Found find_processes(std::uint32_t uid, const std::vector<UidRange>& subordinate) {
    Found found;
    const auto done = each_process([&](int directory, pid_t pid, std::string_view status) {
        std::string cgroup = cgroup_of(directory);
        const auto claim = claim_on(directory, status, cgroup, uid, subordinate);
        Process process;
        if (!claim) process.client = client_of(directory, status);
        if (!claim && process.client.empty()) return;
        fill(process, directory, pid, status);
        process.cgroup = std::move(cgroup);
        process.tie = claim ? claim->tie : Tie::login;
        process.owner_uid = claim ? claim->owner_uid : 0;
        process.descends = claim && claim->descends;
        (claim ? found.processes : found.connecting).push_back(std::move(process));
    });
    if (!done.ok()) found.error = done.error();
    return found;
}

std::optional<Process> find_process(pid_t pid) {
    const Fd directory(open(process_path(pid).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0) return std::nullopt;
    const std::string status = status_of(directory.get());
    if (status.size() <= 1 || is_over(directory.get(), status)) return std::nullopt;
    Process process;
    fill(process, directory.get(), pid, status);
    process.cgroup = cgroup_of(directory.get());
    return process;
}

Zombies find_zombies(std::uint32_t uid) {
    Zombies found;
    const auto done = each_process<false>([&](int directory, pid_t pid, std::string_view status) {
        // In a nested PID namespace, it may be a container's, which is not counted for the user.
        const bool is_nested = value_of(status, "\nNSpid:").find('\t', 1) != std::string_view::npos;
        if (uids_of(status)[kRealUid] == uid && !is_nested) found.emplace(pid, start_of(directory));
    });
    return done.ok() ? found : Zombies{};
}

std::set<std::uint32_t> not_used_elsewhere(std::set<std::uint32_t> uids,
                                           const std::vector<std::uint32_t>& makers) {
    if (uids.empty()) return uids;
    const auto done = each_process([&](int directory, pid_t, std::string_view status) {
        const std::array<std::uint32_t, 4> used = uids_of(status);
        const auto is_asked = [&uids](std::uint32_t owner_uid) { return uids.contains(owner_uid); };
        if (std::none_of(used.begin(), used.end(), is_asked)) return;
        const std::vector<std::uint32_t> theirs = makers_of_namespaces(directory);
        const bool is_ours =
            theirs.empty() ? shares_pid_namespace(directory)
                           : std::find(makers.begin(), makers.end(), theirs.back()) != makers.end();
        for (const std::uint32_t owner_uid : used)
            if (!is_ours) uids.erase(owner_uid);
    });
    if (!done.ok()) uids.clear();
    return uids;
}

Result<std::vector<std::uint32_t>> uids_with_processes() {
    std::set<std::uint32_t> users;
    const auto done = each_process([&](int directory, pid_t, std::string_view status) {
        if (!shares_pid_namespace(directory) || !makers_of_namespaces(directory).empty()) return;
        for (const std::uint32_t uid : uids_of(status))
            if (!is_system_uid(uid)) users.insert(uid);
    });
    return done.ok() ? Result<std::vector<std::uint32_t>>(
                           std::vector<std::uint32_t>(users.begin(), users.end()))
                     : done.error();
}

Result<void> send_signal(const Process& process, int signal) {
    // A process with the same PID and start time is the same process.
    return signal_process(process.pid, signal,
                          [&](int directory) { return start_of(directory) == process.started; });
}

}  // namespace pam_revoke
