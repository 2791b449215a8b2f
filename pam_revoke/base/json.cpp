#include "revoke/base/json.hpp"

#include <charconv>

#include "revoke/base/compose.hpp"
#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

void append_code(std::string& out, std::uint32_t code) {
    if (code >= 0x10000) {
        code -= 0x10000;
        out += compose("\\u{:04x}\\u{:04x}", 0xd800 + (code >> 10U), 0xdc00 + (code & 0x3ffU));
    } else {
        out += compose("\\u{:04x}", code);
    }
}

void append_utf8(std::string& out, std::uint32_t code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xc0U | (code >> 6U));
        out += static_cast<char>(0x80U | (code & 0x3fU));
    } else if (code < 0x10000) {
        out += static_cast<char>(0xe0U | (code >> 12U));
        out += static_cast<char>(0x80U | ((code >> 6U) & 0x3fU));
        out += static_cast<char>(0x80U | (code & 0x3fU));
    } else {
        out += static_cast<char>(0xf0U | (code >> 18U));
        out += static_cast<char>(0x80U | ((code >> 12U) & 0x3fU));
        out += static_cast<char>(0x80U | ((code >> 6U) & 0x3fU));
        out += static_cast<char>(0x80U | (code & 0x3fU));
    }
}

std::optional<std::uint32_t> take_hex(std::string_view& text) {
    std::uint32_t code = 0;
    if (text.size() < 4) return std::nullopt;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + 4, code, 16);
    if (fault != std::errc() || end != text.data() + 4) return std::nullopt;
    text.remove_prefix(4);
    return code;
}

// Reads an escape after its backslash.
bool take_escape(std::string_view& text, std::string& out) {
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    if (text.empty()) return false;
    const char letter = text.front();
    text.remove_prefix(1);
    if (const std::size_t at = kLetters.find(letter); at != std::string_view::npos) {
        out += kMeanings[at];
        return true;
    }
    if (letter != 'u') return false;
    auto code = take_hex(text);
    if (code && *code >= 0xd800 && *code < 0xdc00 && text.starts_with("\\u")) {
        text.remove_prefix(2);
        const auto low = take_hex(text);
        if (!low || *low < 0xdc00 || *low > 0xdfff) return false;
        code = 0x10000 + ((*code - 0xd800) << 10U) + (*low - 0xdc00);
    }
    if (!code) return false;
    append_utf8(out, *code);
    return true;
}

bool take_string(std::string_view& text, std::string& out) {
    if (!text.starts_with('"')) return false;
    text.remove_prefix(1);
    while (!text.empty() && text.front() != '"') {
        const char c = text.front();
        text.remove_prefix(1);
        if (c != '\\')
            out += c;
        else if (!take_escape(text, out))
            return false;
    }
    if (text.empty()) return false;
    text.remove_prefix(1);
    return true;
}

void skip_space(std::string_view& text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

bool take_value(std::string_view& text, std::string& out) {
    if (text.starts_with('"')) return take_string(text, out);
    const std::size_t size = text.find_first_of(",} \t");
    if (size == 0 || size == std::string_view::npos) return false;
    out = text.substr(0, size);
    text.remove_prefix(size);
    return out.find_first_of("{[\"") == std::string::npos;
}

bool take_punctuation(std::string_view& text, char c) {
    skip_space(text);
    if (!text.starts_with(c)) return false;
    text.remove_prefix(1);
    skip_space(text);
    return true;
}

}  // namespace

std::string json_string(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const Character character = first_character(text);
        const char byte = text.front();
        text.remove_prefix(std::max<std::size_t>(character.length, 1));
        if (byte == '"' || byte == '\\')
            out += compose("\\{}", byte);
        else if (character.code >= 0x20 && character.code < 0x7f)
            out += byte;
        else
            append_code(out, character.length > 0 ? character.code : 0xfffd);
    }
    return out + "\"";
}

JsonObject& JsonObject::add_raw(std::string_view key, std::string_view json) {
    if (!fields_.empty()) fields_ += ", ";
    fields_ += json_string(key);
    fields_ += ": ";
    fields_ += json;
    return *this;
}

JsonArray& JsonArray::add_raw(std::string_view json) {
    if (!items_.empty()) items_ += ", ";
    items_ += json;
    return *this;
}

std::optional<std::map<std::string, std::string>> parse_json_object(std::string_view text) {
    std::map<std::string, std::string> fields;
    if (!take_punctuation(text, '{')) return std::nullopt;
    if (take_punctuation(text, '}')) return text.empty() ? std::optional(fields) : std::nullopt;
    for (;;) {
        std::string key;
        std::string value;
        if (!take_string(text, key) || !take_punctuation(text, ':') || !take_value(text, value))
            return std::nullopt;
        fields[key] = value;
        if (take_punctuation(text, ',')) continue;
        return take_punctuation(text, '}') && text.empty() ? std::optional(fields) : std::nullopt;
    }
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string display(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t length = first_character(text).length;
        const bool clean = length > 0 && is_clean_utf8(text.substr(0, length));
        if (clean)
            out += text.substr(0, length);
        else
            out += compose("\\x{:02x}", static_cast<unsigned char>(text.front()));
        text.remove_prefix(clean ? length : 1);
    }
    return out;
}

}  // namespace pam_revoke
