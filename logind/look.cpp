#include "revoke/look.hpp"

#include <unistd.h>

#include <algorithm>

#include "revoke/cgroup.hpp"
#include "revoke/signal.hpp"

namespace pam_revoke {
namespace {

constexpr std::uint64_t kContradictionUsec = 1'000'000;
constexpr useconds_t kBetweenLooksUsec = 50'000;

bool runs(std::uint32_t uid) {
    const Fd alone = probe_alone();
    return !is_system_uid(uid) && runs_anything(uid);
}

// The lowest group of the slice with processes in it. Where the kernel says "populated", lists no process and counts none for the
// number, there is none: the flag follows the end of a process after a while.
std::string populated_group(std::uint32_t uid) {
    const ControlGroup slice(slice_path(uid));
    std::string part = slice.populated_part();
    if (!part.empty() && ControlGroup(part).pids().empty() && !runs(uid)) part.clear();
    return part;
}

// sshd's or getty's own unit: whoever runs in there has come in by it and was given no session.
bool came_by_a_door(const Process& process) {
    const std::string unit = unit_of(process.cgroup);
    return unit.starts_with("ssh") || process.cgroup.find("getty.slice/") != std::string::npos || unit.starts_with("serial-getty@") ||
           unit.starts_with("getty@");
}

Presence of_sessions(const std::vector<Session>& sessions) {
    const auto closing = [](const Session& session) { return session.state == "closing"; };
    if (sessions.empty()) return Presence::none;
    return std::all_of(sessions.begin(), sessions.end(), closing) ? Presence::closing : Presence::logged_in;
}

// What runs of a person without a login.
Presence of_processes(const Account& account, const Sight& sight) {
    if (sight.quiet()) return Presence::none;
    const auto is_manager = [&](const Process& process) {
        return std::any_of(account.uids.begin(), account.uids.end(), [&](std::uint32_t uid) {
            return is_within(process.cgroup, slice_path(uid) + "/user@" + std::to_string(uid) + ".service");
        });
    };
    const bool only_manager = std::all_of(sight.processes.begin(), sight.processes.end(), is_manager);
    return lingers(account.name) && only_manager ? Presence::lingering : Presence::background;
}

}  // namespace

const char* presence_word(Presence presence) {
    constexpr const char* kWords[] = {"logged in", "closing", "unregistered", "background", "lingering", "none", "unknown"};
    return kWords[static_cast<std::size_t>(presence)];
}

void see_sessions(Result<Bus>& bus, const Account& account, Sight& sight) {
    if (!bus.ok()) return sight.troubles.push_back(bus.error());
    for (const std::uint32_t uid : account.uids) {
        auto sessions = list_sessions(bus.value(), uid);
        if (!sessions.ok()) return sight.troubles.push_back(sessions.error());
        for (Session& session : sessions.value())
            if (session.state != "closing" || session.scope.empty() || ControlGroup(session.cgroup()).populated())
                sight.sessions.push_back(std::move(session));
    }
}

Sight see(Result<Bus>& bus, const Account& account, std::set<pid_t>& leaders) {
    Sight sight;
    see_sessions(bus, account, sight);
    for (const Session& session : sight.sessions) leaders.insert(session.leader);
    for (const std::uint32_t uid : account.uids) {
        auto processes = find_processes(uid, account.subordinate);
        if (!processes.ok()) sight.troubles.push_back(processes.error());
        if (!processes.ok()) continue;
        for (Process& process : processes.value()) {
            if (process.tie == Tie::descendant && leaders.contains(process.pid)) process.tie = Tie::login;
            sight.processes.push_back(std::move(process));
        }
        // One look can miss a process that forks while /proc is being read: the kernel's own word on the slice counts too.
        if (sight.populated.empty()) sight.populated = populated_group(uid);
    }
    return sight;
}

Error unseen(const std::string& group) {
    std::string object = group + " (pid";
    for (const pid_t pid : ControlGroup(group).pids()) object += " " + std::to_string(pid);
    return make_error(Fault::io, object + ")", "has processes that can not be seen");
}

Sight look(Result<Bus>& bus, const Account& account) {
    std::set<pid_t> leaders;
    Sight sight = see(bus, account, leaders);
    const std::uint64_t give_up_usec = monotonic_usec() + kContradictionUsec;
    while (sight.processes.empty() && !sight.populated.empty() && monotonic_usec() < give_up_usec) {
        usleep(kBetweenLooksUsec);
        sight = see(bus, account, leaders);
    }
    if (sight.processes.empty() && !sight.populated.empty()) sight.troubles.push_back(unseen(sight.populated));
    return sight;
}

PresenceReport find_presence(Result<Bus>& bus, const Account& account) {
    PresenceReport report;
    Sight sight;
    see_sessions(bus, account, sight);
    std::copy_if(sight.sessions.begin(), sight.sessions.end(), std::back_inserter(report.sessions), is_login);
    report.presence = of_sessions(report.sessions);
    const auto populated = [](std::uint32_t uid) { return ControlGroup(slice_path(uid)).populated() || runs(uid); };
    if (report.presence == Presence::none && std::any_of(account.uids.begin(), account.uids.end(), populated)) {
        sight = look(bus, account);
        std::copy_if(sight.processes.begin(), sight.processes.end(), std::back_inserter(report.processes), [](const Process& process) {
            return (process.tie == Tie::uid || process.tie == Tie::login) && came_by_a_door(process);
        });
        report.presence = report.processes.empty() ? of_processes(account, sight) : Presence::unregistered;
    }
    if (report.presence != Presence::logged_in && report.presence != Presence::closing && !sight.troubles.empty())
        report.presence = Presence::unknown;
    report.troubles = std::move(sight.troubles);
    return report;
}

}  // namespace pam_revoke
