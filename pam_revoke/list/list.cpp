#include "revoke/list/list.hpp"

#include <algorithm>
#include <array>

#include "revoke/base/text.hpp"
#include "revoke/base/time.hpp"

namespace pam_revoke {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

void skip_blanks(std::string_view& text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
}

std::string_view take_until_blank(std::string_view& text) {
    std::size_t count = 0;
    while (count < text.size() && !is_blank(text[count])) ++count;
    const std::string_view word(text.data(), count);
    text.remove_prefix(count);
    return word;
}

// Reads a value, quoted or not, from the start of `text`; returns why there is none, or nullptr.
const char* take_value(std::string_view& text, std::string_view& value) {
    if (!text.starts_with('"')) {
        value = take_until_blank(text);
        if (value.find('"') != std::string_view::npos || value.find('\\') != std::string_view::npos)
            return "a value with a quote or backslash must be quoted";
        return value.empty() ? "attribute without a value" : nullptr;
    }
    for (std::size_t i = 1; i < text.size();) {
        const std::size_t quote = std::min(text.find('"', i), text.size());
        const std::size_t escape = std::string_view(text.data() + i, quote - i).find('\\');
        if (escape == std::string_view::npos && quote < text.size()) {
            value = std::string_view(text.data() + 1, quote - 1);
            text.remove_prefix(quote + 1);
            return text.empty() || is_blank(text.front()) ? nullptr
                                                          : "unexpected text after a closing quote";
        }
        if (escape == std::string_view::npos) break;
        i += escape + 1;
        if (i == text.size() || (text[i] != '"' && text[i] != '\\'))
            return "invalid escape (expected a backslash before a quote or backslash)";
        ++i;
    }
    return "missing closing quote";
}

// Takes KIND:VALUE from the start of `text`; returns why a name is not quoted correctly, or
// nullptr.
const char* take_target(std::string_view& text, std::string_view& target) {
    const std::size_t value = text.find(':') + 1;
    if (value == 0 || value >= text.size() || text[value] != '"') {
        target = take_until_blank(text);
        return target.find('#') == std::string_view::npos
                   ? nullptr
                   : "a name with '#' must be in double quotes";
    }
    const std::size_t quote = text.find('"', value + 1);
    if (quote == std::string_view::npos) return "missing closing quote";
    target = std::string_view(text.data(), quote + 1);
    text.remove_prefix(target.size());
    return text.empty() || is_blank(text.front()) ? nullptr
                                                  : "unexpected text after a closing quote";
}

enum class Attribute : std::uint8_t {
    uid,
    from,
    until,
    not_before,
    at,
    services,
    hosts,
    reason,
    ref,
    by,
    serial,
    keyid,
    user,
    count
};

constexpr std::array<std::string_view, static_cast<std::size_t>(Attribute::count)> kAttributes = {
    "uid",    "from", "until", "not-before", "at",    "services", "hosts",
    "reason", "ref",  "by",    "serial",     "keyid", "user"};

const char* set_time(std::optional<std::int64_t>& field, std::string_view value) {
    field = parse_time(value);
    return field ? nullptr : "invalid date (expected YYYY-MM-DDTHH:MM:SSZ)";
}

const char* set_text(std::string_view& field, std::string_view value) {
    field = value;
    return nullptr;
}

bool is_for_key(const Entry& entry) {
    return entry.target.kind == TargetKind::key || entry.target.kind == TargetKind::certificate;
}

bool is_for_account(const Entry& entry) {
    return entry.target.kind == TargetKind::user || entry.target.kind == TargetKind::uid ||
           entry.target.kind == TargetKind::group;
}

const char* set_attribute(Entry& entry, Attribute attribute, std::string_view value) {
    switch (attribute) {
        case Attribute::uid:
            entry.uid = parse_uid(value);
            if (!entry.uid) return "invalid UID in uid=";
            return entry.target.kind == TargetKind::user ? nullptr
                                                         : "uid= is allowed for user: only";
        case Attribute::from:
            return set_time(entry.from_sec, value);
        case Attribute::until:
            return set_time(entry.until_sec, value);
        case Attribute::not_before:
            if (!is_for_account(entry))
                return "not-before= is allowed for user:, uid: and group: only";
            return set_time(entry.not_before_sec, value);
        case Attribute::at:
            return set_time(entry.at_sec, value);
        case Attribute::services:
            return set_text(entry.services, value);
        case Attribute::hosts:
            return set_text(entry.hosts, value);
        case Attribute::reason:
            return set_text(entry.reason, value);
        case Attribute::ref:
            return set_text(entry.ref, value);
        case Attribute::by:
            return set_text(entry.by, value);
        case Attribute::serial:
            if (!are_serials(value)) return "invalid serial= (expected N or N-M)";
            entry.serial = value;
            break;
        case Attribute::keyid:
            // Key IDs of a login are truncated at this length: a longer keyid= would never match.
            if (value.size() > kMaxKeyIdBytes)
                return "keyid= is longer than 1024 bytes; revoke the serial or the CA";
            entry.keyid = value;
            break;
        case Attribute::user:
            if (!is_for_key(entry)) return "user= is allowed for key: and cert: only";
            return set_text(entry.user, value);
        case Attribute::count:
            break;
    }
    return entry.target.kind == TargetKind::certificate
               ? nullptr
               : "serial= and keyid= are allowed for cert: only";
}

const char* take_attribute(Entry& entry, std::string_view& rest, unsigned& seen) {
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) return "neither an attribute nor a comment";
    const std::string_view key(rest.data(), equals);
    rest.remove_prefix(equals + 1);
    for (std::size_t i = 0; i < kAttributes.size(); ++i) {
        if (key != kAttributes[i]) continue;
        if ((seen & (1U << i)) != 0) return "duplicate attribute";
        seen |= 1U << i;
        std::string_view value;
        if (const char* reason = take_value(rest, value)) return reason;
        return set_attribute(entry, static_cast<Attribute>(i), value);
    }
    return "unknown attribute";
}

