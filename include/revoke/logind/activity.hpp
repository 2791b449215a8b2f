// activity.hpp - sessions and processes of a user on this host. Read only.
//
// logind's sessions, cgroups and processes are compared. A failed check is among the errors: a scan
// with errors does not show that nothing is left.
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

// The result of one scan.
struct Activity {
    std::vector<Session> sessions;  // with processes, or not closing
    std::vector<Process> processes;
    // sshd's processes for connections of any user. Most have not authenticated.
    std::vector<Process> connecting;
    std::vector<Error> errors;  // failed checks
    std::string populated;      // lowest populated cgroup of the user's slices; empty for none
    bool saw_all = true;        // false: /proc could not be read to its end
    bool from_files = false;    // logind did not answer; its files were read
    [[nodiscard]] bool quiet() const {
        return sessions.empty() && processes.empty() && populated.empty();
    }
};

// What the scans of one run share.
struct ScanState {
    // Of all sessions seen: a leader can outlive its session and start a shell without one.
    std::set<pid_t> leaders;
    // Cached answers: true when a subordinate UID is an account of its own.
    std::map<std::uint32_t, bool> accounts;
    // The UIDs of the names that clients sent; no UID for an unknown name.
    std::map<std::string, std::optional<std::uint32_t>> clients;
    // Subordinate UIDs with processes of the user that are not accounts.
    std::set<std::uint32_t> subuids;
    std::uint64_t asked_usec = 0;  // time spent in account lookups by this scan
};

// True if a subordinate UID is an account of its own: /etc/subuid may overlap accounts in LDAP.
// Errors: none; nothing when it cannot be determined.
[[nodiscard]] std::optional<bool> is_account(std::uint32_t uid, ScanState& state);

// True if the client of a connection sent the user's name, or another spelling of it that the
// account database knows.
// Errors: io if the account database cannot be queried.
[[nodiscard]] Result<bool> is_from_client(const Process& process, const Account& account,
                                          ScanState& state);

// Adds the sessions only. A closing session without processes is left out. If logind does not
// answer, the error and the sessions in its files are added.
// Errors: none returned; see Activity::errors.
void scan_sessions(Result<Bus>& bus, const Account& account, Activity& activity);

// Scans sessions and processes once.
// Errors: none returned; see Activity::errors.
[[nodiscard]] Activity scan(Result<Bus>& bus, const Account& account, ScanState& state);

// The error for a populated cgroup without visible processes, with the PIDs the kernel lists.
// Errors: none.
[[nodiscard]] Error unseen(const std::string& group);

// Repeats the scan, for a second at most, while a cgroup is populated but no process is found:
// processes start and exit between two reads.
// Errors: none returned; see Activity::errors, with unseen() if the contradiction remains.
[[nodiscard]] Activity scan_until_consistent(Result<Bus>& bus, const Account& account);

// How a user is present on this host; the first that applies.
enum class Presence : std::uint8_t {
    logged_in,     // a session at a terminal, by SSH or on a display
    closing,       // all such sessions are closing and have processes left
    unregistered,  // logged in through sshd or a getty, without a session in logind
    background,    // other processes: cron, at, a service, a manager that is about to stop
    lingering,     // only the user manager, with lingering enabled
    none,
    unknown,  // a check failed
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

// Returns how the user is present. All processes of the host are scanned only when logind has no
// login of the user but the kernel reports processes.
// Errors: none returned; see PresenceReport::errors.
[[nodiscard]] PresenceReport presence_of(Result<Bus>& bus, const Account& account);

}  // namespace pam_revoke
