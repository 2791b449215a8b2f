// log_out.hpp - allows logins again after everything was ended.
#pragma once

#include <string>

#include "operation.hpp"

namespace pam_revoke {

// Returns the error if logins stay denied until the time of the first entry.
// Errors: none.
[[nodiscard]] std::string describe_denied(const Outcome& outcome, const std::string& name);

// Moves not-before= of the entry to the next second, waits for it, and asks the gate.
// Errors: none returned; see Outcome::errors. Logins are then denied until the time of the first
//         entry.
void allow_again(const Context& context, const Operation& operation, Outcome& outcome);

}  // namespace pam_revoke
