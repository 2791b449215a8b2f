#include "revoke/logind/activity.hpp"

#include <unistd.h>

#include <algorithm>

#include "revoke/kernel/cgroup.hpp"
#include "revoke/pam_revoke/nss.hpp"
#include "revoke/kernel/process_count.hpp"
#include "revoke/base/time.hpp"

namespace pam_revoke {
namespace {

constexpr std::uint64_t kContradictionUsec = 1'000'000;
constexpr useconds_t kBetweenLooksUsec = 50'000;

// The database may be on a server that takes its time; what was not asked is named and left alone.
constexpr std::uint64_t kMostAskingUsec = 2'000'000;

bool runs(std::uint32_t uid) { return !is_system_uid(uid) && has_processes(uid); }

// Settles what the kernel cannot: a subordinate number that is an account of its own is another person. False when the process is
// theirs.
bool settle(Process& process, Memory& memory) {
    if (process.tie == Tie::descendant && memory.leaders.contains(process.pid)) process.tie = Tie::login;
    if (process.tie != Tie::subordinate) return true;
    const auto other = is_account(process.number, memory);
    if (other == true && !process.descends) return false;
    if (other) process.tie = *other ? Tie::descendant : Tie::uid;
    if (other == false) memory.numbers.insert(process.number);
    return true;
}

// Everything of the person that runs.
void see_processes(const Account& account, std::uint32_t uid, Memory& memory, Sight& sight) {
    Found found = find_processes(uid, account.subordinate);
    if (found.trouble) sight.troubles.push_back(*found.trouble);
    sight.saw_all = sight.saw_all && !found.trouble;
    std::erase_if(found.processes, [&memory](Process& process) { return !settle(process, memory); });
    sight.processes.insert(sight.processes.end(), std::make_move_iterator(found.processes.begin()),
                           std::make_move_iterator(found.processes.end()));
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
    constexpr std::string_view kDoors[] = {"ssh.", "ssh@", "sshd.", "sshd@", "sshd-", "serial-getty@", "getty@"};
    const std::string unit = unit_of(process.cgroup);
    const auto is_unit = [&unit](std::string_view door) { return unit.starts_with(door); };
    return std::any_of(std::begin(kDoors), std::end(kDoors), is_unit) || process.cgroup.find("getty.slice/") != std::string::npos;
}

// What the kernel says, without looking at every process.
bool runs_something(const Account& account) {
    const Fd alone = lock_probe();
    return std::any_of(account.uids.begin(), account.uids.end(),
                       [](std::uint32_t uid) { return ControlGroup(slice_path(uid)).populated() || runs(uid); });
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

std::optional<bool> is_account(std::uint32_t number, Memory& memory) {
    if (const auto known = memory.accounts.find(number); known != memory.accounts.end()) return known->second;
    // Whoever was deleted while they are logged in has a slice all the same.
    if (access(("/sys/fs/cgroup" + slice_path(number)).c_str(), F_OK) == 0) return true;
    if (memory.asked_usec >= kMostAskingUsec) return std::nullopt;
    const std::uint64_t begun_usec = monotonic_usec();
    const auto owner = find_uid(number);
    memory.asked_usec += monotonic_usec() - begun_usec;
    if (!owner.ok() || !owner.value().is_authoritative) return std::nullopt;
    return memory.accounts[number] = owner.value().known;
}

Sight see(Result<Bus>& bus, const Account& account, Memory& memory) {
    Sight sight;
    memory.asked_usec = 0;
    see_sessions(bus, account, sight);
    for (const Session& session : sight.sessions) memory.leaders.insert(session.leader);
    for (const std::uint32_t uid : account.uids) {
        see_processes(account, uid, memory, sight);
        // One look can miss a process that forks while /proc is being read: the kernel's own word on the slice counts too.
        if (sight.populated.empty()) sight.populated = populated_group(uid);
    }
    return sight;
}

Error unseen(const std::string& group) {
    std::string object = group + " (pid";
    for (const pid_t pid : ControlGroup(group).pids()) object += " " + std::to_string(pid);
    return make_error(Fault::io, object + ")", "contains processes that cannot be seen");
}

Sight look(Result<Bus>& bus, const Account& account) {
    const Fd alone = lock_probe();
    Memory memory;
    Sight sight = see(bus, account, memory);
    const std::uint64_t give_up_usec = monotonic_usec() + kContradictionUsec;
    while (sight.processes.empty() && !sight.populated.empty() && monotonic_usec() < give_up_usec) {
        usleep(kBetweenLooksUsec);
        sight = see(bus, account, memory);
    }
    if (sight.processes.empty() && !sight.populated.empty()) sight.troubles.push_back(unseen(sight.populated));
    return sight;
}

PresenceReport find_presence(Result<Bus>& bus, const Account& account) {
    Sight sight;
    see_sessions(bus, account, sight);
    // Whoever logs in between the two looks is logged in.
    if (std::none_of(sight.sessions.begin(), sight.sessions.end(), is_login) && runs_something(account)) sight = look(bus, account);
    PresenceReport report;
    std::copy_if(sight.sessions.begin(), sight.sessions.end(), std::back_inserter(report.sessions), is_login);
    report.presence = of_sessions(report.sessions);
    if (report.presence == Presence::none) {
        std::copy_if(sight.processes.begin(), sight.processes.end(), std::back_inserter(report.processes), [](const Process& process) {
            return (process.tie == Tie::uid || process.tie == Tie::login) && came_by_a_door(process);
        });
        report.presence = report.processes.empty() ? of_processes(account, sight) : Presence::unregistered;
        if (!sight.troubles.empty()) report.presence = Presence::unknown;
    }
    report.troubles = std::move(sight.troubles);
    return report;
}

}  // namespace pam_revoke
