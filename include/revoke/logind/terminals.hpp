// terminals.hpp - writes a message to a user's terminals.
//
// Writes do not block: a terminal that is full or stopped does not get the message.
// Source: wall(1), tty(4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

// Writes a line to the terminal `tty` (pts/0, ttyS0) if `uid` owns it.
// Units:  text: printable UTF-8.
// Errors: refused (not a terminal of the user), io; object: its path.
[[nodiscard]] Result<void> write_on_terminal(const std::string& tty, std::uint32_t uid,
                                             std::string_view text);

}  // namespace pam_revoke
