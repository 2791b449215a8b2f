// key.hpp - a key, certificate or authority as an operator names it: by fingerprint, or by its
// public file.
//
// Source: revoke-user(8), KEYS.
#pragma once

#include <string>

#include "context.hpp"
#include "revoke/logind/key_logins.hpp"
#include "revoke/logind/session_auth.hpp"

namespace pam_revoke {

// What an entry of a list says of it; `entry` looks into this.
struct KeySelector {
    TargetKind kind = TargetKind::key;
    std::string fingerprint;
    std::string serial;                // of a certificate: N or N-M
    std::string key_id;                // as it stands between quotes
    std::optional<AuthKey> in_file{};  // the whole of it, where a file was named
    // Errors: none.
    [[nodiscard]] Entry entry() const;
    // key:SHA256:...; for a certificate also its serial= and keyid=.
    // Errors: none.
    [[nodiscard]] std::string text() const;
    // Keys that the entry matches, to ask the gate about; of a range of serials the first 256 and
    // the last.
    // Errors: none.
    [[nodiscard]] std::vector<AuthKey> representatives() const;
    // True when these are not all.
    // Errors: none.
    [[nodiscard]] bool has_more() const;
};

// True when the arguments name a key and not a user.
// Errors: none.
[[nodiscard]] bool names_key(const Arguments& arguments);

// The key that they name.
// Errors: malformed, too_large, io, io also when there is no such file (object: what was typed).
[[nodiscard]] Result<KeySelector> named_key(const Arguments& arguments);

// The key of a line as it stands in a file of public keys.
// Errors: malformed (object: the line).
[[nodiscard]] Result<AuthKey> key_in_line(std::string_view line);

// The gate's answer for the key in the file that was named, with all that a login with it shows;
// without a file, as ask_gate_about().
// Errors: none returned; Decision::error has them.
[[nodiscard]] Decision ask_gate_about_file(const Context& context, const KeySelector& key,
                                           const std::string& service);

// The gate's answer for the key, for any user; of several examples, one that is revoked counts.
// Errors: none returned; Decision::error has them.
[[nodiscard]] Decision ask_gate_about(const Context& context, const KeySelector& key,
                                      const std::string& service);

// Where the gate records which keys opened a session.
// Errors: none.
[[nodiscard]] RecordDirectory records_of(const Context& context);

// Sets Session::opened_with of each session.
// Errors: none returned; the text is "unknown" then.
void annotate_auth(const Context& context, std::vector<Session>& sessions);

}  // namespace pam_revoke
