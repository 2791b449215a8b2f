#include "revoke/logind/ending.hpp"

#include <signal.h>

#include <algorithm>
#include <map>
#include <set>

#include "revoke/kernel/cgroup.hpp"
#include "revoke/kernel/proc.hpp"
#include "revoke/kernel/signal.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/units.hpp"
#include "revoke/logind/watch.hpp"

namespace pam_revoke {
namespace {

constexpr int kStruckMsec = 100;
constexpr std::uint64_t kRoundUsec = 500'000;

// One ending, while it goes on.
class Ending {
public:
    Ending(Result<Bus>& bus, const Account& account, const EndOptions& options, const OnProgress& progress)
        : bus_(bus),
          account_(account),
          options_(options),
          progress_(progress),
          begun_usec_(monotonic_usec()),
          watch_(bus, account, options.descendants, begun_usec_ + options.limit_usec + kCallUsec) {}

    EndReport run() {
        if (account_.uids.empty()) return std::move(report_);
        // Who can keep logind or systemd busy must not win time by it: after the grace the kernel is asked.
        const std::uint64_t grace_over_usec = begun_usec_ + std::max(options_.grace_usec, kLeastGraceUsec);
        watch_.let_bus_answer_until(grace_over_usec);
        if (options_.now) strike_first();
        bool is_over = watch_.look_once(on_look_);
        if (!options_.now) seen_ = watch_.sight().sessions;
        if (!is_over) ask();
        if (!is_over && !options_.now) is_over = watch_.wait_until(grace_over_usec, on_look_);
        if (!is_over) kill_slices();
        // The last look comes after the limit and must still be allowed to ask.
        watch_.let_bus_answer_until(begun_usec_ + options_.limit_usec + kCallUsec);
        if (!is_over) is_over = watch_.look_once(on_look_);
        // Each round a second look: somebody may have been on the way in.
        // Once at least, however long the looks took and whatever they could not see.
        for (bool killed = is_over; !killed || (!watch_.nothing_to_end() && elapsed() < options_.limit_usec); killed = true) {
            kill();
            const std::uint64_t round_over_usec = std::min(monotonic_usec() + kRoundUsec, begun_usec_ + options_.limit_usec);
            if (!watch_.wait_until(round_over_usec, on_look_)) (void)watch_.look_once(on_look_);
            if (!watch_.nothing_to_end()) ask();
        }
        finish();
        return std::move(report_);
    }

private:
    [[nodiscard]] std::uint64_t elapsed() const { return monotonic_usec() - begun_usec_; }

    // Something that failed on the way counts only if the last look does not show that it was not needed.
    void note(const Result<void>& result) {
        if (!result.ok()) failed_.insert_or_assign(std::string(result.error().object.view()), result.error());
    }

    // Nothing is asked before the kill but which sessions there are.
    void strike_first() {
        watch_.see_sessions();
        seen_ = watch_.sight().sessions;
        if (watch_.own_left()) return;
        for (const std::uint32_t uid : account_.uids) {
            const std::vector<pid_t> more = ControlGroup(slice_path(uid)).pids();
            known_.insert(more.begin(), more.end());
        }
        kill_slices();
        for (const std::uint32_t uid : account_.uids) {
            const ControlGroup slice(slice_path(uid));
            if (slice.populated()) slice.wait(kStruckMsec);
        }
    }

    void looked() {
        remember();
        for (const std::string& unit : watch_.restarting())
            if (bus_.ok()) note(stop_unit(bus_.value(), unit));
        if (watch_.suspects_hidden()) kill_numbers();
        if (progress_) progress_({watch_.sight().sessions.size(), watch_.sight().processes.size(), elapsed()});
    }

    void remember() {
        for (const Process& process : watch_.sight().processes) {
            known_.insert(process.pid);
            std::string container = container_in(process.cgroup);
            if (container.empty() && process.tie == Tie::container) container = unit_of(process.cgroup);
            if (!container.empty()) containers_.insert(std::move(container));
        }
    }

    // Asks politely: logind for its sessions, systemd for what logind has abandoned, strays one by one.
    void ask() {
        if (bus_.ok()) ask_managers(bus_.value());
        for (const Process& process : watch_.sight().processes) {
            if (process.tie == Tie::slice || watch_.is_only_named(process)) continue;
            for (const int signal : {SIGTERM, SIGHUP, SIGCONT}) note(send_signal(process, signal));
        }
    }

    void ask_managers(Bus& bus) {
        for (const Session& session : watch_.sight().sessions)
            if (watch_.own_left()) note(terminate_session(bus, session.id));
        for (const std::uint32_t uid : account_.uids) {
            if (watch_.own_left()) continue;
            note(terminate_user(bus, uid));
            note(stop_unit(bus, slice_unit(uid)));
        }
        for (const std::string& unit : units_of_strays()) note(stop_unit(bus, unit));
    }

