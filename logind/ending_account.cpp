// ending_account.cpp - ends the sessions and processes of a user, except this session.
#include <signal.h>

#include <algorithm>
#include <map>
#include <set>

#include "ending_engine.hpp"
#include "parents.hpp"
#include "revoke/base/time.hpp"
#include "revoke/kernel/cgroup.hpp"
#include "revoke/kernel/process_count.hpp"
#include "revoke/kernel/procfs.hpp"
#include "revoke/logind/activity_monitor.hpp"
#include "revoke/logind/login_records.hpp"
#include "revoke/logind/units.hpp"

namespace pam_revoke {
namespace {

constexpr int kKilledMsec = 100;
// Some hundred calls: on a slow virtual machine, they take more than one call may.
constexpr std::uint64_t kStartersUsec = 3 * kCallUsec;

class AccountEnding final : public Ending {
public:
    AccountEnding(Result<Bus>& bus, const Account& account, const EndOptions& options,
                  const OnProgress& progress)
        : Ending(bus, options, progress),
          account_(account),
          monitor_(bus, account, options, last_word_usec()) {}

private:
    bool scan() override {
        const bool is_over = monitor_.scan_once();
        if (!seen_) seen_ = monitor_.activity().sessions;
        remember();
        for (const std::string& unit : monitor_.restarting())
            if (bus_.ok() && !monitor_.spares_services()) stop(bus_.value(), unit);
        if (monitor_.kernel_count_disagrees()) kill_uids();
        return is_over;
    }
    bool wait_for_change(std::uint64_t deadline_usec) const override {
        return monitor_.wait_for_change(deadline_usec);
    }
    bool nothing_to_end() const override { return monitor_.nothing_to_end(); }
    void set_bus_deadline(std::uint64_t usec) override { monitor_.set_bus_deadline(usec); }
    Progress seen() const override {
        return {monitor_.activity().sessions.size(), monitor_.activity().processes.size(), 0};
    }

    // Before the kill, only the list of sessions is requested.
    void kill_first() override {
        monitor_.scan_sessions();
        seen_ = monitor_.activity().sessions;
        if (monitor_.own_left()) return;
        for (const std::uint32_t uid : account_.uids) {
            const std::vector<pid_t> more = ControlGroup(slice_path(uid)).pids();
            known_.insert(more.begin(), more.end());
            gather_evidence(more, uid);
        }
        kill_groups();
        for (const std::uint32_t uid : account_.uids) {
            const ControlGroup slice(slice_path(uid));
            if (slice.populated()) slice.wait(kKilledMsec);
        }
    }

    void remember() {
        std::vector<pid_t> to_end;
        for (const Process& process : monitor_.activity().processes) {
            known_.insert(process.pid);
            if (!monitor_.is_report_only(process)) to_end.push_back(process.pid);
            if (process.uid != 0 && process.uid == process.owner_uid &&
                !monitor_.is_report_only(process))
                remember_starter(process);
            std::string container = container_in(process.cgroup);
            if (container.empty() && process.tie == Tie::container)
                container = unit_of(process.cgroup);
            if (!container.empty()) containers_.insert(std::move(container));
        }
        gather_evidence(to_end, account_.uids.front());
    }

    // A getty restarts for the next login.
    void remember_starter(const Process& process) {
        parents_.add(process);
        const std::string unit =
            process.tie == Tie::slice ? std::string() : unit_of(process.cgroup);
        if (unit.ends_with(".service") && unit.find("getty") == std::string::npos)
            services_.insert(unit);
    }

    // Asks logind to end sessions and systemd to stop units. Signals processes outside the slice.
    void ask() override {
        if (bus_.ok()) ask_managers(bus_.value());
        for (const Process& process : monitor_.activity().processes) {
            if (process.tie == Tie::slice || monitor_.is_report_only(process)) continue;
            if (kill_connecting(process)) continue;
            for (const int signal : {SIGTERM, SIGHUP, SIGCONT}) note(send_signal(process, signal));
        }
    }

