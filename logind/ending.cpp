#include "revoke/ending.hpp"

#include <signal.h>

#include <algorithm>
#include <set>

#include "revoke/cgroup.hpp"
#include "revoke/proc.hpp"
#include "revoke/signal.hpp"
#include "revoke/units.hpp"

namespace pam_revoke {
namespace {

constexpr int kLookMsec = 100;
constexpr int kLooksInDoubt = 30;
constexpr std::uint64_t kLeastGraceUsec = 500'000;
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
          own_session_(own_session()) {}

    EndReport run() {
        if (account_.uids.empty()) return std::move(report_);
        spare_own();
        // Who can keep logind or systemd busy must not win time by it: after the grace the kernel is asked.
        let_bus_answer_until(grace_over_usec());
        if (options_.now) strike_first();
        see();
        if (!options_.now) remember_sessions();
        ask();
        const bool is_over = wait_until(options_.now ? begun_usec_ : grace_over_usec());
        // The last look comes after the limit and must still be allowed to ask.
        let_bus_answer_until(last_word_usec());
        if (!is_over) (void)wait_until(begun_usec_);
        // Each round a second look: somebody may have been on the way in.
        // Once at least, however long the looks took: they last as long as there is much to see.
        for (bool killed = false; !nothing_to_end() && (!killed || elapsed() < options_.limit_usec); killed = true) {
            kill();
            (void)wait_until(std::min(monotonic_usec() + kRoundUsec, begun_usec_ + options_.limit_usec));
            if (!nothing_to_end()) ask();
        }
        finish();
        return std::move(report_);
    }

private:
    [[nodiscard]] std::uint64_t elapsed() const { return monotonic_usec() - begun_usec_; }
    [[nodiscard]] std::uint64_t last_word_usec() const { return begun_usec_ + options_.limit_usec + kCallUsec; }

    [[nodiscard]] std::uint64_t grace_over_usec() const { return begun_usec_ + std::max(options_.grace_usec, kLeastGraceUsec); }
    void let_bus_answer_until(std::uint64_t usec) {
        if (bus_.ok()) bus_.value().set_deadline(usec);
    }

    // Where we ourselves are, if that is the account's, is left until all has been said.
    void spare_own() {
        const std::string cgroup = own_cgroup();
        for (const std::uint32_t uid : account_.uids)
            if (own_unit_.empty()) own_unit_ = unit_in_slice(cgroup, uid);
        report_.own_left = !own_unit_.empty();
        own_line_ = own_line();
    }

    [[nodiscard]] bool is_own(const Process& process) const {
        if (!report_.own_left) return false;
        const auto same_unit = [&](std::uint32_t uid) { return unit_in_slice(process.cgroup, uid) == own_unit_; };
        return std::any_of(account_.uids.begin(), account_.uids.end(), same_unit);
    }

    // The session we are in, if it is the account's: sd_pid_get_session asks the same control group.
    [[nodiscard]] bool is_own(const Session& session) const { return report_.own_left && session.id == own_session_; }

    // Something that failed on the way counts only if the last look does not show that it was not needed.
    void note(const Result<Done>& result) {
        if (result.ok()) return;
        const Error& error = result.error();
        for (const Error& known : failed_)
            if (known.object.view() == error.object.view() && known.reason == error.reason) return;
        failed_.push_back(error);
    }

    // Nothing is asked before the kill but which sessions there are.
    void strike_first() {
        see_sessions(bus_, account_, sight_);
        remember_sessions();
        if (report_.own_left) return;
        for (const std::uint32_t uid : account_.uids) {
            const std::vector<pid_t> more = ControlGroup(slice_path(uid)).pids();
            known_.insert(more.begin(), more.end());
        }
        kill_slices();
        for (const std::uint32_t uid : account_.uids) ControlGroup(slice_path(uid)).wait(kLookMsec);
    }

    void remember_sessions() {
        std::copy_if(sight_.sessions.begin(), sight_.sessions.end(), std::back_inserter(seen_),
                     [this](const Session& session) { return !is_own(session); });
    }

    // Looks afresh at all that is the account's, our own session left out.
    void see() {
        // logind or the bus was restarted: a connection that broke says nothing of what is there now.
        if (broke_off() && monotonic_usec() < last_word_usec()) bus_ = Bus::open(last_word_usec());
        sight_ = pam_revoke::see(bus_, account_, leaders_);
        std::erase_if(sight_.sessions, [this](const Session& session) { return is_own(session); });
        std::erase_if(sight_.processes, [this](const Process& process) { return is_own(process); });
        if (report_.own_left) sight_.populated.clear();
        for (const Process& process : sight_.processes) {
            known_.insert(process.pid);
            if (process.contained) containers_.insert(unit_of(process.cgroup));
        }
    }

