#include "revoke/target.hpp"

#include <array>
#include <charconv>
#include <cstring>

namespace pam_revoke {
namespace {

constexpr std::array<std::string_view, 6> kKindWords = {"user", "uid", "group", "key", "cert", "ca"};

// What accounts are mostly called: a name of these needs no second look.
constexpr std::array<bool, 256> kPlain = [] {
    std::array<bool, 256> plain{};
    for (const char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+@"))
        plain[static_cast<unsigned char>(c)] = true;
    return plain;
}();

struct Character {
    std::size_t length = 0;  // in bytes; 0 when there is no valid character
    unsigned code = 0;
};

// The UTF-8 character at the start of `text`, which is not empty.
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

// C0, C1, and what turns the writing direction or takes no room: it would make a line look like another one.
bool is_control(unsigned code) {
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || code == 0xad || code == 0x61c || code == 0x180e ||
           (code >= 0xfff9 && code <= 0xfffb) || (code >= 0xe0000 && code <= 0xe007f);
}

struct Serials {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
};

std::optional<Serials> parse_serials(std::string_view text) {
    Serials range;
    const char* end = text.data() + text.size();
    std::from_chars_result read = std::from_chars(text.data(), end, range.first);
    range.last = range.first;
    if (read.ec == std::errc() && read.ptr != end && *read.ptr == '-') read = std::from_chars(read.ptr + 1, end, range.last);
    return read.ec == std::errc() && read.ptr == end && range.first <= range.last ? std::optional(range) : std::nullopt;
}

const char* why_not_a_fingerprint(std::string_view name) {
    constexpr std::string_view kPrefix = "SHA256:";
    if (!name.starts_with(kPrefix)) return "is not a SHA256: fingerprint";
    name.remove_prefix(kPrefix.size());
    if (name.size() != 43) return "is not a SHA256: fingerprint of 43 characters";
    for (const char c : name) {
        const bool base64 = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
        if (!base64) return "has a character that base64 does not have";
    }
    return nullptr;
}

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const Character character = first_character(text);
        if (character.length == 0) return false;
        text.remove_prefix(character.length);
    }
    return true;
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
    // Eight bytes at a time: below 0x20, or 0x7f. What sets a bit by a borrow from its neighbour only costs the second look.
    constexpr std::uint64_t kOnes = 0x0101010101010101U;
    constexpr std::uint64_t kHighs = 0x8080808080808080U;
    std::uint64_t suspect = 0;
    while (text.size() >= sizeof suspect) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof word);
        const std::uint64_t deleted = word ^ (kOnes * 0x7f);
        suspect |= ((word - kOnes * 0x20) & ~word & kHighs) | ((deleted - kOnes) & ~deleted & kHighs);
        text.remove_prefix(sizeof word);
    }
    bool control = suspect != 0;
    for (const char c : text) control = control || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    return control;
}

const char* why_not_a_name(std::string_view name) {
    if (name.empty()) return "is empty";
    if (name.size() > kMaxNameBytes) return "is longer than 256 bytes";
    if (name == "." || name == "..") return "is a path";
    if (name.front() == '-') return "begins with '-'";
    std::size_t plain = 0;
    while (plain < name.size() && kPlain[static_cast<unsigned char>(name[plain])]) ++plain;
    if (plain == name.size()) return nullptr;
    if (!is_clean_utf8(name)) return "has a control byte or is not UTF-8";
    for (const char c : name) {
        if (c == '/') return "has a '/'";
        if (c == ':' || c == ',' || c == '#' || c == '"' || c == '\'' || c == ' ') return "has a blank, quote, ':', ',' or '#'";
    }
    return nullptr;
}

std::optional<std::uint32_t> parse_uid(std::string_view text) {
    std::uint32_t uid = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), uid);
    if (fault != std::errc() || end != text.data() + text.size() || uid == 0xffffffffU) return std::nullopt;
    return uid;
}

bool are_serials(std::string_view text) { return parse_serials(text).has_value(); }

bool in_serials(std::string_view serials, std::uint64_t serial) {
    const auto range = parse_serials(serials);
    return range && range->first <= serial && serial <= range->last;
}

std::string_view kind_word(TargetKind kind) { return kKindWords[static_cast<std::size_t>(kind)]; }

std::optional<Target> parse_target(std::string_view text, const char** reason) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        *reason = "is not KIND:VALUE";
        return std::nullopt;
    }
    const std::string_view word(text.data(), colon);
    const std::string_view value(text.data() + colon + 1, text.size() - colon - 1);
    for (std::size_t i = 0; i < kKindWords.size(); ++i) {
        if (word != kKindWords[i]) continue;
        const auto kind = static_cast<TargetKind>(i);
        if (kind == TargetKind::uid) {
            const auto uid = parse_uid(value);
            *reason = uid ? nullptr : "is not a user id";
            return uid ? std::optional(Target{kind, {}, *uid}) : std::nullopt;
        }
        const bool named = kind == TargetKind::user || kind == TargetKind::group;
        *reason = named ? why_not_a_name(value) : why_not_a_fingerprint(value);
        return *reason == nullptr ? std::optional(Target{kind, value, 0}) : std::nullopt;
    }
    *reason = "begins with none of user: uid: group: key: cert: ca:";
    return std::nullopt;
}

}  // namespace pam_revoke
