// activity.hpp - what of a person is on this host now. Nothing is touched.
//
// Join: logind's sessions, control groups and processes, held against each other. Whatever could
// not be asked or seen is among the troubles, and then "nothing" is not said.
// Source: revoke-user(8), ENDING; systemd-login(8), query.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/kernel/processes.hpp"
#include "revoke/logind/account.hpp"
#include "revoke/logind/sessions.hpp"

namespace pam_revoke {

// What one look saw.
struct Activity {
    std::vector<Session> sessions;  // with processes, or not closing
    std::vector<Process> processes;
    std::vector<Error> errors;  // what could not be asked or seen
    std::string populated;  // the lowest group of the person's slices with processes in it; empty
                            // when none has
    bool saw_all = true;    // false: /proc could not be gone through to its end
    [[nodiscard]] bool quiet() const {
        return sessions.empty() && processes.empty() && populated.empty();
    }
};

// What the looks of one run have found out, and the next one goes on with.
struct ScanState {
    // Of all sessions: who opened one that logind has already taken away may go on to give its
    // person a shell without one.
    std::set<pid_t> leaders;
    std::map<std::uint32_t, bool>
        accounts;  // is a subordinate number an account of its own, as far as it was asked
    std::set<std::uint32_t>
        subuids;  // subordinate ones that something of theirs runs as, and that are no account
    std::uint64_t asked_usec = 0;  // what asking has cost in this look
};

// Whether somebody else goes by a subordinate number: ranges are given away by a file that knows
// nothing of LDAP's people.
// Errors: none; nothing when it could not be told.
[[nodiscard]] std::optional<bool> is_account(std::uint32_t uid, ScanState& state);

// Adds the sessions alone. logind keeps the record of a session for a while after its last process;
// such a record is left out.
// Errors: none returned; Activity::troubles has them.
void scan_sessions(Result<Bus>& bus, const Account& account, Activity& activity);

// One look at sessions and processes.
// Errors: none returned; Activity::troubles has them.
[[nodiscard]] Activity scan(Result<Bus>& bus, const Account& account, ScanState& state);

// The error for a group that has processes of which a look showed none, with the PIDs that the
// kernel lists.
// Errors: none.
[[nodiscard]] Error unseen(const std::string& group);

// A look that is repeated for a moment while the kernel says that something runs and nothing is to
// be seen: processes come and go between two questions.
// Errors: none returned; Activity::troubles has them, among them that contradiction if it stays.
[[nodiscard]] Activity scan_until_consistent(Result<Bus>& bus, const Account& account);

// How a person is on this host, the first that is true.
enum class Presence : std::uint8_t {
    logged_in,     // a session at a terminal, by SSH or on a display
    closing,       // such a session has ended for logind, and has processes left
    unregistered,  // came in by sshd or a getty, and logind knows of no session
    background,    // something runs: cron, at, a service, a manager that goes on for a while
    lingering,     // nothing but the manager that needs no login
    none,
    unknown,  // could not be told
};

// The word for `presence` in output.
// Errors: none.
[[nodiscard]] const char* presence_word(Presence presence);

struct PresenceReport {
    Presence presence = Presence::unknown;
    std::vector<Session> sessions;   // those that count as logins
    std::vector<Process> processes;  // of an unregistered login
    std::vector<Error> errors;
};

// Tells how a person is here. Every process of the host is looked at only when logind knows of no
// login and the kernel says that something runs all the same.
// Errors: none returned; PresenceReport::troubles has them.
[[nodiscard]] PresenceReport presence_of(Result<Bus>& bus, const Account& account);

}  // namespace pam_revoke
