// ssh_auth.hpp - how sshd authenticated a user: keys, certificates and their CA.
//
// No files, no clock, no allocation. The user chooses much of this text: invalid text is an error,
// never a partial result.
// Source: SSH_AUTH_INFO_0 in sshd(8)'s PAM environment; PROTOCOL.certkeys and RFC 4253, 5656, 8709
//         for the keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/result.hpp"
#include "revoke/list/list.hpp"

namespace pam_revoke {

inline constexpr std::string_view kAuthInfo = "SSH_AUTH_INFO_0";
inline constexpr std::size_t kMaxKeyBytes = 262144;  // no SSH packet is larger

// The fields of a certificate.
// Units:  valid_after_sec: seconds since 1970.
struct Certificate {
    Fingerprint ca;  // of the signing key
    std::uint64_t serial = 0;
    std::uint64_t valid_after_sec = 0;
    FixedText<kMaxKeyIdBytes> key_id;  // truncated if longer; no entry has a longer one
};

// One method that succeeded.
struct Credential {
    std::string_view method;  // publickey, password, keyboard-interactive/pam; points into the text
    std::optional<Fingerprint> key;  // of the key itself, also for a certificate
    std::optional<Certificate> certificate;
};

// The credentials of a login.
class SshAuth {
public:
    explicit SshAuth(std::string_view text) : rest_(text) {}
    // Sets `credential` and returns true, or returns false if there are no more.
    // Errors: malformed (object: kAuthInfo); the next call continues with the next line.
    [[nodiscard]] Result<bool> next(Credential& credential);

private:
    std::string_view rest_;
};

}  // namespace pam_revoke
