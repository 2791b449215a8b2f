// import.hpp - names from elsewhere, put into a list: one a line, CSV with the reason, or a list.
//
// Pure: text in, text out.
// Source: revokectl(8), import; RFC 4180 for the quotes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/list/list.hpp"
#include "revoke/store/list_edit.hpp"

namespace pam_revoke {

// What a line that says nothing else is given. Units: at_sec, now_sec: seconds since 1970.
struct ImportDefaults {
    std::string reason;  // these three as they stand between quotes
    std::string ref;
    std::string by;
    std::int64_t now_sec = 0;
    std::function<const char*(const Entry&)>
        objection{};  // why an entry must not be added, or nullptr; empty: all may
};

struct Imported {
    Edits edits;  // what adds them to the list
    std::uint64_t added = 0;
    std::uint64_t known = 0;   // denied already, now and everywhere
    bool truncated = false;    // the last line has no newline: it may be half of one
    std::vector<BadLine> bad;  // when there is one, nothing is to be written
};

// What puts an entry for each line of `file` into the list `text`. An entry that is in the list
// already, in force and without bounds, is known and not added again; any other stays, for entries
// add up.
// Units:  seen: is told from time to time how many bytes of `file` are
// done.
// Errors: malformed (object: list, its path) when `text` cannot be edited. Lines of `file` that are
//         not understood are an outcome.
[[nodiscard]] Result<Imported> import_lines(std::string_view text, std::string_view file,
                                            const ImportDefaults& defaults, std::string_view list,
                                            const std::function<void(std::size_t bytes)>& seen);

}  // namespace pam_revoke
