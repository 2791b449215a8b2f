// key.hpp - a key, certificate or authority as an operator names it: by fingerprint, or by its public file.
//
// Source: revoke-user(8), KEYS.
// Layer: command.
#pragma once

#include <string>

#include "job.hpp"
#include "revoke/logind/opening.hpp"

namespace pam_revoke {

// What an entry of a list says of it; `entry` looks into this.
struct NamedKey {
    TargetKind kind = TargetKind::key;
    std::string fingerprint;
    std::string serial;                  // of a certificate: N or N-M
    std::string key_id;                  // as it stands between quotes
    std::optional<OpenedKey> in_file{};  // the whole of it, where a file was named
    [[nodiscard]] Entry entry() const;
    // key:SHA256:..., and of a certificate what tells it from others of its authority.
    [[nodiscard]] std::string text() const;
    // Keys that the entry denies, to ask the gate about; of a range of serials the first hundreds and the last.
    [[nodiscard]] std::vector<OpenedKey> examples() const;
    // True when these are not all.
    [[nodiscard]] bool has_more() const;
};

// True when the arguments name a key and not a person.
[[nodiscard]] bool names_key(const Arguments& arguments);

// The key that they name.
// Errors: malformed, missing, io (object: what was typed).
[[nodiscard]] Result<NamedKey> named_key(const Arguments& arguments);

// The key of a line as it stands in a file of public keys.
// Errors: malformed (object: the line).
[[nodiscard]] Result<OpenedKey> key_in_line(std::string_view line);

// The gate's answer for what is in the file that was named, with all that a login with it shows; without a file, as ask_gate_about().
[[nodiscard]] Answer ask_gate_about_file(const Job& job, const NamedKey& key, const std::string& service);

// The gate's answer for it, whoever shows it: of several examples, one that is denied counts.
[[nodiscard]] Answer ask_gate_about(const Job& job, const NamedKey& key, const std::string& service);

// Sessions that were opened with the key. Of those nobody can say it, `unknown` tells why.
struct OpenedSessions {
    std::vector<Session> sessions;
    std::vector<Error> unknown;
};
[[nodiscard]] OpenedSessions opened_with(const Job& job, const std::vector<Session>& sessions, const NamedKey& key);

// Writes into each session how it was opened.
void tell_openings(const Job& job, std::vector<Session>& sessions);

}  // namespace pam_revoke
