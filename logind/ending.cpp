#include "revoke/ending.hpp"

#include <signal.h>

#include <algorithm>
#include <set>

namespace pam_revoke {
namespace {

constexpr int kLookMsec = 100;
constexpr int kLooksInDoubt = 30;

std::string slice_unit(std::uint32_t uid) { return "user-" + std::to_string(uid) + ".slice"; }

// One ending, while it goes on.
class Ending {
public:
    Ending(Result<Bus>& bus, const Account& account, const EndOptions& options, const std::function<void(const Progress&)>& progress)
        : bus_(bus), account_(account), options_(options), progress_(progress), begun_usec_(monotonic_usec()), own_session_(own_session()) {
        // The last look comes after the limit and must still be allowed to ask.
        if (bus_.ok())
            bus_.value().set_deadline(begun_usec_ + options.limit_usec + kCallUsec);
        else
            note(bus_.error());
    }

    EndReport run() {
        if (account_.uids.empty()) return std::move(report_);
        spare_own();
        see();
        seen_ = report_.sessions;
        ask();
        wait_until(begun_usec_ + options_.grace_usec);
        // Each round a second look: somebody may have been on the way in.
        while (!nothing_to_end() && elapsed() < options_.limit_usec) {
            kill();
            wait_until(std::min(monotonic_usec() + 500'000, begun_usec_ + options_.limit_usec));
            if (!nothing_to_end()) ask();
        }
        finish();
        return std::move(report_);
    }

    EndReport look_only() {
        see();
        finish();
        return std::move(report_);
    }

private:
    [[nodiscard]] std::uint64_t elapsed() const { return monotonic_usec() - begun_usec_; }

    // Where we ourselves are, if that is the account's, is left until all has been said.
    void spare_own() {
        const std::string cgroup = own_cgroup();
        for (const std::uint32_t uid : account_.uids)
            if (own_unit_.empty()) own_unit_ = unit_in_slice(cgroup, uid);
        report_.own_left = !own_unit_.empty();
    }

    void note(const Result<Done>& result) {
        if (!result.ok()) note(result.error());
    }

    // The same trouble again, in another round, is the same trouble.
    void note(const Error& error) {
        for (const Error& known : report_.troubles)
            if (known.object.view() == error.object.view() && known.reason == error.reason) return;
        report_.troubles.push_back(error);
    }

    [[nodiscard]] bool is_own(const Process& process, std::uint32_t uid) const {
        return report_.own_left && unit_in_slice(process.cgroup, uid) == own_unit_;
    }

    // The session we are in, if it is the account's: sd_pid_get_session asks the same control group.
    [[nodiscard]] bool is_own(const Session& session) const { return report_.own_left && session.id == own_session_; }

    // Looks afresh at all that is the account's.
    void see() {
        report_.sessions.clear();
        report_.survivors.clear();
        populated_ = false;
        for (const std::uint32_t uid : account_.uids) {
            see_uid(uid);
            populated_ = populated_ || (!report_.own_left && Slice(uid).populated());
        }
    }

    void see_uid(std::uint32_t uid) {
        auto sessions = bus_.ok() ? list_sessions(bus_.value(), uid) : Result<std::vector<Session>>(bus_.error());
        if (!sessions.ok()) note(sessions.error());
        auto processes = find_processes(uid);
        if (!processes.ok()) return note(processes.error());
        if (sessions.ok()) {
            for (Session& session : sessions.value()) {
                leaders_.insert(session.leader);
                if (!is_own(session) && has_processes(session, processes.value())) report_.sessions.push_back(std::move(session));
            }
        }
        for (Process& process : processes.value()) {
            // Who opened a session that logind has already taken away may go on to give its person a shell without one.
            if (process.tie == Tie::descendant && leaders_.contains(process.pid)) process.tie = Tie::login;
        }
        for (Process& process : processes.value())
            if (!is_own(process, uid)) report_.survivors.push_back(std::move(process));
    }

    // logind keeps a session's record for a while after its last process; that is a memory, not a session.
    static bool has_processes(const Session& session, const std::vector<Process>& processes) {
        if (session.state != "closing" || session.scope.empty()) return true;
        return std::any_of(processes.begin(), processes.end(),
                           [&](const Process& process) { return process.cgroup.find("/" + session.scope) != std::string::npos; });
    }

    // Asks politely: logind for its sessions, systemd for what logind has abandoned, strays one by one.
    void ask() {
        if (bus_.ok()) ask_managers(bus_.value());
        for (const Process& process : report_.survivors)
            if (process.tie == Tie::uid || process.tie == Tie::login) note(send_signal(process, SIGTERM));
    }

    void ask_managers(Bus& bus) {
        for (const Session& session : report_.sessions) note(terminate_session(bus, session.id));
        for (const std::uint32_t uid : account_.uids) {
            if (report_.own_left) continue;
            note(terminate_user(bus, uid));
            note(stop_unit(bus, slice_unit(uid)));
        }
    }

    void kill() {
        for (const std::uint32_t uid : account_.uids)
            if (!report_.own_left) (void)Slice(uid).kill();  // where the kernel can not, the loop below does it
        for (const Process& process : report_.survivors)
            if (!is_only_named(process)) note(send_signal(process, SIGKILL));
        // In a container the number may be somebody else's, and our own session comes last.
        const auto contained = [](const Process& process) { return process.tie == Tie::container; };
        if (report_.own_left || std::any_of(report_.survivors.begin(), report_.survivors.end(), contained)) return;
        for (const std::uint32_t uid : account_.uids)
            if (!is_system_uid(uid)) kill_all_of(uid);
    }

    // Events of the slice wake us; whatever is elsewhere is seen when the time is up.
    void wait_until(std::uint64_t deadline_usec) {
        for (;;) {
            see();
            if (progress_) progress_({report_.sessions.size(), report_.survivors.size(), elapsed()});
            if ((is_quiet() && stays_quiet()) || monotonic_usec() >= deadline_usec) return;
            Slice(account_.uids.front()).wait(kLookMsec);
        }
    }

    // One look can miss a process that forks while /proc is being read: the kernel's own word on the slice counts too.
    [[nodiscard]] bool is_quiet() const { return report_.sessions.empty() && report_.survivors.empty() && !populated_; }

    // Whatever hops from pid to pid faster than /proc can be read is caught by the kernel's count of processes. That
    // counts zombies too, which end nothing: several looks must do where somebody does not bury them.
    [[nodiscard]] bool stays_quiet() {
        const auto runs = [](std::uint32_t uid) { return !is_system_uid(uid) && runs_anything(uid); };
        const bool doubtful = !report_.own_left && std::any_of(account_.uids.begin(), account_.uids.end(), runs);
        for (int look = 0; look < (doubtful ? kLooksInDoubt : 1) && is_quiet(); ++look) see();
        return is_quiet();
    }

    // Descendants and containers are named, not ended; those that only had to finish have had the grace for it.
    static bool is_only_named(const Process& process) { return process.tie == Tie::descendant || process.tie == Tie::container; }
    [[nodiscard]] bool nothing_to_end() const {
        return report_.sessions.empty() && !populated_ && std::all_of(report_.survivors.begin(), report_.survivors.end(), is_only_named);
    }

    void finish() {
        if (populated_ && report_.survivors.empty())
            note(make_error(Fault::io, "control group of the user's slice", "has processes that can not be seen"));
        for (const Session& session : seen_) {
            const auto same = [&](const Session& other) { return other.id == session.id; };
            if (std::none_of(report_.sessions.begin(), report_.sessions.end(), same)) report_.ended.push_back(session);
        }
        report_.elapsed_usec = elapsed();
    }

    Result<Bus>& bus_;
    const Account& account_;
    const EndOptions& options_;
    const std::function<void(const Progress&)>& progress_;
    std::uint64_t begun_usec_;
    std::optional<std::string> own_session_;
    std::string own_unit_;  // of the slice that is being ended: where we ourselves are
    std::vector<Session> seen_;
    std::set<pid_t> leaders_;  // of all sessions seen so far
    bool populated_ = false;   // the slice has processes, says the kernel
    EndReport report_;
};

}  // namespace

EndReport end_account(Result<Bus>& bus, const Account& account, const EndOptions& options,
                      const std::function<void(const Progress&)>& progress) {
    return Ending(bus, account, options, progress).run();
}

EndReport look(Result<Bus>& bus, const Account& account) {
    const EndOptions options;
    const std::function<void(const Progress&)> silent;
    return Ending(bus, account, options, silent).look_only();
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
