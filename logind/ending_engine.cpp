#include "ending_engine.hpp"

#include <algorithm>
#include <set>

#include "revoke/base/time.hpp"

namespace pam_revoke {
namespace {

constexpr std::uint64_t kRoundUsec = 500'000;
constexpr std::uint64_t kDyingUsec = 100'000;  // from KILL to the end of a process

}  // namespace

void EndReport::add(const EndReport& earlier) {
    const auto add_names = [](std::vector<std::string>& to, const std::vector<std::string>& from) {
        std::set<std::string> all(to.begin(), to.end());
        all.insert(from.begin(), from.end());
        to.assign(all.begin(), all.end());
    };
    add_names(containers, earlier.containers);
    add_names(units_stopped, earlier.units_stopped);
    ended.insert(ended.begin(), earlier.ended.begin(), earlier.ended.end());
    evidence.processes.insert(evidence.processes.begin(), earlier.evidence.processes.begin(),
                              earlier.evidence.processes.end());
    supervisors.insert(supervisors.begin(), earlier.supervisors.begin(), earlier.supervisors.end());
    evidence.left_out += earlier.evidence.left_out;
    processes_ended += earlier.processes_ended;
    logins_killed += earlier.logins_killed;
    elapsed_usec += earlier.elapsed_usec;
}

Ending::Ending(Result<Bus>& bus, const EndOptions& options, const OnProgress& progress)
    : bus_(bus), options_(options), progress_(progress), begun_usec_(monotonic_usec()) {}

std::uint64_t Ending::grace_usec() const { return std::max(options_.grace_usec, kLeastGraceUsec); }

EndReport Ending::run() {
    EndReport report;
    end_in_rounds(end_politely());
    conclude(report);
    report.evidence = evidence_.gathered();
    report.elapsed_usec = monotonic_usec() - begun_usec_;
    return report;
}

// True if nothing is left, after a first kill if one was needed.
bool Ending::end_politely() {
    // A user that keeps logind or systemd busy must gain no time: after the grace period, only the
    // kernel is asked.
    const std::uint64_t grace_over_usec = begun_usec_ + grace_usec();
    set_bus_deadline(grace_over_usec);
    if (options_.now) kill_first();
    bool is_over = scan_once();
    if (!is_over) ask();
    if (!is_over && !options_.now) is_over = wait_until(grace_over_usec);
    if (!is_over) kill_groups();
    // The last scan comes after the limit, and may still use the bus.
    set_bus_deadline(last_word_usec());
    return is_over || scan_once();
}

// Unless `is_over`, there is at least one round. It scans again: a login may be in progress.
void Ending::end_in_rounds(bool is_over) {
    for (bool was_killed = is_over;
         !was_killed || (!nothing_to_end() && monotonic_usec() < limit_usec()); was_killed = true) {
        kill();
        const std::uint64_t killed_usec = monotonic_usec();
        const std::uint64_t over_usec = std::max(limit_usec(), killed_usec + kDyingUsec);
        if (!wait_until(std::min(killed_usec + kRoundUsec, over_usec))) (void)scan_once();
        if (!nothing_to_end()) ask();
    }
    if (nothing_to_end() || !has_unkilled()) return;
    // A slow logind must not save what was found late.
    is_last_kill_ = true;
    kill();
    if (!wait_until(monotonic_usec() + kRoundUsec)) (void)scan_once();
}

bool Ending::scan_once() {
    const bool is_over = scan();
    if (!progress_) return is_over;
    Progress progress = seen();
    progress.elapsed_usec = monotonic_usec() - begun_usec_;
    progress_(progress);
    return is_over;
}

bool Ending::wait_until(std::uint64_t deadline_usec) {
    while (!scan_once())
        if (!wait_for_change(deadline_usec)) return false;
    return true;
}

void Ending::note(const Result<void>& result) {
    if (!result.ok())
        failed_.insert_or_assign(std::string(result.error().object.view()), result.error());
}

void Ending::report_failures(EndReport& report) const {
    for (const auto& [object, error] : failed_) report.errors.push_back(error);
}

}  // namespace pam_revoke
