// unknown_user.hpp - the message for a user not in the account database.
#pragma once

#include <string>
#include <string_view>

#include "revoke/list/target.hpp"

namespace pam_revoke {

// Returns the login name nearest to `name` in the text of /etc/passwd; empty if none is near.
// Errors: none.
[[nodiscard]] std::string nearest_login(std::string_view name, std::string_view passwd);

// Returns "alcie: not in the account database; did you mean 'alice'?".
// Errors: none; no suggestion if /etc/passwd cannot be read. Remote databases are not enumerated,
//         because that can take minutes.
[[nodiscard]] std::string describe_unknown_user(const Target& target);

}  // namespace pam_revoke
