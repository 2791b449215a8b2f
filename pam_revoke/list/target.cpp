#include "revoke/list/target.hpp"

#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr std::array<std::string_view, 6> kKindWords = {"user", "uid",  "group",
                                                        "key",  "cert", "ca"};

// Bytes of most names: a name of only these needs no further check.
constexpr std::array<bool, 256> kPlain = [] {
    std::array<bool, 256> plain{};
    for (const char c :
         std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+@"))
        plain[static_cast<unsigned char>(c)] = true;
    return plain;
}();

// Removes the quotes around a name, if there are any.
std::string_view without_quotes(std::string_view text) {
    const bool is_quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return is_quoted ? std::string_view(text.data() + 1, text.size() - 2) : text;
}

}  // namespace

const char* why_not_a_name(std::string_view name) {
    if (name.empty()) return "empty name";
    if (name.size() > kMaxNameBytes) return "longer than 256 bytes";
    if (name == "." || name == "..") return "a path, not a name";
    if (name.front() == '-') return "begins with '-'";
    std::size_t plain = 0;
    while (plain < name.size() && kPlain[static_cast<unsigned char>(name[plain])]) ++plain;
    if (plain == name.size()) return nullptr;
    if (!is_clean_utf8(name)) return "contains a control byte or is not UTF-8";
    for (const char c : name) {
        if (c == '/') return "contains '/'";
        if (c == ':' || c == ',' || c == '"') return "contains ':', ',' or a double quote";
    }
    if (name.front() == ' ' || name.back() == ' ') return "begins or ends with a blank";
    // A backslash is never escaped in a name. Two of them would silently be another name.
    if (name.find("\\\\") != std::string_view::npos) return "contains two backslashes in a row";
    return nullptr;
}

bool needs_quotes(std::string_view name) {
    return name.find_first_of(" #") != std::string_view::npos;
}

const char* why_not_a_fingerprint(std::string_view text) {
    if (!text.starts_with(kFingerprintPrefix)) return "not a SHA256: fingerprint";
    if (text.size() != kFingerprintBytes) return "not a SHA256: fingerprint of 43 characters";
    text.remove_prefix(kFingerprintPrefix.size());
    for (const char c : text)
        if (!is_base64_digit(c)) return "fingerprint is not base64";
    return nullptr;
}

Fingerprint print_fingerprint(const std::array<std::uint8_t, 32>& digest) {
    Fingerprint text(kFingerprintPrefix);
    append_base64(text, digest);
    return text;
}

std::optional<SerialRange> parse_serials(std::string_view text) {
    const auto first = take_number<std::uint64_t>(text);
    auto last = first;
    if (text.starts_with('-')) {
        text.remove_prefix(1);
        last = take_number<std::uint64_t>(text);
    }
    if (!first || !last || !text.empty() || *last < *first) return std::nullopt;
    return SerialRange{*first, *last};
}

std::string_view kind_word(TargetKind kind) { return kKindWords[static_cast<std::size_t>(kind)]; }

std::optional<Target> parse_target(std::string_view text, const char** reason) {
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
        *reason = "not KIND:VALUE";
        return std::nullopt;
    }
    const std::string_view word(text.data(), colon);
    std::string_view value(text.data() + colon + 1, text.size() - colon - 1);
    for (std::size_t i = 0; i < kKindWords.size(); ++i) {
        if (word != kKindWords[i]) continue;
        const auto kind = static_cast<TargetKind>(i);
        if (kind == TargetKind::uid) {
            const auto uid = parse_uid(value);
            *reason = uid ? nullptr : "invalid UID";
            return uid ? std::optional(Target{kind, {}, *uid}) : std::nullopt;
        }
        const bool named = kind == TargetKind::user || kind == TargetKind::group;
        if (named) value = without_quotes(value);
        *reason = named ? why_not_a_name(value) : why_not_a_fingerprint(value);
        return *reason == nullptr ? std::optional(Target{kind, value, 0}) : std::nullopt;
    }
    *reason = "unknown kind (expected user:, uid:, group:, key:, cert: or ca:)";
    return std::nullopt;
}

}  // namespace pam_revoke
