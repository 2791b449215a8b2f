// end_options.hpp - how sessions are to be ended, by the configuration and the command line.
#pragma once

#include "context.hpp"
#include "revoke/logind/ending.hpp"

namespace pam_revoke {

// How to end, by the configuration and the command line.
// Errors: none.
[[nodiscard]] EndOptions end_options(const Context& context);

// Shows the progress of an ending on the terminal.
// Errors: none.
[[nodiscard]] OnProgress show_progress(const Context& context);

}  // namespace pam_revoke
