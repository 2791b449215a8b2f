// account.hpp - a user on this host: a login name and all its UIDs.
//
// Sources are the account database, /etc/passwd and logind's records: an account may be deleted
// before its sessions are ended.
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
    std::string name;                   // empty for a UID without a name
    std::vector<std::uint32_t> uids;    // from the account database and logind's records; sorted
    bool known = false;                 // the account database has this name or UID
    std::vector<UidRange> subordinate;  // subordinate UIDs of the user
    // Other names on these UIDs; processes there may belong to them.
    std::vector<std::string> aliases;
};

// Finds all UIDs of `name`; digits that are not a login name are a UID. `bus` may be one that could
// not be opened: logind's records are then left out.
// Errors: io (account database), bus (logind was reached and failed).
// Source: contract of the logout.d script.
[[nodiscard]] Result<Account> find_account(Result<Bus>& bus, std::string_view name);

// The same for a UID.
// Errors: io, bus.
[[nodiscard]] Result<Account> find_account_by_uid(Result<Bus>& bus, std::uint32_t uid);

// Returns what User= of the account's services can be: its names and its UIDs as text; nothing for
// root.
// Errors: none.
[[nodiscard]] std::vector<std::string> user_words(const Account& account);

}  // namespace pam_revoke
