// session_auth.hpp - which keys, certificates and CAs authenticated a session.
//
// Sources are the gate's record or, for sessions older than the gate, sshd's journal messages.
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

// A ShownKey that owns its strings.
struct AuthKey {
    std::string key;
    std::string ca;
    std::uint64_t serial = 0;
    std::string key_id;
    [[nodiscard]] ShownKey shown() const { return {key, ca, serial, key_id}; }
};

enum class AuthSource : std::uint8_t {
    other,    // not opened by sshd, no key
    record,   // the gate's record of SSH_AUTH_INFO_0
    journal,  // sshd's messages in the journal
    unknown,  // not in either source, or unreadable
};

struct SessionAuth {
    AuthSource by = AuthSource::other;
    std::vector<AuthKey> keys;   // empty for a login without a key
    std::optional<Error> error;  // set for AuthSource::unknown
};

// Returns how `session` was authenticated.
// Units:  directory: of the gate's records; owner: required owner of the records.
// Errors: none returned; see SessionAuth::error.
[[nodiscard]] SessionAuth auth_of(const Session& session, const std::string& directory,
                                  uid_t owner);

// Returns the keys in SSH_AUTH_INFO_0.
// Errors: malformed.
[[nodiscard]] Result<std::vector<AuthKey>> keys_in(std::string_view auth_info);

// Parses sshd's message about a successful method; nothing for any other message. The fingerprint
// is empty for a method without a key.
// Errors: none.
// Source: auth_log() of OpenSSH: "Accepted publickey for NAME from ADDRESS port N ssh2: TYPE
//         FINGERPRINT"; of a certificate "TYPE-CERT FINGERPRINT ID KEYID (serial N) CA TYPE
//         FINGERPRINT".
[[nodiscard]] std::optional<AuthKey> key_in_message(std::string_view message);

}  // namespace pam_revoke
