// terminals.hpp - a last word on a person's terminals.
//
// Edge: character devices below /dev. A terminal that is full, or stopped, is passed over: nobody
// waits for it.
// Source: wall(1), tty(4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

// Writes a line on the terminal `tty` (pts/0, ttyS0) if it is owned by `uid`.
// Units:  text: printable UTF-8.
// Errors: refused when it is no terminal of theirs; io. Object: its path.
[[nodiscard]] Result<void> write_on_terminal(const std::string& tty, std::uint32_t uid,
                                             std::string_view text);

}  // namespace pam_revoke
