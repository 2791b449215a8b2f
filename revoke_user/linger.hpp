// linger.hpp - the lingering of a user: off while the user is revoked, on again after the undo.
#pragma once

#include "context.hpp"

namespace pam_revoke {

// Switches it off while the user is revoked, and remembers that it was on. True when it was.
// Errors: whatever kept it on; bus.
[[nodiscard]] Result<bool> suspend_linger(const Context& context, Result<Bus>& bus,
                                          const Account& account);

// Switches it off without remembering that it was on.
// Errors: bus; io, also when the account has no number.
[[nodiscard]] Result<void> forbid_linger(Result<Bus>& bus, const Account& account);

// Switches it on again if suspend_linger() switched it off. True when it did.
// Errors: as above.
[[nodiscard]] Result<bool> resume_linger(const Context& context, const Account& account);

}  // namespace pam_revoke