    void ask_managers(Bus& bus) {
        for (const Session& session : monitor_.activity().sessions)
            if (monitor_.own_left()) note(terminate_session(bus, session.id));
        for (const std::uint32_t uid : account_.uids) {
            if (monitor_.own_left()) continue;
            note(terminate_user(bus, uid));
            note(stop_unit(bus, slice_unit(uid)));
        }
        std::set<pid_t> theirs;
        for (const std::string& unit : units_with_only(theirs))
            if (is_users(bus, unit, theirs)) stop(bus, unit);
    }

    void stop(Bus& bus, const std::string& unit) {
        const auto stopped = stop_unit(bus, unit);
        note(stopped);
        if (stopped.ok()) stopped_.insert(unit);
    }

    // A service of root in which only processes of the user are left stays: to stop it would run
    // its ExecStop=. A scope has no commands.
    [[nodiscard]] bool is_users(Bus& bus, const std::string& unit, const std::set<pid_t>& theirs) {
        if (!unit.ends_with(".service")) return true;
        const auto owner = owner_of_service(bus, unit);
        if (!owner.ok()) note(owner.error());
        if (!owner.ok() || !owner.value()) return false;
        const std::string& user = owner.value()->user;
        const std::vector<std::string> words = user_words(account_);
        return std::find(words.begin(), words.end(), user) != words.end() ||
               theirs.contains(owner.value()->main_pid);
    }

    // Units outside the slice with only the account's processes, which are added to `theirs`.
    // systemd could restart what is killed in them.
    [[nodiscard]] std::set<std::string> units_with_only(std::set<pid_t>& theirs) const {
        std::map<std::string, std::string> candidates;  // by path
        for (const Process& process : monitor_.activity().processes) {
            if (monitor_.is_report_only(process)) continue;
            theirs.insert(process.pid);
            std::string path;
            const std::string unit =
                process.tie == Tie::slice ? std::string() : unit_of(process.cgroup, &path);
            // A getty must come back: systemd restarts a killed one, not a stopped one.
            if (!unit.empty() && unit.find("getty") == std::string::npos)
                candidates.emplace(path, unit);
        }
        std::set<std::string> units;
        for (const auto& [path, unit] : candidates) {
            const std::vector<pid_t> pids = ControlGroup(path).pids();
            const auto is_theirs = [&theirs](pid_t pid) { return theirs.contains(pid); };
            if (!pids.empty() && std::all_of(pids.begin(), pids.end(), is_theirs))
                units.insert(unit);
        }
        return units;
    }

    // Errors are ignored: kill() also signals each process.
    void kill_groups() override {
        for (const std::uint32_t uid : account_.uids) {
            if (!monitor_.own_left()) (void)ControlGroup(slice_path(uid)).kill();
            std::set<std::string> units;
            for (const Process& process : monitor_.activity().processes)
                if (monitor_.own_left()) units.insert(unit_in_slice(process.cgroup, uid));
            units.erase(std::string());
            for (const std::string& unit : units)
                (void)ControlGroup(slice_path(uid) + "/" + unit).kill();
        }
    }

    // A connection without a session gets no grace. Its process may just have created the one of
    // the user, which nothing else connects to the user yet.
    static bool kill_connecting(const Process& process) {
        if (process.client.empty()) return false;
        kill_tree({process.pid, process.started});
        return true;
    }

    void kill() override {
        kill_groups();
        const std::vector<Process>& processes = monitor_.activity().processes;
        for (const Process& process : processes)
            if (!monitor_.is_report_only(process) && !kill_connecting(process))
                note(send_signal(process, SIGKILL));
        kill_uids();
    }

