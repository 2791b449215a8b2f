// ending_key.cpp - ends what a key authenticated: sessions, and logins in progress.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "revoke/kernel/procfs.hpp"
#include "session_ending.hpp"

namespace pam_revoke {
namespace {

class KeyEnding final : public SessionEnding {
public:
    KeyEnding(Result<Bus>& bus, const Entry& entry, const RecordDirectory& records,
              const EndOptions& options, const OnProgress& progress)
        : SessionEnding(bus, options, progress), entry_(entry), records_(records) {}

private:
    bool scan() override {
        const bool is_over = SessionEnding::scan();
        unverified_.clear();
        if (listed().ok()) take_more(listed().value());
        scan_for_logins();
        return is_over && !is_anything_left() && logins_.empty();  // take_more() may add sessions
    }
    bool nothing_to_end() const override {
        return SessionEnding::nothing_to_end() && logins_.empty();
    }
    // An immediate kill asks nothing to end, but needs a scan.
    void kill_first() override {
        (void)scan();
        kill();
    }

    void kill() override {
        for (const Login& login : logins_) {
            if (!is_due(login.since_usec)) continue;
            // Without its leader, a session that logind did not list has no key any more.
            if (!listed().ok()) unlisted_ = listed().error();
            gather_evidence({login.process.pid}, 0);
            kill_tree(login.process);
            if (!was_killed(login.process)) killed_.push_back(login.process);
        }
        SessionEnding::kill();
    }
    bool has_unkilled() const override {
        const auto spared = [this](const Login& login) { return !was_killed(login.process); };
        return SessionEnding::has_unkilled() || std::any_of(logins_.begin(), logins_.end(), spared);
    }
    [[nodiscard]] bool was_killed(const PidRef& process) const {
        return std::find(killed_.begin(), killed_.end(), process) != killed_.end();
    }

    void conclude(EndReport& report) override {
        SessionEnding::conclude(report);
        report.errors.insert(report.errors.end(), unverified_.begin(), unverified_.end());
        if (unlisted_ && listed().ok()) report.errors.push_back(*unlisted_);
        for (const Login& login : logins_) {
            const std::string object = "process " + std::to_string(login.process.pid);
            const char* alive = was_killed(login.process)
                                    ? "authenticated by the key, and cannot be killed"
                                    : "authenticated by the key, and still running";
            if (is_alive(login.process))
                report.errors.push_back(make_error(Fault::io, object, alive));
        }
        const auto alive = std::count_if(killed_.begin(), killed_.end(), is_alive);
        report.logins_killed = killed_.size() - static_cast<std::size_t>(alive);
    }

    void take_more(const std::vector<Session>& sessions) {
        for (const Session& session : sessions) {
            if (session.is_over() || is_taken(session) || settled_.contains(session.id)) continue;
            // The journal is slow to read: once for each session.
            if (!unknown_.contains(session.id)) settle(session);
            const auto unknown = unknown_.find(session.id);
            if (unknown != unknown_.end()) unverified_.push_back(unknown->second);
        }
    }
    void settle(const Session& session) {
        const OpenedSessions opened = opened_with({session}, entry_, records_);
        if (!opened.unknown.empty()) unknown_.emplace(session.id, opened.unknown.front());
        if (!opened.others.empty() || !opened.sessions.empty()) settled_.insert(session.id);
        if (!opened.sessions.empty()) add(session);
    }

    // While sessions are left, a recorded process may be theirs.
    void scan_for_logins() {
        if (is_anything_left()) return logins_.clear();
        const UnregisteredLogins unregistered = unregistered_logins(listed(), entry_, records_);
        unverified_.insert(unverified_.end(), unregistered.unknown.begin(),
                           unregistered.unknown.end());
        std::vector<Login> logins;
        for (const PidRef& process : unregistered.logins) {
            if (own_line_.contains(process.pid)) {
                own_is_meant();
                continue;
            }
            const auto same = [&process](const Login& login) { return login.process == process; };
            const auto known = std::find_if(logins_.begin(), logins_.end(), same);
            logins.push_back({process, known == logins_.end() ? since_usec() : known->since_usec});
        }
        logins_ = std::move(logins);
    }

    struct Login {
        PidRef process;
        std::uint64_t since_usec = 0;  // the first scan that found it; CLOCK_MONOTONIC
    };

    const Entry& entry_;
    const RecordDirectory& records_;
    std::set<pid_t> own_line_ = own_line();
    std::vector<Login> logins_;             // without a session, in the last scan
    std::vector<PidRef> killed_;            // of these
    std::set<std::string> settled_;         // ids of sessions with known keys
    std::map<std::string, Error> unknown_;  // of other sessions, by id
    std::optional<Error> unlisted_;         // a login was killed while sessions could not be listed
    std::vector<Error> unverified_;         // sessions and records without readable keys
};

}  // namespace

EndReport end_key(Result<Bus>& bus, const Entry& entry, const RecordDirectory& records,
                  const EndOptions& options, const OnProgress& progress) {
    return KeyEnding(bus, entry, records, options, progress).run();
}

}  // namespace pam_revoke
