// list_edit.hpp - changing the text of a list without touching what somebody else wrote in it.
//
// Pure: text in, text out; comments and lines that are not understood stay where they are.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/list/list.hpp"
#include "revoke/store/edit.hpp"

namespace pam_revoke {

// Says why a text must not be changed, or nothing: it is no list, of another version, or was cut at
// its end.
// Errors: none.
[[nodiscard]] const char* why_not_editable(std::string_view text);

struct BadLine {
    std::uint64_t number = 0;
    std::string reason;
};

struct ListCheck {
    std::uint64_t entries = 0;
    std::vector<BadLine> bad;  // number 0 speaks of the file as a whole
};

// Looks at all of a list, as revokectl verify does.
// Units:  now_sec: seconds since 1970; a list that has expired by then is not sound.
// Errors: none.
[[nodiscard]] ListCheck check_list(std::string_view text, std::int64_t now_sec);

// An entry that lives as long as it is needed, not only as long as its line.
// Units:  offset: bytes from the start of the text.
struct OwnedEntry {
    std::string line;
    std::uint64_t number = 0;  // of the line, where all entries were asked for
    std::size_t offset = 0;
    // Units: valid while this object is.
    [[nodiscard]] Entry entry() const { return parse_line(line).entry; }
};

// All entries, in the order of their lines.
// Errors: none; lines that are not understood are left out.
[[nodiscard]] std::vector<OwnedEntry> list_entries(std::string_view text);

// The entries for `target`, without looking closely at others.
// Errors: none.
[[nodiscard]] std::vector<OwnedEntry> entries_for(std::string_view text, const Target& target);

// The entries for the target of `like` that also have its serial= and keyid=: each of these is an
// entry of its own.
// Errors: none.
[[nodiscard]] std::vector<OwnedEntry> entries_like(std::string_view text, const Entry& like);

// What puts `entry` into the list, in the place of `old`, the entries with the same target.
// Units:  text: empty for a new list; old: what entries_for() found in it; list: its path, for
//         messages.
// Errors: malformed (object: list) when the text is no list of our version, was cut at its end, or
//         the entry is too long.
[[nodiscard]] Result<Edits> edits_to_add(std::string_view text, const std::vector<OwnedEntry>& old,
                                         const Entry& entry, std::string_view list);

// What takes the entries for `target` out; nothing when there are none. A list of which nothing
// else is left gets a header.
// Errors: malformed, as above.
[[nodiscard]] Result<Edits> edits_to_remove(std::string_view text, const Entry& like,
                                            std::string_view list);

}  // namespace pam_revoke
