#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "revoke/base/time.hpp"
#include "revoke/kernel/cgroup.hpp"
#include "revoke/kernel/processes.hpp"
#include "session_ending.hpp"

namespace pam_revoke {
namespace {

constexpr int kScanMsec = 50;
constexpr useconds_t kBetweenScansUsec = 10'000;

// A session without a cgroup is left to logind: an empty path would mean every process.
bool is_populated(const Session& session) {
    return !session.scope.empty() && ControlGroup(session.cgroup()).populated();
}

std::vector<pid_t> pids_of(const Session& session) {
    return session.scope.empty() ? std::vector<pid_t>() : ControlGroup(session.cgroup()).pids();
}

bool is_among(const std::vector<Session>& sessions, const Session& wanted) {
    const auto same = [&wanted](const Session& session) { return session.id == wanted.id; };
    return std::any_of(sessions.begin(), sessions.end(), same);
}

void name_survivors(const Session& session, EndReport& report) {
    const Found found = find_processes(session.uid);
    if (found.error) report.errors.push_back(*found.error);
    if (session.scope.empty()) return;
    const auto is_inside = [&session](const Process& process) {
        return is_within(process.cgroup, session.cgroup());
    };
    std::copy_if(found.processes.begin(), found.processes.end(),
                 std::back_inserter(report.survivors), is_inside);
}

}  // namespace

SessionEnding::SessionEnding(Result<Bus>& bus, const EndOptions& options,
                             const OnProgress& progress)
    : Ending(bus, options, progress), had_bus_(bus.ok()), bus_until_usec_(begun_usec()) {}

void SessionEnding::add(const Session& session) {
    if (session.id == own_session_) return own_is_meant();
    const std::vector<pid_t> pids = pids_of(session);
    known_.insert(pids.begin(), pids.end());
    taken_.push_back({session});
    left_.push_back(session);
}

bool SessionEnding::scan() {
    if (broke_off() && monotonic_usec() < bus_until_usec_) bus_ = Bus::open(bus_until_usec_);
    listed_ = list_sessions(bus_);
    if (!listed_.ok()) return false;  // sessions may still exist
    // All of them each time: a session that seemed to be gone may have been misread.
    left_.clear();
    for (const Taken& taken : taken_)
        if (is_there(taken.session)) left_.push_back(taken.session);
    return left_.empty();
}

// logind keeps the record of a session for some time after its last process.
bool SessionEnding::is_there(const Session& session) const {
    const auto& all = listed_.value();
    const auto same = [&session](const Session& other) {
        return other.id == session.id && other.state != "closing";
    };
    return is_populated(session) || std::any_of(all.begin(), all.end(), same);
}

// A broken connection is opened again; one that never existed is not.
bool SessionEnding::broke_off() const {
    return had_bus_ && (!bus_.ok() || (!listed_.ok() && is_break_off(listed_.error())));
}

// The kernel reports an empty cgroup at once; logind waits for systemd.
bool SessionEnding::wait_for_change(std::uint64_t deadline_usec) const {
    if (!had_bus_ && nothing_to_end()) return false;  // nothing can change
    const auto busy = [this] { return std::find_if(left_.begin(), left_.end(), is_populated); };
    auto at = busy();
    if (at == left_.end()) usleep(kBetweenScansUsec);
    for (; at != left_.end() && monotonic_usec() < deadline_usec; at = busy())
        ControlGroup(at->cgroup()).wait(kScanMsec);
    return monotonic_usec() < deadline_usec;
}

void SessionEnding::set_bus_deadline(std::uint64_t usec) {
    bus_until_usec_ = usec;
    if (bus_.ok()) bus_.value().set_deadline(usec);
}

Progress SessionEnding::seen() const {
    Progress progress{left_.size(), 0, 0};
    for (const Session& session : left_) progress.processes += pids_of(session).size();
    return progress;
}

// Asks for each session until a request succeeds.
void SessionEnding::ask() {
    for (Taken& taken : taken_) {
        if (taken.is_asked || !is_among(left_, taken.session)) continue;
        gather_evidence(pids_of(taken.session), taken.session.uid);
        // A logind that does not answer gains no time.
        if (!taken.since_usec) taken.since_usec = listed_.ok() ? since_usec() : begun_usec();
        const auto asked = bus_.ok() ? terminate_session(bus_.value(), taken.session.id)
                                     : Result<void>(bus_.error());
        taken.is_asked = asked.ok();
        note(asked);
    }
}

void SessionEnding::kill_groups() {
    for (Taken& taken : taken_) {
        if (!is_due(taken.since_usec) || !is_populated(taken.session)) continue;
        gather_evidence(pids_of(taken.session), taken.session.uid);
        (void)ControlGroup(taken.session.cgroup()).kill();
        taken.is_killed = true;
    }
}

// The first wave counts from the begin, like the wait for it, unless the first scan was slow.
std::uint64_t SessionEnding::since_usec() const {
    const std::uint64_t now_usec = monotonic_usec();
    return now_usec < begun_usec() + grace_usec() / 2 ? begun_usec() : now_usec;
}

bool SessionEnding::is_due(std::optional<std::uint64_t> since_usec) const {
    return options_.now || is_last_kill() ||
           (since_usec && monotonic_usec() >= *since_usec + grace_usec());
}

bool SessionEnding::has_unkilled() const {
    return std::any_of(taken_.begin(), taken_.end(), [this](const Taken& taken) {
        return !taken.is_killed && is_among(left_, taken.session) && is_populated(taken.session);
    });
}

bool SessionEnding::is_taken(const Session& session) const {
    const auto same = [&](const Taken& taken) { return taken.session.id == session.id; };
    return std::any_of(taken_.begin(), taken_.end(), same);
}

void SessionEnding::conclude(EndReport& report) {
    if (!listed_.ok()) report.errors.push_back(listed_.error());
    report.own_left = own_left_;
    report.sessions = left_;
    for (const Taken& taken : taken_)
        if (!is_among(left_, taken.session)) report.ended.push_back(taken.session);
    for (const Session& session : left_) name_survivors(session, report);
    for (const Process& process : report.survivors) known_.erase(process.pid);
    report.processes_ended = known_.size();
    if (!left_.empty()) report_failures(report);
}

EndReport end_sessions(Result<Bus>& bus, const std::vector<Session>& sessions,
                       const EndOptions& options, const OnProgress& progress) {
    SessionEnding ending(bus, options, progress);
    for (const Session& session : sessions) ending.add(session);
    return ending.run();
}

}  // namespace pam_revoke
