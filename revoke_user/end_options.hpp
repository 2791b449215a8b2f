// end_options.hpp - the options for ending sessions.
#pragma once

#include "context.hpp"
#include "revoke/logind/ending.hpp"

namespace pam_revoke {

// Returns the options from the configuration and the command line.
// Errors: none.
[[nodiscard]] EndOptions end_options(const Context& context);

// Returns a callback that shows progress on the terminal.
// Errors: none.
[[nodiscard]] OnProgress show_progress(const Context& context);

}  // namespace pam_revoke
