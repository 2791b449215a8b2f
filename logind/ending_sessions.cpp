// ending_sessions.cpp - ending chosen sessions, and nothing else of their people.

#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "revoke/kernel/cgroup.hpp"
#include "revoke/logind/ending.hpp"
#include "revoke/kernel/processes.hpp"
#include "revoke/base/time.hpp"

namespace pam_revoke {
namespace {

constexpr int kLookMsec = 50;
constexpr std::uint64_t kRoundUsec = 500'000;
constexpr useconds_t kBetweenLooksUsec = 10'000;

// A session without a group of its own is logind's to end: an empty path would mean every process there is.
bool is_populated(const Session& session) { return !session.scope.empty() && ControlGroup(session.cgroup()).populated(); }

// Waits until no group has processes, or the time is up.
void wait_for(const std::vector<Session>& sessions, std::uint64_t deadline_usec) {
    while (monotonic_usec() < deadline_usec) {
        const auto busy = std::find_if(sessions.begin(), sessions.end(), is_populated);
        if (busy == sessions.end()) return;
        ControlGroup(busy->cgroup()).wait(kLookMsec);
    }
}

void kill_all(const std::vector<Session>& sessions) {
    for (const Session& session : sessions)
        if (is_populated(session)) (void)ControlGroup(session.cgroup()).kill();
}

// Those that logind still has, or that have processes.
Result<std::vector<Session>> left_of(Result<Bus>& bus, const std::vector<Session>& sessions) {
    const auto listed = TRY(bus.ok() ? list_sessions(bus.value(), std::nullopt) : Result<std::vector<Session>>(bus.error()));
    std::vector<Session> left;
    for (const Session& session : sessions) {
        const auto same = [&](const Session& other) { return other.id == session.id && other.state != "closing"; };
        if (is_populated(session) || std::any_of(listed.begin(), listed.end(), same)) left.push_back(session);
    }
    return left;
}

// Says what came of it, from the last look.
void conclude(const std::vector<Session>& sessions, const Result<std::vector<Session>>& left, EndReport& report) {
    if (!left.ok()) report.troubles.push_back(left.error());
    report.sessions = left.ok() ? left.value() : sessions;
    for (const Session& session : sessions) {
        const auto same = [&](const Session& other) { return other.id == session.id; };
        if (std::none_of(report.sessions.begin(), report.sessions.end(), same)) report.ended.push_back(session);
    }
    for (const Session& session : report.sessions) {
        const Found found = find_processes(session.uid);
        if (found.trouble) report.troubles.push_back(*found.trouble);
        if (session.scope.empty()) continue;
        std::copy_if(found.processes.begin(), found.processes.end(), std::back_inserter(report.survivors),
                     [&](const Process& process) { return is_within(process.cgroup, session.cgroup()); });
    }
}

}  // namespace

EndReport end_sessions(Result<Bus>& bus, const std::vector<Session>& sessions, const EndOptions& options, const OnProgress& progress) {
    EndReport report;
    const std::uint64_t begun_usec = monotonic_usec();
    const std::uint64_t grace_usec = begun_usec + std::max(options.now ? 0 : options.grace_usec, kLeastGraceUsec);
    const std::uint64_t last_word_usec = begun_usec + options.limit_usec + kCallUsec;
    // Who can keep logind busy must not win time by it.
    if (bus.ok()) bus.value().set_deadline(grace_usec);
    const auto own = own_session();
    std::vector<Session> others;
    for (const Session& session : sessions) session.id == own ? void(report.own_left = true) : others.push_back(session);
    std::size_t before = 0;
    for (const Session& session : others) before += session.scope.empty() ? 0 : ControlGroup(session.cgroup()).pids().size();
    if (progress) progress({others.size(), before, 0});
    if (options.now) kill_all(others);
    std::vector<Error> failed;
    for (const Session& session : others) {
        const auto asked = bus.ok() ? terminate_session(bus.value(), session.id) : Result<void>(bus.error());
        if (!asked.ok()) failed.push_back(asked.error());
    }
    wait_for(others, options.now ? begun_usec : grace_usec);
    kill_all(others);
    if (bus.ok()) bus.value().set_deadline(last_word_usec);
    auto left = left_of(bus, others);
    while ((!left.ok() || !left.value().empty()) && monotonic_usec() < begun_usec + options.limit_usec) {
        kill_all(others);
        wait_for(others, monotonic_usec() + kRoundUsec);
        usleep(kBetweenLooksUsec);  // logind hears of the end of a group from systemd
        if (!left.ok() && left.error().os_error == ECONNRESET) bus = Bus::open(last_word_usec);
        left = left_of(bus, others);
    }
    conclude(others, left, report);
    if (!report.sessions.empty()) report.troubles.insert(report.troubles.end(), failed.begin(), failed.end());
    report.processes_ended = before - std::min(before, report.survivors.size());
    report.elapsed_usec = monotonic_usec() - begun_usec;
    return report;
}

}  // namespace pam_revoke
