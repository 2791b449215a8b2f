// gate_log.hpp - what the gate tells the administrator of an attempt, in the journal or, where
// there is none, by syslog.
//
// A refusal and what could not be checked are entries with fields; the rest is lines.
// Source: pam_revoke(8), LOGGING.
#pragma once

#include <cstdint>

#include "revoke/conf/policy.hpp"
#include "revoke/pam_revoke/gate.hpp"

struct pam_handle;

namespace pam_revoke {

enum class Phase : std::uint8_t { auth, account, session };

// What the host program tells us of the attempt.
struct Attempt {
    pam_handle* pamh = nullptr;
    bool silent = false;
    Phase phase = Phase::account;
    const char* user = nullptr;
    const char* service = nullptr;
    const char* ruser = nullptr;
    const char* rhost = nullptr;
    const char* tty = nullptr;
    const char* auth_info = nullptr;  // what sshd tells of the keys that were shown
};

[[nodiscard]] inline std::string_view text_or_empty(const char* text) {
    return text != nullptr ? std::string_view(text) : std::string_view();
}

// What became of somebody who could not be checked.
enum class UnavailableOutcome : std::uint8_t { refused, by_policy, by_break_glass };

// Log one fact about an attempt: that it was denied (NOTICE); that it could not be checked (ERR,
// ALERT under break-glass), which needs answer.error; lines that are not understood (WARNING),
// which need answer.bad_line; that a list was read without its index (NOTICE); that its keys were
// not recorded (WARNING).
// Errors: none; what the journal does not take goes to syslog(3).
// Source: pam_revoke(8), LOGGING.
void log_revoked(const Attempt& attempt, const Decision& decision);
void log_unchecked(const Attempt& attempt, const Decision& decision, UnavailableOutcome met);
void log_bad_lines(const Attempt& attempt, const Decision& decision);
void log_index(const Attempt& attempt, const Error& error);
void log_unrecorded(const Attempt& attempt, const Error& error);

}  // namespace pam_revoke
