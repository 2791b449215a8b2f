// ending.hpp - leaving nothing of a person on this host, and saying truthfully whether that
// succeeded.
//
// Join: logind and systemd are asked first, control groups and processes decide. "Nothing is left"
// is said only after a look at every process of the host and at logind's sessions; whatever could
// not be asked or seen makes it unsaid.
// Source: revoke-user(8), ENDING.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "revoke/logind/account.hpp"
#include "revoke/logind/activity.hpp"
#include "revoke/logind/key_logins.hpp"

namespace pam_revoke {

// Who is asked must have the time to answer, also where the grace is none.
// Units:  from asking to KILL.
inline constexpr std::uint64_t kLeastGraceUsec = 500'000;

// Units: grace: from asking to KILL; limit: for all of it.
struct EndOptions {
    std::uint64_t grace_usec = 2'000'000;
    std::uint64_t limit_usec = 15'000'000;
    bool now = false;  // KILL at once, without asking first
    bool descendants =
        false;  // also what is tied to the person by its login uid alone, and containers
};

// What happens while we wait. Units: elapsed_usec.
struct Progress {
    std::size_t sessions = 0;
    std::size_t processes = 0;
    std::uint64_t elapsed_usec = 0;
};
using OnProgress = std::function<void(const Progress&)>;

struct EndReport {
    std::vector<Session> ended;           // sessions that were there and are not any more
    std::size_t processes_ended = 0;      // of those that were seen
    std::size_t logins_killed = 0;        // that were no sessions
    std::vector<Session> sessions;        // that are still there
    std::vector<Process> survivors;       // that still run, those of one's own session left out
    std::vector<std::string> containers;  // the units of the containers that were seen
    std::vector<Error> errors;            // what could not be asked or done
    bool own_left = false;                // our own session is the person's: end_own() comes last
    std::uint64_t elapsed_usec = 0;
    // True when nothing is left and nothing was in doubt.
    [[nodiscard]] bool verified() const {
        return sessions.empty() && survivors.empty() && errors.empty();
    }
};

// Ends everything of `account` but the session this very process is in.
// Errors: none returned; EndReport::troubles has them.
[[nodiscard]] EndReport end_account(Result<Bus>& bus, const Account& account,
                                    const EndOptions& options, const OnProgress& progress);

// Ends these sessions and nothing else of their people.
// Errors: none returned; EndReport::troubles has them.
[[nodiscard]] EndReport end_sessions(Result<Bus>& bus, const std::vector<Session>& sessions,
                                     const EndOptions& options, const OnProgress& progress);

// Ends what the key of `entry` has opened, of whatever user, and nothing else: sessions, and
// logins that logind has no session of. A login on its way becomes a session, or is denied; one
// that is neither after the grace is killed.
// Errors: none returned; EndReport::troubles has them, and sessions and records of which the keys
//         cannot be read.
[[nodiscard]] EndReport end_key(Result<Bus>& bus, const Entry& entry,
                                const RecordDirectory& records, const EndOptions& options,
                                const OnProgress& progress);

// Ends the session this process is in, and most likely this process. To be called when all has been
// printed.
// Errors: none; EndReport::own_left has said that this cannot be verified.
void end_own(Result<Bus>& bus, const Account& account);

// The same where the user is not ended: the session, and nothing else of its user.
// Errors: none, as above.
void end_own_session(Result<Bus>& bus);

}  // namespace pam_revoke
