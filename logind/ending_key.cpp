// ending_key.cpp - ends what a key authenticated: sessions, and logins in progress.
#include <algorithm>
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
        SessionEnding::kill();
        for (const Login& login : logins_) {
            if (!is_due(login.since_usec)) continue;
            kill_tree(login.process);
            if (std::find(killed_.begin(), killed_.end(), login.process) == killed_.end())
                killed_.push_back(login.process);
        }
    }

    void conclude(EndReport& report) override {
        SessionEnding::conclude(report);
        report.errors.insert(report.errors.end(), unverified_.begin(), unverified_.end());
        for (const Login& login : logins_) {
            const std::string object = "process " + std::to_string(login.process.pid);
            constexpr const char* kAlive = "authenticated by the key, and cannot be killed";
            if (is_alive(login.process))
                report.errors.push_back(make_error(Fault::io, object, kAlive));
        }
        const auto alive = std::count_if(killed_.begin(), killed_.end(), is_alive);
        report.logins_killed = killed_.size() - static_cast<std::size_t>(alive);
    }

    void take_more(std::vector<Session> sessions) {
        std::erase_if(sessions, [this](const Session& session) {
            return session.is_over() || is_taken(session) || others_.contains(session.id);
        });
        const OpenedSessions opened = opened_with(sessions, entry_, records_);
        unverified_.insert(unverified_.end(), opened.unknown.begin(), opened.unknown.end());
        others_.insert(opened.others.begin(), opened.others.end());
        for (const Session& session : opened.sessions) add(session);
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
            logins.push_back({process, known == logins_.end() ? seen_usec() : known->since_usec});
        }
        logins_ = std::move(logins);
    }

    struct Login {
        PidRef process;
        std::uint64_t since_usec = 0;  // CLOCK_MONOTONIC
    };

    const Entry& entry_;
    const RecordDirectory& records_;
    std::set<pid_t> own_line_ = own_line();
    std::vector<Login> logins_;      // without a session, in the last scan
    std::vector<PidRef> killed_;     // of these
    std::set<std::string> others_;   // ids of sessions that other keys authenticated
    std::vector<Error> unverified_;  // sessions and records without readable keys
};

}  // namespace

EndReport end_key(Result<Bus>& bus, const Entry& entry, const RecordDirectory& records,
                  const EndOptions& options, const OnProgress& progress) {
    return KeyEnding(bus, entry, records, options, progress).run();
}

}  // namespace pam_revoke
