// operation_output.hpp - prints the plan and the outcome of an operation, as text and as JSON.
#pragma once

#include "operation.hpp"

namespace pam_revoke {

// Prints what would be done, also the errors: "0 sessions" would be wrong if the bus does not
// answer.
// Errors: none returned; the exit code shows them.
[[nodiscard]] ExitCode foresee(const Context& context, const Operation& operation);

// Prints what was revoked and ended, what is left, and the next step.
// Errors: none.
void print_outcome(const Context& context, const Operation& operation, const Outcome& outcome);

}  // namespace pam_revoke
