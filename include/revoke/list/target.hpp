// target.hpp - the target of an entry: user:alice, uid:1042, group:staff, key:SHA256:...
//
// No lookups; names are compared byte for byte.
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
    std::string_view name;  // user or group name, or SHA256:fingerprint; empty for uid
    std::uint32_t uid = 0;  // for uid only

    friend bool operator==(const Target&, const Target&) = default;
};

// Returns why `name` is not a valid user or group name, or nullptr.
// Units:  name: 1 to kMaxNameBytes bytes of UTF-8, compared byte for byte.
// Errors: none.
// Source: useradd(8). PAM and sshd pass on any bytes: names that could break a line, a path, a
//         command line or a terminal are invalid.
[[nodiscard]] const char* why_not_a_name(std::string_view name);

// True if a list must have `name` in double quotes.
// Errors: none.
[[nodiscard]] bool needs_quotes(std::string_view name);

inline constexpr std::string_view kFingerprintPrefix = "SHA256:";
inline constexpr std::size_t kFingerprintBytes = 7 + 43;  // including the prefix
using Fingerprint = FixedText<kFingerprintBytes>;

// Returns why `text` is not a fingerprint (SHA256: and 43 characters of base64), or nullptr.
// Errors: none.
// Source: ssh-keygen(1), -l.
[[nodiscard]] const char* why_not_a_fingerprint(std::string_view text);

// Returns the fingerprint of a key with the SHA-256 `digest`.
// Errors: none.
// Source: ssh-keygen(1), -l.
[[nodiscard]] Fingerprint print_fingerprint(const std::array<std::uint8_t, 32>& digest);

// A range of certificate serials, including the last.
struct SerialRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    [[nodiscard]] bool has(std::uint64_t serial) const { return first <= serial && serial <= last; }
};

// Reads a serial or FIRST-LAST.
// Errors: none; no value if `text` is invalid or the last serial is below the first.
[[nodiscard]] std::optional<SerialRange> parse_serials(std::string_view text);
[[nodiscard]] inline bool are_serials(std::string_view text) {
    return parse_serials(text).has_value();
}

// Reads KIND:VALUE; a name may be in double quotes, without escapes.
// Errors: none; no value if `text` is invalid, with the reason in `*reason`.
[[nodiscard]] std::optional<Target> parse_target(std::string_view text, const char** reason);

// Returns the word before the colon.
// Errors: none.
[[nodiscard]] std::string_view kind_word(TargetKind kind);

}  // namespace pam_revoke