Line bad(const char* reason) { return Line{LineKind::bad, {}, 0, reason}; }

Line parse_entry(std::string_view text) {
    Line line{LineKind::entry, {}, 0, nullptr};
    std::string_view word;
    if (const char* reason = take_target(text, word)) return bad(reason);
    const auto target = parse_target(word, &line.reason);
    if (!target) return bad(line.reason);
    line.entry.target = *target;
    unsigned seen = 0;
    for (skip_blanks(text); !text.empty() && text.front() != '#'; skip_blanks(text))
        if (const char* reason = take_attribute(line.entry, text, seen)) return bad(reason);
    return line;
}

Line parse_directive(std::string_view text) {
    const std::string_view word = take_until_blank(text);
    skip_blanks(text);
    const std::string_view value = take_until_blank(text);
    skip_blanks(text);
    const bool ends = text.empty() || text.front() == '#';
    if (word == "%issued" || word == "%expires") {
        const auto time = parse_time(value);
        // Ignored, it would make an outdated list valid forever.
        if (!time || !ends)
            return Line{LineKind::unsupported,
                        {},
                        0,
                        "invalid %issued or %expires (expected YYYY-MM-DDTHH:MM:SSZ)"};
        return Line{word == "%issued" ? LineKind::issued : LineKind::expires, {}, *time, nullptr};
    }
    if (!ends) return bad("unexpected text after the value");
    if (word != "%serial") return bad("unknown % line (expected %serial, %issued or %expires)");
    const auto serial = parse_number<std::int64_t>(value);
    if (!serial || *serial < 0) return bad("invalid %serial (expected a number)");
    return Line{LineKind::serial, {}, *serial, nullptr};
}

template <typename Text>
void print_value(std::string_view key, std::string_view value, Text& text) {
    if (!value.empty()) text.append(' ').append(key).append("=\"").append(value).append('"');
}

template <typename Text>
void print_word(std::string_view key, std::string_view value, Text& text) {
    text.append(' ').append(key).append('=').append(value);
}

}  // namespace

Line parse_line(std::string_view text) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.starts_with(kListHeaderStem))
        return text == kListHeader ? Line{LineKind::header, {}, 0, nullptr}
                                   : Line{LineKind::unsupported, {}, 0, "unsupported version"};
    // The length before trimming: readers of an indexed line read no more than that.
    const bool too_long = text.size() > kMaxLineBytes;
    skip_blanks(text);
    if (text.starts_with('#') || (text.empty() && !too_long)) return {};
    if (too_long) return bad("line too long");
    if (has_control_byte(text))
        for (const char c : text)
            if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f)
                return bad("line contains a control byte");
    return text.front() == '%' ? parse_directive(text) : parse_entry(text);
}

FixedText<kMaxLineBytes> print_entry(const Entry& entry) {
    FixedText<kMaxLineBytes> text(kind_word(entry.target.kind));
    text.append(':');
    if (entry.target.kind == TargetKind::uid) text.append_number(entry.target.uid);
    const std::string_view quote = needs_quotes(entry.target.name) ? "\"" : "";
    text.append(quote).append(entry.target.name).append(quote);
    if (entry.uid) text.append(" uid=").append_number(*entry.uid);
    if (entry.from_sec) print_word("from", print_time(*entry.from_sec).view(), text);
    if (entry.until_sec) print_word("until", print_time(*entry.until_sec).view(), text);
    if (entry.not_before_sec)
        print_word("not-before", print_time(*entry.not_before_sec).view(), text);
    print_value("user", entry.user, text);
    print_value("services", entry.services, text);
    print_value("hosts", entry.hosts, text);
    print_value("serial", entry.serial, text);
    print_value("keyid", entry.keyid, text);
    print_value("ref", entry.ref, text);
    print_value("by", entry.by, text);
    if (entry.at_sec) print_word("at", print_time(*entry.at_sec).view(), text);
    print_value("reason", entry.reason, text);
    return text;
}

}  // namespace pam_revoke
