// text.hpp - UTF-8, numbers, base64, parts of a text, and text that is safe to print.
//
// Nothing here allocates.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

// Removes the part before the next `separator`, and the separator, from `rest`; returns the part,
// or all of `rest` if there is no separator.
// Errors: none.
[[nodiscard]] inline std::string_view take_until(std::string_view& rest, char separator) {
    const std::size_t at = rest.find(separator);
    const bool is_last = at == std::string_view::npos;
    const std::string_view part(rest.data(), is_last ? rest.size() : at);
    rest.remove_prefix(is_last ? rest.size() : at + 1);
    return part;
}

// Removes the next word, and the blanks before it, from `rest`; returns the word, empty at the end.
// Errors: none.
[[nodiscard]] inline std::string_view take_word(std::string_view& rest) {
    constexpr std::string_view kBlanks = " \t\r";
    rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
    const std::size_t size = std::min(rest.find_first_of(kBlanks), rest.size());
    const std::string_view word(rest.data(), size);
    rest.remove_prefix(size);
    return word;
}

// Calls visit(line, number) for each line, without its newline; numbers start at 1.
// Errors: none.
template <typename Visit>
void for_each_line(std::string_view text, Visit visit) {
    for (std::uint64_t number = 1; !text.empty(); ++number) visit(take_until(text, '\n'), number);
}

// Calls found(item) for each item of a comma-separated list until it returns true; returns whether
// it did. Blanks around items and empty items are ignored.
// Errors: none.
template <typename Found>
bool any_item(std::string_view items, Found found) {
    while (!items.empty()) {
        std::string_view item = take_until(items, ',');
        while (item.starts_with(' ')) item.remove_prefix(1);
        while (item.ends_with(' ')) item.remove_suffix(1);
        if (!item.empty() && found(item)) return true;
    }
    return false;
}

// Calls visit(item) for each item of such a list.
// Errors: none.
template <typename Visit>
void for_each_item(std::string_view items, Visit visit) {
    (void)any_item(items, [&visit](std::string_view item) { return visit(item), false; });
}

// Calls found(name) for each of the NUL-separated `names` until it returns true; returns whether it
// did.
// Errors: none.
template <typename Found>
bool any_name(std::string_view names, Found found) {
    while (!names.empty())
        if (found(take_until(names, '\0'))) return true;
    return false;
}

// Removes a decimal number from the front of `text`, which is unchanged if there is none or it is
// out of range.
// Errors: none; no value without a number.
template <typename Number>
[[nodiscard]] std::optional<Number> take_number(std::string_view& text) {
    Number number = 0;
    const char* const begin = text.data();
    const auto [end, fault] = std::from_chars(begin, begin + text.size(), number);
    if (fault != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - begin));
    return number;
}

// Reads all of `text` as a decimal number.
// Errors: none; no value if it is not a number.
template <typename Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text) {
    const auto number = take_number<Number>(text);
    return text.empty() ? number : std::nullopt;
}

// Reads all of `text` as a UID.
// Units:  (uid_t)-1 means "no user" to the kernel and is rejected.
// Errors: none; no value if it is not a UID.
[[nodiscard]] std::optional<std::uint32_t> parse_uid(std::string_view text);

inline constexpr std::string_view kBase64Digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
[[nodiscard]] constexpr bool is_base64_digit(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
}

// Decodes padded base64 into `buffer` and returns the bytes; different texts never have the same
// bytes.
// Errors: none; no value if `text` is invalid or too long.
// Source: RFC 4648, section 4.
[[nodiscard]] std::optional<std::string_view> decode_base64(std::string_view text,
                                                            std::span<char> buffer);

// Returns false only if `text` has no byte below 0x20 and no byte 0x7f.
// Errors: none.
[[nodiscard]] bool has_control_byte(std::string_view text);

struct Character {
    std::size_t length = 0;  // in bytes; 0 if invalid
    unsigned code = 0;
};

// Returns the first UTF-8 character of `text`, which must not be empty.
// Errors: none; a length of 0 if it is invalid.
// Source: RFC 3629.
[[nodiscard]] Character first_character(std::string_view text);

// True if `text` is valid UTF-8 without control characters of any kind.
// Errors: none.
[[nodiscard]] bool is_clean_utf8(std::string_view text);

// Appends `text` with every byte other than printable ASCII as \xNN, so that it stays on one line.
// Errors: none; was_truncated() of `out` is true if it did not fit.
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

// Appends `bytes` as base64, without padding.
// Errors: none; was_truncated() of `out` is true if it did not fit.
// Source: RFC 4648, section 4.
template <std::size_t N>
void append_base64(FixedText<N>& out, std::span<const std::uint8_t> bytes) {
    for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 6) {
        const std::size_t byte = bit / 8;
        const unsigned second = byte + 1 < bytes.size() ? bytes[byte + 1] : 0U;
        const unsigned pair = static_cast<unsigned>(bytes[byte]) << 8U | second;
        out.append(kBase64Digits[pair >> (10 - bit % 8) & 0x3fU]);
    }
}

}  // namespace pam_revoke
