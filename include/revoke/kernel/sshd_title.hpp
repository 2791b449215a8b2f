// sshd_title.hpp - the user in the title of sshd's privileged process for a connection.
//
// Source: OpenSSH, monitor.c: "NAME [priv]" is set before the account phase; since 10.5,
//         "NAME [postauth]" after it. setproctitle.c encodes the name with vis(3).
#pragma once

#include <string>
#include <string_view>

namespace pam_revoke {

// Returns the name that the client sent.
// Errors: none; empty for any other title, and for "unknown", which stands for all invalid names.
[[nodiscard]] std::string name_in_title(std::string_view title);

}  // namespace pam_revoke