    // Units outside the slice in which nothing but the account's processes run: killed, they would be started again.
    [[nodiscard]] std::set<std::string> units_of_strays() const {
        std::set<pid_t> theirs;
        std::map<std::string, std::string> candidates;  // by path
        for (const Process& process : watch_.sight().processes) {
            if (watch_.is_only_named(process)) continue;
            theirs.insert(process.pid);
            std::string path;
            const std::string unit = process.tie == Tie::slice ? std::string() : unit_of(process.cgroup, &path);
            // A getty that is stopped does not come back; killed, it is the next prompt.
            if (!unit.empty() && unit.find("getty") == std::string::npos) candidates.emplace(path, unit);
        }
        std::set<std::string> units;
        for (const auto& [path, unit] : candidates) {
            const std::vector<pid_t> pids = ControlGroup(path).pids();
            const auto is_theirs = [&theirs](pid_t pid) { return theirs.contains(pid); };
            if (!pids.empty() && std::all_of(pids.begin(), pids.end(), is_theirs)) units.insert(unit);
        }
        return units;
    }

    // Where the kernel cannot, kill() does it one by one.
    void kill_slices() const {
        for (const std::uint32_t uid : account_.uids) {
            if (!watch_.own_left()) (void)ControlGroup(slice_path(uid)).kill();
            std::set<std::string> units;
            for (const Process& process : watch_.sight().processes)
                if (watch_.own_left()) units.insert(unit_in_slice(process.cgroup, uid));
            units.erase(std::string());
            for (const std::string& unit : units) (void)ControlGroup(slice_path(uid) + "/" + unit).kill();
        }
    }

    void kill() {
        kill_slices();
        const std::vector<Process>& processes = watch_.sight().processes;
        for (const Process& process : processes)
            if (!watch_.is_only_named(process)) note(send_signal(process, SIGKILL));
        kill_numbers();
    }

    // In a container the number may be somebody else's; our own session comes last, and whoever started us is not hit.
    void kill_numbers() {
        const auto spared = [this](const Process& process) {
            return process.tie != Tie::descendant && process.tie != Tie::subordinate && watch_.is_only_named(process);
        };
        const std::vector<Process>& processes = watch_.sight().processes;
        withheld_ = std::any_of(processes.begin(), processes.end(), spared);
        if (watch_.own_left() || withheld_) return;
        const Fd alone = probe_alone();
        bool done = true;
        for (const std::uint32_t uid : account_.uids) done = (is_system_uid(uid) || kill_all_of(uid)) && done;
        for (const std::uint32_t number : watch_.theirs_alone(watch_.subordinate_numbers()))
            if (elapsed() < options_.limit_usec) done = kill_all_of(number) && done;
        if (done) watch_.has_struck();
    }

    void finish() {
        const Sight& last = watch_.sight();
        for (const Session& session : seen_) {
            const auto same = [&](const Session& other) { return other.id == session.id; };
            if (std::none_of(last.sessions.begin(), last.sessions.end(), same)) report_.ended.push_back(session);
        }
        for (const Process& process : last.processes) known_.erase(process.pid);
        report_.processes_ended = known_.size();
        report_.containers.assign(containers_.begin(), containers_.end());
        report_.troubles = watch_.doubts();
        if (withheld_ && !last.processes.empty())
            report_.troubles.push_back(make_error(Fault::refused, account_.name,
                                                  "not killed as a whole: processes that are only reported have the same UID"));
        for (const auto& [object, error] : failed_)
            if (!last.quiet()) report_.troubles.push_back(error);
        report_.sessions = last.sessions;
        report_.survivors = last.processes;
        report_.own_left = watch_.own_left();
        report_.elapsed_usec = elapsed();
    }

    Result<Bus>& bus_;
    const Account& account_;
    const EndOptions& options_;
    const OnProgress& progress_;
    std::uint64_t begun_usec_;
    Watch watch_;
    std::function<void()> on_look_ = [this] { looked(); };
    std::vector<Session> seen_;  // sessions that were there at first
    std::set<pid_t> known_;      // all processes seen so far
    std::set<std::string> containers_;
    std::map<std::string, Error> failed_;  // of each unit, session or process the last failure
    bool withheld_ = false;  // the kill of all that has the number
    EndReport report_;
};

}  // namespace

EndReport end_account(Result<Bus>& bus, const Account& account, const EndOptions& options, const OnProgress& progress) {
    return Ending(bus, account, options, progress).run();
}

// Failures are not looked at: who would hear of them is being ended.
void end_own(Result<Bus>& bus, const Account& account) {
    if (!bus.ok()) return;
    bus.value().set_deadline(monotonic_usec() + kCallUsec);
    if (const auto id = own_session()) (void)terminate_session(bus.value(), *id);
    const std::string cgroup = own_cgroup();
    for (const std::uint32_t uid : account.uids)
        if (!unit_in_slice(cgroup, uid).empty()) (void)stop_unit(bus.value(), slice_unit(uid));
}

}  // namespace pam_revoke
