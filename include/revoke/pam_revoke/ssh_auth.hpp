// ssh_auth.hpp - what sshd tells of how somebody was let in: with which keys, which certificates,
// whose signature.
//
// Pure: no files, no clock, no allocation. Whoever logs in chooses much of this text: what is not
// understood is an error, never half an answer.
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
inline constexpr std::size_t kMaxKeyBytes =
    262144;  // of a key or certificate as sshd sends it: no packet of SSH is larger

// What a certificate says of itself.
struct Certificate {
    Fingerprint ca;  // of the key that signed it
    std::uint64_t serial = 0;
    FixedText<kMaxKeyIdBytes> key_id;  // cut when it is longer: no entry has a longer one
};

// One method that was gone through.
struct Credential {
    std::string_view method;  // publickey, password, keyboard-interactive/pam; points into the text
    std::optional<Fingerprint> key;  // of the key itself, also where a certificate was shown
    std::optional<Certificate> certificate;
};

// The credentials of a login, one after the other.
class SshAuth {
public:
    explicit SshAuth(std::string_view text) : rest_(text) {}
    // Sets `credential` and says true, or says false when there is none left.
    // Errors: malformed (object: kAuthInfo); the next call is about the line after.
    [[nodiscard]] Result<bool> next(Credential& credential);

private:
    std::string_view rest_;
};

}  // namespace pam_revoke
