// account.hpp - a person on this host: a name, and every number that goes with it.
//
// Join: the account database, /etc/passwd and logind's own records. Accounts get deleted before
// their sessions are ended.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/kernel/processes.hpp"
#include "revoke/logind/sessions.hpp"

namespace pam_revoke {

struct Account {
    std::string name;  // empty when only a number was given and nothing knows its name
    std::vector<std::uint32_t> uids;    // of the account database, of logind's records; sorted
    bool known = false;                 // to the account database, under this name or number
    std::vector<UidRange> subordinate;  // numbers that are theirs to give to processes of theirs
    // Other names on one of these numbers: what runs there may be theirs.
    std::vector<std::string> aliases;
};

// A bus that could not be opened is handed in as it is: the account database and the processes are
// asked all the same, and the failure stands among the troubles.

// Finds the numbers that go with `name`; text of digits that is nobody's name is a number.
// Errors: io (account database), bus (logind was reached and failed).
// Source: contracts of the logout.d script: accounts get deleted before their sessions are ended.
[[nodiscard]] Result<Account> find_account(Result<Bus>& bus, std::string_view name);

// The same for a number.
// Errors: io, bus.
[[nodiscard]] Result<Account> find_account_by_uid(Result<Bus>& bus, std::uint32_t uid);

}  // namespace pam_revoke
