// unknown_user.hpp - what is said of a user that the account database does not have.
#pragma once

#include <string>
#include <string_view>

#include "revoke/list/target.hpp"

namespace pam_revoke {

// The local login name nearest to `name`, out of the text of /etc/passwd; empty when none is near.
// Errors: none.
[[nodiscard]] std::string nearest_login(std::string_view name, std::string_view passwd);

// "alcie: not in the account database; did you mean 'alice'?", for a target that it does not have.
// Errors: none; without a readable /etc/passwd nothing is suggested. Remote databases are not
//         enumerated: that can take minutes.
[[nodiscard]] std::string describe_unknown_user(const Target& target);

}  // namespace pam_revoke
