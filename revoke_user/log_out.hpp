// log_out.hpp - lets a user in again after everything was ended.
#pragma once

#include "operation.hpp"

namespace pam_revoke {

// Moves not-before= of the entry to the next second, waits for it, and asks the gate.
// Errors: none returned; see Outcome::errors. Logins are then denied until the end of kLogOutSec.
void let_in_again(const Context& context, const Operation& operation, Outcome& outcome);

}  // namespace pam_revoke
