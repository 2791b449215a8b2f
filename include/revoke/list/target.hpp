// target.hpp - whom or what an entry names: user:alice, uid:1042, group:staff, key:SHA256:...
//
// Pure: no look-up; a name is bytes and is compared byte for byte.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

inline constexpr std::size_t kMaxNameBytes = 256;

enum class TargetKind : std::uint8_t { user, uid, group, key, certificate, ca };

struct Target {
    TargetKind kind = TargetKind::user;
    std::string_view name;  // user and group name, or SHA256:fingerprint; empty for uid
    std::uint32_t uid = 0;  // for uid alone

    friend bool operator==(const Target&, const Target&) = default;
};

// Says what keeps `name` from being a login or group name, or nothing when it is one.
// Units:  name: 1 to kMaxNameBytes bytes; valid UTF-8 is a name, compared byte for byte.
// Errors: none.
// Source: useradd(8); PAM and sshd hand on any bytes, so what could break a line, a path, a
//         command line or a terminal is no name here.
[[nodiscard]] const char* why_not_a_name(std::string_view name);

inline constexpr std::string_view kFingerprintPrefix = "SHA256:";
inline constexpr std::size_t kFingerprintBytes = 7 + 43;  // with the prefix
using Fingerprint = FixedText<kFingerprintBytes>;

// Says what keeps `text` from being a fingerprint, or nothing when it is one: SHA256: and 43
// characters of base64.
// Errors: none.
// Source: ssh-keygen(1), -l.
[[nodiscard]] const char* why_not_a_fingerprint(std::string_view text);

// The fingerprint of a key whose SHA-256 is `digest`.
// Errors: none.
// Source: ssh-keygen(1), -l.
[[nodiscard]] Fingerprint print_fingerprint(const std::array<std::uint8_t, 32>& digest);

// Serial numbers of certificates, the last one among them.
struct SerialRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    [[nodiscard]] bool has(std::uint64_t serial) const { return first <= serial && serial <= last; }
};

// Reads a serial number or FIRST-LAST.
// Errors: none; text that is neither, or whose last is before its first, is an outcome.
[[nodiscard]] std::optional<SerialRange> parse_serials(std::string_view text);
[[nodiscard]] inline bool are_serials(std::string_view text) {
    return parse_serials(text).has_value();
}

// Reads KIND:VALUE.
// Errors: none; text that names nothing is an outcome, with `*reason` set to why.
[[nodiscard]] std::optional<Target> parse_target(std::string_view text, const char** reason);

// The word before the colon.
// Errors: none.
[[nodiscard]] std::string_view kind_word(TargetKind kind);

}  // namespace pam_revoke
