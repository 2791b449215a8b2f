#include "revoke/logind/activity.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "revoke/base/time.hpp"
#include "revoke/kernel/cgroup.hpp"
#include "revoke/kernel/process_count.hpp"
#include "revoke/kernel/root.hpp"
#include "revoke/pam_revoke/nss.hpp"

namespace pam_revoke {
namespace {

constexpr std::uint64_t kContradictionUsec = 1'000'000;
constexpr useconds_t kBetweenScansUsec = 50'000;

// The database may be on a slow server. UIDs that were not looked up are reported, not ended.
constexpr std::uint64_t kMaxAskingUsec = 2'000'000;

bool runs(std::uint32_t uid) { return uid != 0 && has_processes(uid); }

// Settles what the kernel cannot: a subordinate UID with an account is another user's. False if
// the process is not the user's.
bool settle(Process& process, ScanState& state) {
    if (process.tie == Tie::descendant && state.leaders.contains(process.pid))
        process.tie = Tie::login;
    if (process.tie != Tie::subordinate) return true;
    const auto other = is_account(process.owner_uid, state);
    if (other == true && !process.descends) return false;
    if (other) process.tie = *other ? Tie::descendant : Tie::uid;
    if (other == false) state.subuids.insert(process.owner_uid);
    return true;
}

void see_processes(const Account& account, std::uint32_t uid, ScanState& state,
                   Activity& activity) {
    Found found = find_processes(uid, account.subordinate);
    if (found.error) activity.errors.push_back(*found.error);
    activity.saw_all = activity.saw_all && !found.error;
    std::erase_if(found.processes, [&state](Process& process) { return !settle(process, state); });
    activity.processes.insert(activity.processes.end(),
                              std::make_move_iterator(found.processes.begin()),
                              std::make_move_iterator(found.processes.end()));
    // The same for each UID.
    activity.connecting = std::move(found.connecting);
}

// The lowest cgroup of the slice that has processes. cgroup.events lags behind the end of a
// process: without a PID in it or a counted process of the UID, it is empty.
std::string populated_group(std::uint32_t uid) {
    const ControlGroup slice(slice_path(uid));
    std::string part = slice.populated_part();
    if (!part.empty() && ControlGroup(part).pids().empty() && !runs(uid)) part.clear();
    return part;
}

// True in a unit of sshd or a getty: the process logged in without a session.
bool is_in_login_service(const Process& process) {
    constexpr std::string_view kLoginServices[] = {"ssh.",  "ssh@",          "sshd.", "sshd@",
                                                   "sshd-", "serial-getty@", "getty@"};
    const std::string unit = unit_of(process.cgroup);
    const auto is_unit = [&unit](std::string_view name) { return unit.starts_with(name); };
    return std::any_of(std::begin(kLoginServices), std::end(kLoginServices), is_unit) ||
           process.cgroup.find("getty.slice/") != std::string::npos;
}

// The second witness. Nothing is added if the files cannot be read: the error of logind is there.
void add_sessions_in_files(const Account& account, Activity& activity) {
    std::vector<Session> found;
    for (const std::uint32_t uid : account.uids) {
        auto sessions = sessions_in_files(uid);
        if (!sessions.ok()) return;
        found.insert(found.end(), std::make_move_iterator(sessions.value().begin()),
                     std::make_move_iterator(sessions.value().end()));
    }
    activity.sessions = std::move(found);
    activity.from_files = true;
}

// True if logind's files and the processes agree that there is no login. Of root, only sessions are
// scanned.
bool witnesses_agree(const Account& account, const Activity& activity) {
    const auto& uids = account.uids;
    if (std::find(uids.begin(), uids.end(), 0U) != uids.end()) return false;
    const auto is_of_bus = [](const Error& error) { return error.fault == Fault::bus; };
    const auto is_in_unknown_session = [&activity](const Process& process) {
        const std::string unit = unit_in_slice(process.cgroup, process.owner_uid);
        const auto is_its = [&unit](const Session& session) { return session.scope == unit; };
        return unit.starts_with("session-") &&
               std::none_of(activity.sessions.begin(), activity.sessions.end(), is_its);
    };
    return activity.from_files &&
           std::none_of(activity.sessions.begin(), activity.sessions.end(), is_login) &&
           std::all_of(activity.errors.begin(), activity.errors.end(), is_of_bus) &&
           std::none_of(activity.processes.begin(), activity.processes.end(),
                        is_in_unknown_session);
}

// Checks without a scan of /proc.
bool runs_something(const Account& account) {
    const Fd alone = lock_probe();
    return std::any_of(account.uids.begin(), account.uids.end(), [](std::uint32_t uid) {
        return ControlGroup(slice_path(uid)).populated() || runs(uid);
    });
}

Presence of_sessions(const std::vector<Session>& sessions) {
    const auto closing = [](const Session& session) { return session.state == "closing"; };
    if (sessions.empty()) return Presence::none;
    return std::all_of(sessions.begin(), sessions.end(), closing) ? Presence::closing
                                                                  : Presence::logged_in;
}

// The presence of a user without a login.
Presence of_processes(const Account& account, const Activity& activity) {
    if (activity.quiet()) return Presence::none;
    const auto is_manager = [&](const Process& process) {
        return std::any_of(account.uids.begin(), account.uids.end(), [&](std::uint32_t uid) {
            return is_within(process.cgroup,
                             slice_path(uid) + "/user@" + std::to_string(uid) + ".service");
        });
    };
    const bool only_manager =
        std::all_of(activity.processes.begin(), activity.processes.end(), is_manager);
    return lingers(account.name) && only_manager ? Presence::lingering : Presence::background;
}

}  // namespace

const char* presence_word(Presence presence) {
    constexpr const char* kWords[] = {"logged in", "closing", "unregistered", "background",
                                      "lingering", "none",    "unknown"};
    return kWords[static_cast<std::size_t>(presence)];
}

void scan_sessions(Result<Bus>& bus, const Account& account, Activity& activity) {
    for (const std::uint32_t uid : account.uids) {
        auto sessions = bus.ok() ? list_sessions(bus.value(), uid) : bus.error();
        if (!sessions.ok()) {
            activity.errors.push_back(sessions.error());
            return add_sessions_in_files(account, activity);
        }
        for (Session& session : sessions.value())
            if (session.state != "closing" || session.scope.empty() ||
                ControlGroup(session.cgroup()).populated())
                activity.sessions.push_back(std::move(session));
    }
    if (account.uids.empty() && !bus.ok()) activity.errors.push_back(bus.error());
}

std::optional<bool> is_account(std::uint32_t uid, ScanState& state) {
    if (const auto known = state.accounts.find(uid); known != state.accounts.end())
        return known->second;
    // A user deleted while logged in still has a slice.
    if (access(kernel_path("/sys/fs/cgroup" + slice_path(uid)).c_str(), F_OK) == 0) return true;
    if (state.asked_usec >= kMaxAskingUsec) return std::nullopt;
    const std::uint64_t begun_usec = monotonic_usec();
    const auto owner = find_uid(uid);
    state.asked_usec += monotonic_usec() - begun_usec;
    if (!owner.ok() || !owner.value().is_authoritative) return std::nullopt;
    return state.accounts[uid] = owner.value().known;
}

// The name is compared first. In a user's slice, the connection has a session.
Result<bool> is_from_client(const Process& process, const Account& account, ScanState& state) {
    if (process.client == account.name) return true;
    if (is_within(process.cgroup, "/user.slice")) return false;
    auto known = state.clients.find(process.client);
    if (known == state.clients.end()) {
        const auto unknown = [&process](int os_error) {
            return make_error(Fault::io, "SSH connection of " + process.client,
                              "cannot query the account database", os_error);
        };
        if (state.asked_usec >= kMaxAskingUsec) return unknown(ETIMEDOUT);
        const std::uint64_t begun_usec = monotonic_usec();
        const auto user = find_name(process.client.c_str());
        state.asked_usec += monotonic_usec() - begun_usec;
        if (!user.ok()) return unknown(user.error().os_error);
        if (!user.value().is_authoritative) return unknown(0);
        const auto uid = user.value().known ? std::optional(user.value().uid) : std::nullopt;
        known = state.clients.emplace(process.client, uid).first;
    }
    return known->second &&
           std::binary_search(account.uids.begin(), account.uids.end(), *known->second);
}

Activity scan(Result<Bus>& bus, const Account& account, ScanState& state) {
    Activity activity;
    state.asked_usec = 0;
    scan_sessions(bus, account, activity);
    for (const Session& session : activity.sessions) state.leaders.insert(session.leader);
    for (const std::uint32_t uid : account.uids) {
        see_processes(account, uid, state, activity);
        // A scan can miss a process that forks while /proc is read; cgroup.events cannot.
        if (activity.populated.empty()) activity.populated = populated_group(uid);
    }
    return activity;
}

Error unseen(const std::string& group) {
    std::string object = group + " (pid";
    for (const pid_t pid : ControlGroup(group).pids()) object += " " + std::to_string(pid);
    return make_error(Fault::io, object + ")", "contains processes that cannot be seen");
}

Activity scan_until_consistent(Result<Bus>& bus, const Account& account) {
    const Fd alone = lock_probe();
    ScanState state;
    Activity activity = scan(bus, account, state);
    const std::uint64_t give_up_usec = monotonic_usec() + kContradictionUsec;
    while (activity.processes.empty() && !activity.populated.empty() &&
           monotonic_usec() < give_up_usec) {
        usleep(kBetweenScansUsec);
        activity = scan(bus, account, state);
    }
    if (activity.processes.empty() && !activity.populated.empty())
        activity.errors.push_back(unseen(activity.populated));
    return activity;
}

PresenceReport presence_of(Result<Bus>& bus, const Account& account) {
    Activity activity;
    scan_sessions(bus, account, activity);
    // A login between the two scans is a login.
    if (std::none_of(activity.sessions.begin(), activity.sessions.end(), is_login) &&
        (!activity.errors.empty() || runs_something(account)))
        activity = scan_until_consistent(bus, account);
    PresenceReport report;
    std::copy_if(activity.sessions.begin(), activity.sessions.end(),
                 std::back_inserter(report.sessions), is_login);
    report.presence = of_sessions(report.sessions);
    if (report.presence == Presence::none) {
        std::copy_if(activity.processes.begin(), activity.processes.end(),
                     std::back_inserter(report.processes), [](const Process& process) {
                         return (process.tie == Tie::uid || process.tie == Tie::login) &&
                                is_in_login_service(process);
                     });
        report.presence =
            report.processes.empty() ? of_processes(account, activity) : Presence::unregistered;
        if (!activity.errors.empty() && !witnesses_agree(account, activity))
            report.presence = Presence::unknown;
    }
    report.errors = std::move(activity.errors);
    return report;
}

}  // namespace pam_revoke
