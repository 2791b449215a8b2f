// key.hpp - selects a key, certificate or CA by fingerprint or public key file.
//
// Source: revoke-user(8), KEYS.
#pragma once

#include <string>

#include "context.hpp"
#include "revoke/logind/key_logins.hpp"
#include "revoke/logind/session_auth.hpp"

namespace pam_revoke {

// A selected key; entry() points into it.
struct KeySelector {
    TargetKind kind = TargetKind::key;
    std::string fingerprint;
    std::string serial;                // of a certificate: N or N-M
    std::string key_id;                // escaped for a quoted value
    std::optional<AuthKey> in_file{};  // complete, if a file was named
    // Errors: none.
    [[nodiscard]] Entry entry() const;
    // Returns key:SHA256:...; for a certificate also serial= and keyid=.
    // Errors: none.
    [[nodiscard]] std::string text() const;
    // Returns keys that the entry matches: the first 256 of a range of serials, and the last.
    // Errors: none.
    [[nodiscard]] std::vector<AuthKey> representatives() const;
    // True if representatives() does not cover the whole range.
    // Errors: none.
    [[nodiscard]] bool has_more() const;
};

// True if the arguments name a key and not a user.
// Errors: none.
[[nodiscard]] bool names_key(const Arguments& arguments);

// Returns the key that the arguments name.
// Errors: malformed, too_large, io, io also for a missing file (object: the argument).
[[nodiscard]] Result<KeySelector> named_key(const Arguments& arguments);

// Returns the key in a line of a public key file.
// Errors: malformed (object: the line).
[[nodiscard]] Result<AuthKey> key_in_line(std::string_view line);

// Returns the fingerprint of a line that begins with a public key, as sshd's RevokedKeys has them.
// Errors: refused (object: the line) for a certificate; no value for another line.
// Source: sshd_config(5), RevokedKeys: without options.
[[nodiscard]] Result<std::optional<std::string>> fingerprint_of_line(std::string_view line);

// Returns the gate's decision for any user with the keys; one revoked key is enough.
// Errors: none returned; see Decision::error.
[[nodiscard]] Decision ask_gate_about(const Context& context, const std::vector<AuthKey>& keys,
                                      const std::string& service);

// Returns the directory in which the gate records the keys of sessions.
// Errors: none.
[[nodiscard]] RecordDirectory records_of(const Context& context);

// Sets Session::opened_with of each session.
// Errors: none returned; sets "unknown".
void annotate_auth(const Context& context, std::vector<Session>& sessions);

}  // namespace pam_revoke
