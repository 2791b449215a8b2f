// list.hpp - the text of a revocation list.
//
// No files, no clock, no allocation; an entry points into its line. An invalid line is reported and
// never hides another: every valid line is enforced.
// Source: pam_revoke.list(5) (format); sudoers(5) (error recovery).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/result.hpp"
#include "revoke/list/target.hpp"

namespace pam_revoke {

inline constexpr std::string_view kListHeader = "# pam_revoke list 1";
inline constexpr std::string_view kListHeaderStem = "# pam_revoke list ";
inline constexpr std::size_t kMaxLineBytes = 4096;
inline constexpr std::size_t kMaxKeyIdBytes = 1024;  // of a certificate
inline constexpr std::int64_t kClockSlackSec = 300;  // between the clocks of two hosts
inline constexpr std::uint64_t kMaxListBytes = std::uint64_t{1} << 30U;

// One entry. Quoted values are stored without the quotes, but with their escapes. The name of a
// target has no escapes.
// Units:  *_sec: seconds since 1970.
struct Entry {
    Target target;
    std::optional<std::uint32_t> uid;            // uid=: the UID that a renamed account keeps
    std::optional<std::int64_t> from_sec;        // in force from this second on
    std::optional<std::int64_t> until_sec;       // not in force from this second on
    std::optional<std::int64_t> not_before_sec;  // only what began before this second
    std::optional<std::int64_t> at_sec;
    std::string_view services;  // comma-separated PAM service names; empty: all
    std::string_view hosts;     // comma-separated patterns of host names; empty: all
    std::string_view reason;
    std::string_view ref;
    std::string_view by;
    std::string_view serial;  // of a certificate
    std::string_view keyid;
    std::string_view user;  // of a key or certificate: the user that it belongs to
};

enum class LineKind : std::uint8_t {
    blank,  // empty, or a comment
    header,
    serial,   // %serial N
    issued,   // %issued TIME
    expires,  // %expires TIME
    entry,
    // Unsupported version or invalid date: the list must not be relied on.
    unsupported,
    bad,
};

struct Line {
    LineKind kind = LineKind::blank;
    Entry entry;                   // for entry
    std::int64_t number = 0;       // serial: the number; issued, expires: seconds since 1970
    const char* reason = nullptr;  // bad, unsupported: why
};

// Reads one line, without its newline.
// Units:  text: at most kMaxLineBytes bytes.
// Errors: none; an invalid line is a Line of kind bad or unsupported.
// Source: pam_revoke.list(5).
[[nodiscard]] Line parse_line(std::string_view text);

// Returns `entry` as one line, without a newline.
// Units:  a line longer than kMaxLineBytes is truncated, and was_truncated() of the result is true.
// Errors: none; parse_line() of a complete result returns the same entry.
[[nodiscard]] FixedText<kMaxLineBytes> print_entry(const Entry& entry);

// Appends `raw`, the inside of a quoted value, without its escapes: \" as ", \\ as \.
// Errors: none.
template <typename Text>
void append_plain(std::string_view raw, Text& text) {
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] == '\\' && i + 1 < raw.size()) ++i;
        text.append(std::string_view(&raw[i], 1));
    }
}

// Appends `plain`, escaped for a quoted value.
// Errors: none.
template <typename Text>
void append_escaped(std::string_view plain, Text& text) {
    for (const char& c : plain) {
        if (c == '"' || c == '\\') text.append(std::string_view("\\"));
        text.append(std::string_view(&c, 1));
    }
}

}  // namespace pam_revoke
