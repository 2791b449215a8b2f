// linger.hpp - lingering is disabled for a revoked user, and enabled again by the undo.
#pragma once

#include "context.hpp"

namespace pam_revoke {

// Disables lingering and records that it was enabled. True if it was.
// Errors: bus: lingering may still be enabled; busy, insecure, too_large, io: it was not recorded.
[[nodiscard]] Result<bool> suspend_linger(const Context& context, Result<Bus>& bus,
                                          const Account& account);

// Disables lingering without a record.
// Errors: bus; io, also if the account has no UID.
[[nodiscard]] Result<void> forbid_linger(Result<Bus>& bus, const Account& account);

// Enables lingering if suspend_linger() disabled it. True if it did.
// Errors: as suspend_linger().
[[nodiscard]] Result<bool> resume_linger(const Context& context, const Account& account);

}  // namespace pam_revoke