    [[nodiscard]] bool broke_off() const {
        const auto broke = [](const Error& error) { return error.fault == Fault::bus && error.os_error == ECONNRESET; };
        return std::any_of(sight_.troubles.begin(), sight_.troubles.end(), broke);
    }

    // Asks politely: logind for its sessions, systemd for what logind has abandoned, strays one by one.
    void ask() {
        if (bus_.ok()) ask_managers(bus_.value());
        for (const Process& process : sight_.processes) {
            if (process.tie == Tie::slice || is_only_named(process)) continue;
            for (const int signal : {SIGTERM, SIGHUP, SIGCONT}) note(send_signal(process, signal));
        }
    }

    void ask_managers(Bus& bus) {
        for (const Session& session : sight_.sessions) note(terminate_session(bus, session.id));
        for (const std::uint32_t uid : account_.uids) {
            if (report_.own_left) continue;
            note(terminate_user(bus, uid));
            note(stop_unit(bus, slice_unit(uid)));
        }
        for (const std::string& unit : units_of_strays()) note(stop_unit(bus, unit));
    }

    // Units outside the slice in which nothing but the account's processes run: killed, they would be started again.
    [[nodiscard]] std::set<std::string> units_of_strays() const {
        std::set<std::string> units;
        for (const Process& process : sight_.processes) {
            std::string path;
            if (process.tie == Tie::slice || is_only_named(process)) continue;
            const std::string unit = unit_of(process.cgroup, &path);
            const std::vector<pid_t> pids = ControlGroup(path).pids();
            const auto is_theirs = [this](pid_t pid) {
                return std::any_of(sight_.processes.begin(), sight_.processes.end(),
                                   [&](const Process& each) { return each.pid == pid && !is_only_named(each); });
            };
            // A getty that is stopped does not come back; killed, it is the next prompt.
            if (unit.find("getty") == std::string::npos && !unit.empty() && !pids.empty() &&
                std::all_of(pids.begin(), pids.end(), is_theirs))
                units.insert(unit);
        }
        return units;
    }

    // Where the kernel can not, kill() does it one by one.
    void kill_slices() const {
        for (const std::uint32_t uid : account_.uids) {
            if (!report_.own_left) (void)ControlGroup(slice_path(uid)).kill();
            std::set<std::string> units;
            for (const Process& process : sight_.processes)
                if (report_.own_left) units.insert(unit_in_slice(process.cgroup, uid));
            units.erase(std::string());
            for (const std::string& unit : units) (void)ControlGroup(slice_path(uid) + "/" + unit).kill();
        }
    }

    void kill() {
        kill_slices();
        for (const Process& process : sight_.processes)
            if (!is_only_named(process)) note(send_signal(process, SIGKILL));
        // In a container the number may be somebody else's, and our own session comes last.
        const auto spared = [this](const Process& process) { return process.tie == Tie::container && is_only_named(process); };
        if (report_.own_left || std::any_of(sight_.processes.begin(), sight_.processes.end(), spared)) return;
        std::set<std::uint32_t> numbers(account_.uids.begin(), account_.uids.end());
        for (const Process& process : sight_.processes)
            if (is_subordinate(process.uid)) numbers.insert(process.uid);
        const Fd alone = probe_alone();
        for (const std::uint32_t uid : numbers)
            if (!is_system_uid(uid)) kill_all_of(uid);
    }

    [[nodiscard]] bool is_subordinate(std::uint32_t uid) const {
        return std::any_of(account_.subordinate.begin(), account_.subordinate.end(),
                           [uid](const UidRange& range) { return range.has(uid); });
    }

    // Looks until nothing is left, and says so, or the time is up. Events of the slice wake us; whatever is elsewhere is seen
    // when a moment has gone by.
    [[nodiscard]] bool wait_until(std::uint64_t deadline_usec) {
        for (;;) {
            see();
            if (progress_) progress_({sight_.sessions.size(), sight_.processes.size(), elapsed()});
            if (is_quiet() && stays_quiet()) return true;
            if (monotonic_usec() >= deadline_usec) return false;
            ControlGroup(slice_path(account_.uids.front())).wait(kLookMsec);
        }
    }

    // That somebody could not be asked says nothing of what is there.
    [[nodiscard]] bool is_quiet() const { return sight_.quiet() && sight_.troubles.empty(); }

