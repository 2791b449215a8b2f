// import.hpp - adds entries to a list, from one name or public key per line, CSV with a reason, or
// another list.
//
// Source: revokectl(8), import; RFC 4180 for the quotes.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/list/list.hpp"
#include "revoke/store/list_edit.hpp"

namespace pam_revoke {

// Values for lines without their own. Units: now_sec: seconds since 1970.
struct ImportDefaults {
    std::string reason;  // these three are escaped for quotes
    std::string ref;
    std::string by;
    std::int64_t now_sec = 0;
    // Returns why an entry must not be added, or nullptr; empty: all may be added.
    std::function<const char*(const Entry&)> objection{};
    // Returns the UID of a user, for entries without one and without hosts=; empty: none is added.
    std::function<std::optional<std::uint32_t>(const std::string& name)> uid_of{};
    // Returns the fingerprint of a line that is a public key, no value for another line, or why the
    // key is not imported; empty: no line is a key.
    std::function<Result<std::optional<std::string>>(std::string_view line)> key_in{};
};

struct Imported {
    Edits edits;  // that add the entries
    std::uint64_t added = 0;
    std::string last_user;     // the last target added that is a user or a UID
    std::uint64_t known = 0;   // already in force without limits
    bool truncated = false;    // no newline at the end: the last line may be incomplete
    std::vector<BadLine> bad;  // not added
    bool is_refused = false;   // the file as a whole is unsound, and the caller must write nothing
};

// Returns edits that add an entry for each line of `file` to the list `text`. An entry that the
// list already has without limits is known and not added again; others stay, since entries add up.
// Units:  seen: called from time to time with the number of bytes of `file` that are done.
// Errors: malformed (object: list, its path) if `text` cannot be edited. Invalid lines of `file`
//         are not errors.
[[nodiscard]] Result<Imported> import_lines(std::string_view text, std::string_view file,
                                            const ImportDefaults& defaults, std::string_view list,
                                            const std::function<void(std::size_t bytes)>& seen);

}  // namespace pam_revoke