    // Not done if it could kill another user in a container, our own session or our parents.
    void kill_uids() {
        const auto spared = [this](const Process& process) {
            return process.tie != Tie::descendant && process.tie != Tie::subordinate &&
                   monitor_.is_report_only(process);
        };
        const std::vector<Process>& processes = monitor_.activity().processes;
        withheld_ = std::any_of(processes.begin(), processes.end(), spared);
        if (monitor_.own_left() || withheld_) return;
        const Fd alone = lock_probe();
        bool done = true;
        for (const std::uint32_t uid : account_.uids)
            done = (is_spared(uid) || kill_uid(uid)) && done;
        for (const std::uint32_t uid : monitor_.exclusive_uids(monitor_.subuids_in_use()))
            if (monotonic_usec() < limit_usec()) done = kill_uid(uid) && done;
        if (done) monitor_.mark_killed();
    }

    [[nodiscard]] bool is_spared(std::uint32_t uid) const {
        return uid == 0 || (options_.spares_services && is_system_account(uid));
    }

    void conclude(EndReport& report) override {
        const Activity& last = monitor_.activity();
        for (const Session& session : *seen_) {
            const auto same = [&](const Session& other) { return other.id == session.id; };
            if (std::none_of(last.sessions.begin(), last.sessions.end(), same))
                report.ended.push_back(session);
        }
        report.supervisors = parents_.running(known_);
        for (const Process& process : last.processes) known_.erase(process.pid);
        report.processes_ended = known_.size();
        report.containers.assign(containers_.begin(), containers_.end());
        report.units_stopped.assign(stopped_.begin(), stopped_.end());
        report.errors = monitor_.unverified();
        constexpr const char* kWithheld =
            "not killed as a whole: processes that are only reported have the same UID";
        report_starters(report);
        if (withheld_ && !last.processes.empty())
            report.errors.push_back(make_error(Fault::refused, account_.name, kWithheld));
        if (!last.quiet()) report_failures(report);
        report.sessions = last.sessions;
        report.survivors = last.processes;
        report.own_left = monitor_.own_left();
    }

    // "Nothing is left" would not stay true.
    void report_starters(EndReport& report) {
        const std::vector<std::string> users = user_words(account_);
        if (users.empty() || !bus_.ok()) return;  // a bus that failed is reported by each scan
        bus_.value().set_deadline(monotonic_usec() + kStartersUsec);
        auto starters = starters_for(bus_.value(), users);
        if (!starters.ok()) return report.errors.push_back(starters.error());
        report.starters = std::move(starters.value());
        report_restarts(bus_.value(), report);
    }

    // A service of root that ran a program as the user, by su or sudo, has ended with it.
    void report_restarts(Bus& bus, EndReport& report) const {
        const auto restarting = restarting_units(bus);
        if (!restarting.ok()) return report.errors.push_back(restarting.error());
        for (const std::string& unit : restarting.value())
            if (services_.contains(unit) && !stopped_.contains(unit))
                report.supervisors.push_back(make_error(
                    Fault::refused, unit,
                    "ran a process of the user and is about to restart; check its configuration"));
    }

    const Account& account_;
    ActivityMonitor monitor_;
    std::optional<std::vector<Session>> seen_;  // the first sessions found
    std::set<pid_t> known_;                     // all processes found so far
    Parents parents_;
    std::set<std::string> containers_;
    std::set<std::string> services_;  // that had a process of the user
    std::set<std::string> stopped_;   // units
    bool withheld_ = false;           // kill_uid() could kill processes to be spared
};

}  // namespace

EndReport end_account(Result<Bus>& bus, const Account& account, const EndOptions& options,
                      const OnProgress& progress) {
    if (account.uids.empty()) return {};
    return AccountEnding(bus, account, options, progress).run();
}

// Errors are ignored: the process that could report them is being ended.
void end_own_session(Result<Bus>& bus) {
    if (!bus.ok()) return;
    bus.value().set_deadline(monotonic_usec() + kCallUsec);
    if (const auto id = own_session()) (void)terminate_session(bus.value(), *id);
}

void end_own(Result<Bus>& bus, const Account& account) {
    if (!bus.ok()) return;
    end_own_session(bus);
    const std::string cgroup = own_cgroup();
    for (const std::uint32_t uid : account.uids)
        if (!unit_in_slice(cgroup, uid).empty()) (void)stop_unit(bus.value(), slice_unit(uid));
}

}  // namespace pam_revoke
