// edit.hpp - edits of a text, so that a large text can be changed without a copy.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pam_revoke {

// Replaces `size` bytes at `begin` by `text`. Units: begin, size: bytes of the old text.
struct Edit {
    std::size_t begin = 0;
    std::size_t size = 0;
    std::string text;
};

// In the order of their positions, without overlap.
using Edits = std::vector<Edit>;

// Calls take(std::string_view) for each piece of the new text; stops and returns false if it
// returns false.
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

// Returns the new text.
// Errors: none.
[[nodiscard]] inline std::string edited(std::string_view text, const Edits& edits) {
    std::string changed;
    (void)each_piece(text, edits,
                     [&](std::string_view piece) { return changed.append(piece), true; });
    return changed;
}

}  // namespace pam_revoke
