// text.hpp - UTF-8, numbers, and text that is safe to show.
//
// Pure: text in, values out; no allocation.
// Layer: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

// Reads all of `text` as a decimal number that fits a user id.
// Units:  (uid_t)-1 is "no user" to the kernel and is refused.
// Errors: none; not a number is an outcome.
[[nodiscard]] std::optional<std::uint32_t> parse_uid(std::string_view text);

// True when `text` may have a byte below 0x20 or the byte 0x7f; false is certain.
// Errors: none.
[[nodiscard]] bool has_control_byte(std::string_view text);

// True when the whole of `text` is valid UTF-8 without control characters of any kind.
// Errors: none.
[[nodiscard]] bool is_clean_utf8(std::string_view text);

// True when the whole of `text` is valid UTF-8, control characters included.
// Errors: none.
// Source: RFC 3629.
[[nodiscard]] bool is_utf8(std::string_view text);

// Appends `text` with every byte that is not printable ASCII as \xNN, so that a log or a terminal
// line stays one line.
// Errors: none; was_cut() of `out` is true when it did not fit.
template <std::size_t N>
void append_printable(FixedText<N>& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            out.append(c);
        } else {
            out.append("\\x").append(kHex[byte >> 4U]).append(kHex[byte & 0xfU]);
        }
    }
}

}  // namespace pam_revoke
