// suggest.hpp - suggestions for misspelt words.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pam_revoke {

// Returns the distance between two words: insertions, deletions and replacements of a byte, swaps
// of two adjacent bytes.
// Units:  edits.
// Errors: none.
// Source: optimal string alignment; Damerau, "A technique for computer detection and correction of
//         spelling errors", 1964.
[[nodiscard]] std::size_t edit_distance(std::string_view one, std::string_view other);

// Returns the first of the nearest candidates: at most two edits, and at most half the bytes of
// `word`.
// Errors: none; nothing if no candidate is that near.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

// Returns "; did you mean 'alice'?", or nothing without a suggestion.
// Errors: none.
[[nodiscard]] std::string did_you_mean(const std::optional<std::string_view>& suggestion,
                                       std::string_view prefix = "");

}  // namespace pam_revoke
