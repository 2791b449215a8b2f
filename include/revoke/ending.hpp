// ending.hpp - leaving nothing of a person on this host, and saying truthfully whether that succeeded.
//
// Join: logind and systemd are asked first, control groups and processes decide. "Nothing is left" is said only after a
// look at every process of the host and at logind's sessions; whatever could not be asked or seen makes it unsaid.
// Source: revoke-user(8), ENDING.
// Layer: join.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/processes.hpp"
#include "revoke/result.hpp"
#include "revoke/sessions.hpp"

namespace pam_revoke {

// A person on this host: a name, and every number that goes with it.
struct Account {
    std::string name;                 // empty when only a number was given and nothing knows its name
    std::vector<std::uint32_t> uids;  // of the account database, of logind's records; sorted
    bool known = false;               // to the account database, under this name or number
    // Other names on one of these numbers: what runs there may be theirs.
    std::vector<std::string> others;
};

// A bus that could not be opened is handed in as it is: the account database and the processes are asked all the same,
// and the failure stands among the troubles.

// Finds the numbers that go with `name`; text of digits that is nobody's name is a number.
// Errors: io (account database), bus (logind was reached and failed).
// Source: contracts of the logout.d script: accounts get deleted before their sessions are ended.
[[nodiscard]] Result<Account> find_account(Result<Bus>& bus, std::string_view name);

// The same for a number.
// Errors: io, bus.
[[nodiscard]] Result<Account> find_account_by_uid(Result<Bus>& bus, std::uint32_t uid);

// Units: grace: from asking to KILL; limit: for all of it.
struct EndOptions {
    std::uint64_t grace_usec = 2'000'000;
    std::uint64_t limit_usec = 15'000'000;
};

// What happens while we wait. Units: elapsed_usec.
struct Progress {
    std::size_t sessions = 0;
    std::size_t processes = 0;
    std::uint64_t elapsed_usec = 0;
};

struct EndReport {
    std::vector<Session> ended;      // sessions that were there and are not any more
    std::vector<Session> sessions;   // that are still there
    std::vector<Process> survivors;  // that still run, those of one's own session left out
    std::vector<Error> troubles;     // what could not be asked or done
    bool own_left = false;           // our own session is the person's: end_own() comes last
    std::uint64_t elapsed_usec = 0;
    // True when nothing is left and nothing was in doubt.
    [[nodiscard]] bool verified() const { return sessions.empty() && survivors.empty() && troubles.empty(); }
};

// Ends everything of `account` but the session this very process is in.
// Errors: none returned; EndReport::troubles has them.
[[nodiscard]] EndReport end_account(Result<Bus>& bus, const Account& account, const EndOptions& options,
                                    const std::function<void(const Progress&)>& progress);

// Ends the session this process is in, and most likely this process. To be called when all has been said.
void end_own(Result<Bus>& bus, const Account& account);

// What of the account is there now: sessions with processes in them, and processes. Nothing is touched.
// Errors: none returned; EndReport::troubles has them.
[[nodiscard]] EndReport look(Result<Bus>& bus, const Account& account);

}  // namespace pam_revoke
