// session_auth.hpp - how a session was opened: with which keys, certificates, authorities.
//
// Join: the gate's record of it or, for sessions older than the gate, the journal; and what both
// mean.
// Source: revoke-user(8), KEYS.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/list/match.hpp"
#include "revoke/logind/sessions.hpp"

namespace pam_revoke {

// A key as ShownKey has it, in memory of its own.
struct AuthKey {
    std::string key;
    std::string ca;
    std::uint64_t serial = 0;
    std::string key_id;
    [[nodiscard]] ShownKey shown() const { return {key, ca, serial, key_id}; }
};

enum class AuthSource : std::uint8_t {
    other,    // not by sshd: no key opens it
    record,   // the gate wrote down what sshd told it
    journal,  // sshd said it in the journal
    unknown,  // by sshd, and nobody says how
};

struct SessionAuth {
    AuthSource by = AuthSource::other;
    std::vector<AuthKey> keys;   // none: by password
    std::optional<Error> error;  // why it is unknown
};

// Tells how `session` was opened.
// Units:  folder: of the records; owner: who must own them.
// Errors: none returned; SessionAuth::trouble has them.
[[nodiscard]] SessionAuth auth_of(const Session& session, const std::string& directory,
                                  uid_t owner);

// The keys that SSH_AUTH_INFO_0 names.
// Errors: malformed.
[[nodiscard]] Result<std::vector<AuthKey>> keys_in(std::string_view auth_info);

// What sshd said of a method that succeeded: nothing for another message, a key without a
// fingerprint for a method without one.
// Errors: none.
// Source: auth_log() of OpenSSH: "Accepted publickey for NAME from ADDRESS port N ssh2: TYPE
//         FINGERPRINT"; of a certificate "TYPE-CERT FINGERPRINT ID KEYID (serial N) CA TYPE
//         FINGERPRINT".
[[nodiscard]] std::optional<AuthKey> key_in_message(std::string_view message);

}  // namespace pam_revoke
