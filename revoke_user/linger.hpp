// linger.hpp - lingering is disabled for a revoked user, and enabled again by the undo.
#pragma once

#include "context.hpp"

namespace pam_revoke {

// Records that lingering was enabled.
// Units:  lock_msec: how long it waits for the lock.
// Errors: busy, insecure, too_large, io.
[[nodiscard]] Result<void> record_linger(const Context& context, const Account& account,
                                         int lock_msec);

// Disables lingering.
// Errors: bus; io, also if the account has no UID.
[[nodiscard]] Result<void> forbid_linger(Result<Bus>& bus, const Account& account);

// Enables lingering if record_linger() has recorded it. True if it did.
// Errors: bus: lingering may still be disabled; as record_linger().
[[nodiscard]] Result<bool> resume_linger(const Context& context, const Account& account);

}  // namespace pam_revoke
