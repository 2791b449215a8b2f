#include "revoke/base/text.hpp"

#include <cstring>

namespace pam_revoke {
namespace {

// C0, C1, and direction and zero-width characters, which can make a line look like another.
bool is_control(unsigned code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f) ||
           code == 0xfeff || code == 0xad || code == 0x61c || code == 0x180e ||
           (code >= 0xfff9 && code <= 0xfffb) || (code >= 0xe0000 && code <= 0xe007f);
}

}  // namespace

Character first_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) return {1, lead};
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {};
    unsigned code = lead & (0xffU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xc0U) != 0x80U) return {};
        code = (code << 6U) | (byte(i) & 0x3fU);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return overlong || surrogate || code > 0x10ffff ? Character{} : Character{length, code};
}

bool is_clean_utf8(std::string_view text) {
    while (!text.empty()) {
        const Character character = first_character(text);
        if (character.length == 0 || is_control(character.code)) return false;
        text.remove_prefix(character.length);
    }
    return true;
}

bool has_control_byte(std::string_view text) {
    // Eight bytes at a time: below 0x20, or 0x7f. A borrow may set a bit for a valid byte, which
    // only costs the caller a second check.
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    constexpr std::uint64_t kHighs = 0x8080808080808080U;
    std::uint64_t suspect = 0;
    while (text.size() >= sizeof suspect) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof word);
        const std::uint64_t deleted = word ^ (kOnes * 0x7f);
        suspect |=
            ((word - kOnes * 0x20) & ~word & kHighs) | ((deleted - kOnes) & ~deleted & kHighs);
        text.remove_prefix(sizeof word);
    }
    bool control = suspect != 0;
    for (const char c : text)
        control = control || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    return control;
}

std::optional<std::string_view> decode_base64(std::string_view text, std::span<char> buffer) {
    if (text.empty() || text.size() % 4 != 0) return std::nullopt;
    if (text.size() / 4 * 3 > buffer.size()) return std::nullopt;
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    text.remove_suffix(padding);
    std::size_t size = 0;
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::size_t digit = kBase64Digits.find(text[i]);
        if (digit == std::string_view::npos) return std::nullopt;
        bits = bits << 6U | static_cast<std::uint32_t>(digit);
        if (i % 4 != 0) buffer[size++] = static_cast<char>(bits >> (6 - i % 4 * 2) & 0xffU);
    }
    // Unused bits must be 0, or two texts would decode to one key.
    const bool clean = padding == 0 || (bits & (padding == 1 ? 0x3U : 0xfU)) == 0;
    return clean ? std::optional(std::string_view(buffer.data(), size)) : std::nullopt;
}

std::optional<std::uint32_t> parse_uid(std::string_view text) {
    const auto uid = parse_number<std::uint32_t>(text);
    return uid == 0xffffffffU ? std::nullopt : uid;
}

}  // namespace pam_revoke
