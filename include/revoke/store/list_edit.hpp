// list_edit.hpp - edits the text of a list; comments and invalid lines stay where they are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/list/list.hpp"
#include "revoke/store/edit.hpp"

namespace pam_revoke {

// Returns `text` escaped for a quoted value in a list.
// Errors: none.
[[nodiscard]] std::string quoted(std::string_view text);

// Returns user:alice or uid:1042.
// Errors: none.
[[nodiscard]] std::string text_of(const Target& target);
// Returns the same; for a certificate also serial= and keyid=.
// Errors: none.
[[nodiscard]] std::string text_of(const Entry& entry);

// Returns why a text must not be changed (not a list, unsupported version, truncated), or nullptr.
// Errors: none.
[[nodiscard]] const char* why_not_editable(std::string_view text);

struct BadLine {
    std::uint64_t number = 0;
    std::string reason;
};

struct ListCheck {
    std::uint64_t entries = 0;
    std::vector<BadLine> bad;  // number 0: the file as a whole
};

// Checks all of a list, as revokectl verify does.
// Units:  now_sec: seconds since 1970; a list that has expired by then is invalid.
// Errors: none.
[[nodiscard]] ListCheck check_list(std::string_view text, std::int64_t now_sec);

// An entry that owns its line.
// Units:  offset: bytes from the start of the text.
struct OwnedEntry {
    std::string line;
    std::uint64_t number = 0;  // of the line, set by list_entries()
    std::size_t offset = 0;
    // Units:  valid as long as this object.
    [[nodiscard]] Entry entry() const { return parse_line(line).entry; }
};

// Returns all entries, in the order of their lines.
// Errors: none; invalid lines are omitted.
[[nodiscard]] std::vector<OwnedEntry> list_entries(std::string_view text);

// Returns the entries for `target`; most other lines are not parsed.
// Errors: none.
[[nodiscard]] std::vector<OwnedEntry> entries_for(std::string_view text, const Target& target);

// Returns the entries with the same target, serial= and keyid= as `like`; each of these is a
// separate entry.
// Errors: none.
[[nodiscard]] std::vector<OwnedEntry> entries_like(std::string_view text, const Entry& like);

// Returns edits that put `entry` in the place of `old`, the entries with the same target.
// Units:  text: empty for a new list; old: what entries_for() found in it; list: its path, for
//         messages.
// Errors: malformed (object: list) if the text is not a list, of an unsupported version or
//         truncated, or if the entry is too long.
[[nodiscard]] Result<Edits> edits_to_add(std::string_view text, const std::vector<OwnedEntry>& old,
                                         const Entry& entry, std::string_view list);

// Returns edits that remove the entries like `like`; empty if there are none. A list without other
// entries gets a header.
// Errors: malformed, as above.
[[nodiscard]] Result<Edits> edits_to_remove(std::string_view text, const Entry& like,
                                            std::string_view list);

}  // namespace pam_revoke