    // Whatever hops from pid to pid faster than /proc can be read is caught by the kernel's count of processes. That
    // counts zombies too, which end nothing: several looks must do where somebody does not bury them.
    [[nodiscard]] bool stays_quiet() {
        if (restarts_something() || unasked_) return false;
        const Fd alone = probe_alone();
        const auto counts = [](std::uint32_t uid) { return !is_system_uid(uid) && runs_anything(uid); };
        const auto hides = [](std::uint32_t uid) { return !is_system_uid(uid) && runs_anything(uid, count_zombies(uid)); };
        const bool doubtful = !report_.own_left && std::any_of(account_.uids.begin(), account_.uids.end(), counts);
        for (int i = 0; i < (doubtful ? kLooksInDoubt : 1) && is_quiet() && monotonic_usec() < last_word_usec(); ++i) see();
        hidden_ = doubtful && count_is_ours() && std::any_of(account_.uids.begin(), account_.uids.end(), hides);
        return is_quiet() && !hidden_;
    }

    // A service between two lives has no process; it is stopped, and then everything is looked at again.
    [[nodiscard]] bool restarts_something() {
        restarting_.clear();
        unasked_.reset();
        if (!bus_.ok()) return false;  // the look itself says so
        std::vector<std::string> users;
        for (const std::uint32_t uid : account_.uids)
            if (!is_system_uid(uid)) users.push_back(std::to_string(uid));
        if (!users.empty()) users.push_back(account_.name);
        auto units = restarting_units(bus_.value(), users);
        if (!units.ok()) unasked_ = units.error();
        if (units.ok()) restarting_ = std::move(units.value());
        for (const std::string& unit : restarting_) note(stop_unit(bus_.value(), unit));
        return !restarting_.empty();
    }

    // Descendants and containers are named, not ended, unless that was asked for; those that only had to finish have had
    // the grace for it. Whoever started us would take us along.
    [[nodiscard]] bool is_only_named(const Process& process) const {
        const bool by_login_uid = process.tie == Tie::descendant || process.tie == Tie::container;
        return (by_login_uid && !options_.descendants) || own_line_.contains(process.pid);
    }
    [[nodiscard]] bool nothing_to_end() const {
        const auto only_named = [this](const Process& process) { return is_only_named(process); };
        return sight_.sessions.empty() && sight_.populated.empty() && restarting_.empty() && !hidden_ && !broke_off() &&
               std::all_of(sight_.processes.begin(), sight_.processes.end(), only_named);
    }

    void finish() {
        for (const std::string& unit : restarting_)
            sight_.troubles.push_back(make_error(Fault::bus, unit, "is being started again and again"));
        if (unasked_) sight_.troubles.push_back(*unasked_);
        if (hidden_ && sight_.quiet())
            sight_.troubles.push_back(
                make_error(Fault::io, account_.name, "has a process that the kernel counts and that can not be seen"));
        if (!sight_.populated.empty() && sight_.processes.empty()) sight_.troubles.push_back(unseen(sight_.populated));
        for (const Session& session : seen_) {
            const auto same = [&](const Session& other) { return other.id == session.id; };
            if (std::none_of(sight_.sessions.begin(), sight_.sessions.end(), same)) report_.ended.push_back(session);
        }
        for (const Process& process : sight_.processes) known_.erase(process.pid);
        report_.processes_ended = known_.size();
        report_.containers.assign(containers_.begin(), containers_.end());
        report_.troubles = sight_.troubles;
        if (!sight_.quiet()) report_.troubles.insert(report_.troubles.end(), failed_.begin(), failed_.end());
        report_.sessions = std::move(sight_.sessions);
        report_.survivors = std::move(sight_.processes);
        report_.elapsed_usec = elapsed();
    }

    Result<Bus>& bus_;
    const Account& account_;
    const EndOptions& options_;
    const OnProgress& progress_;
    std::uint64_t begun_usec_;
    std::optional<std::string> own_session_;
    std::string own_unit_;      // of the slice that is being ended: where we ourselves are
    std::set<pid_t> own_line_;  // ourselves, and who started us
    Sight sight_;               // the last look
    std::vector<Session> seen_;
    std::set<pid_t> known_;    // all processes seen so far
    std::set<pid_t> leaders_;  // of all sessions seen so far
    std::set<std::string> containers_;
    std::vector<std::string> restarting_;
    std::optional<Error> unasked_;  // why it is not known what is started again
    bool hidden_ = false;           // the kernel counts something that no look has seen
    std::vector<Error> failed_;
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
