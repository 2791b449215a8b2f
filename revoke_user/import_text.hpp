// import_text.hpp - entries out of a text that is no list of ours yet, into this host's own list.
#pragma once

#include <cstddef>
#include <string>

#include "context.hpp"

namespace pam_revoke {

// Imports `text`, prints what came of it, and returns the exit code.
// Units:  left_out: lines of the file that have no place in `text` any more.
// Errors: none returned; each prints its own.
// Source: revoke-user(8), revokectl(8).
[[nodiscard]] ExitCode import_text(const Context& context, const std::string& text,
                                   std::size_t left_out);

}  // namespace pam_revoke
