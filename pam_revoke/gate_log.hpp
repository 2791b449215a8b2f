// gate_log.hpp - logs attempts to the journal or, without one, to syslog.
//
// Denied logins and unavailable checks are entries with fields; the rest is plain lines.
// Source: pam_revoke(8), LOGGING.
#pragma once

#include <cstdint>

#include "revoke/conf/policy.hpp"
#include "revoke/pam_revoke/gate.hpp"

struct pam_handle;

namespace pam_revoke {

enum class Phase : std::uint8_t { auth, account, session };

// The attempt, as the calling program describes it.
struct Attempt {
    pam_handle* pamh = nullptr;
    bool silent = false;
    Phase phase = Phase::account;
    const char* user = nullptr;
    const char* service = nullptr;
    const char* ruser = nullptr;
    const char* rhost = nullptr;
    const char* tty = nullptr;
    const char* auth_info = nullptr;  // SSH_AUTH_INFO_0
};

[[nodiscard]] inline std::string_view text_or_empty(const char* text) {
    return text != nullptr ? std::string_view(text) : std::string_view();
}

// The outcome of an unavailable check.
enum class UnavailableOutcome : std::uint8_t { refused, by_policy, by_break_glass, own_program };

// Log one fact about an attempt: it was denied (NOTICE); it could not be checked (ERR; ALERT under
// break-glass; NOTICE for the user's own program; needs decision.error); lines are invalid
// (WARNING; needs decision.bad_line); a list was read without its index (NOTICE); its keys were not
// recorded (WARNING).
// Errors: none; what the journal does not accept goes to syslog(3).
// Source: pam_revoke(8), LOGGING.
void log_revoked(const Attempt& attempt, const Decision& decision);
void log_unchecked(const Attempt& attempt, const Decision& decision, UnavailableOutcome met);
void log_bad_lines(const Attempt& attempt, const Decision& decision);
void log_index(const Attempt& attempt, const Error& error);
void log_unrecorded(const Attempt& attempt, const Error& error);

}  // namespace pam_revoke
