// edit.hpp - places of a text and what comes there instead, so that a large text can be changed
// without being copied.
//
// Pure: no files, no clock.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pam_revoke {

// One place. Units: begin, size: bytes of the old text.
struct Edit {
    std::size_t begin = 0;
    std::size_t size = 0;
    std::string text;
};

// Several, in the order of their places, apart from each other.
using Edits = std::vector<Edit>;

// Calls take(std::string_view) with each piece of the new text, until it says false; says whether
// it never did.
// Errors: none.
template <typename Take>
[[nodiscard]] bool each_piece(std::string_view text, const Edits& edits, Take take) {
    std::size_t at = 0;
    for (const Edit& edit : edits) {
        if (!take(text.substr(at, edit.begin - at)) || !take(std::string_view(edit.text)))
            return false;
        at = edit.begin + edit.size;
    }
    return take(text.substr(at));
}

// The new text.
// Errors: none.
[[nodiscard]] inline std::string edited(std::string_view text, const Edits& edits) {
    std::string changed;
    (void)each_piece(text, edits,
                     [&](std::string_view piece) { return changed.append(piece), true; });
    return changed;
}

}  // namespace pam_revoke
