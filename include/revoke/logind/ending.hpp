// ending.hpp - ends sessions and processes, and verifies that nothing is left.
//
// logind and systemd are asked first; cgroups and processes decide. The end is verified only after
// a scan of logind's sessions and all processes of the host without a failed check.
// Source: revoke-user(8), ENDING.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "revoke/logind/account.hpp"
#include "revoke/logind/activity.hpp"
#include "revoke/logind/key_logins.hpp"
#include "revoke/logind/units.hpp"

namespace pam_revoke {

// Minimum grace, also where grace_usec is zero.
// Units:  microseconds from the request to KILL.
inline constexpr std::uint64_t kLeastGraceUsec = 500'000;

// Units: grace: from the request to KILL; limit: for the whole operation.
struct EndOptions {
    std::uint64_t grace_usec = 2'000'000;
    std::uint64_t limit_usec = 15'000'000;
    bool now = false;              // KILL at once, without a request first
    bool descendants = false;      // also processes tied by login UID only, and containers
    bool spares_services = false;  // of a system account, report processes outside its slice
    bool gathers_evidence = false;
};

struct Progress {
    std::size_t sessions = 0;
    std::size_t processes = 0;
    std::uint64_t elapsed_usec = 0;
};
using OnProgress = std::function<void(const Progress&)>;

// What a process was, as a JSON object.
// Units:  owner_uid: of the account or session that was ended.
struct ProcessRecord {
    std::uint32_t owner_uid = 0;
    std::string json;
};

struct GatheredEvidence {
    std::vector<ProcessRecord> processes;
    std::size_t left_out = 0;  // processes that had ended, or could not be read in time
};

struct EndReport {
    std::vector<Session> ended;
    std::size_t processes_ended = 0;         // of those seen
    std::size_t logins_killed = 0;           // logins without a session
    std::vector<Session> sessions;           // not ended
    std::vector<Process> survivors;          // still running, without our own session
    std::vector<std::string> containers;     // units of the containers seen
    std::vector<std::string> units_stopped;  // outside the slice
    std::vector<Starter> starters;           // would start services of the user again
    std::vector<Error> supervisors;          // of another user, may start the same again
    std::vector<Error> errors;               // failed checks and actions
    GatheredEvidence evidence;               // of processes before they were killed
    bool own_left = false;                   // our own session must be ended last
    std::uint64_t elapsed_usec = 0;
    // Adds what an earlier ending of the same user has ended, and what it alone could find.
    // Errors: none.
    void add(const EndReport& earlier);
    // True if nothing is left and no check failed.
    [[nodiscard]] bool verified() const {
        return sessions.empty() && survivors.empty() && starters.empty() && supervisors.empty() &&
               errors.empty();
    }
};

// Ends all sessions and processes of `account` except our own session.
// Errors: none returned; see EndReport::errors.
[[nodiscard]] EndReport end_account(Result<Bus>& bus, const Account& account,
                                    const EndOptions& options, const OnProgress& progress);

// Ends only these sessions.
// Errors: none returned; see EndReport::errors.
[[nodiscard]] EndReport end_sessions(Result<Bus>& bus, const std::vector<Session>& sessions,
                                     const EndOptions& options, const OnProgress& progress);

// Ends only the sessions, and logins without a session, that the key of `entry` opened, for any
// user. A login in progress becomes a session or is denied; otherwise it is killed after the grace.
// Errors: none returned; see EndReport::errors, also for unreadable keys of sessions and records.
[[nodiscard]] EndReport end_key(Result<Bus>& bus, const Entry& entry,
                                const RecordDirectory& records, const EndOptions& options,
                                const OnProgress& progress);

// Ends our own session and, if we are in a slice of `account`, that slice. This process most likely
// dies too: call it after all output.
// Errors: none: the result cannot be verified, see EndReport::own_left.
void end_own(Result<Bus>& bus, const Account& account);

// Ends only our own session.
// Errors: none, as above.
void end_own_session(Result<Bus>& bus);

}  // namespace pam_revoke
