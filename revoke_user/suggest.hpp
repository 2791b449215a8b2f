// suggest.hpp - the word that was meant when another one was typed.
//
// Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace pam_revoke {

// The edits that turn `one` into `other`: insert, delete or replace a byte, swap two neighbours.
// Units:  edits.
// Errors: none.
// Source: optimal string alignment; Damerau, "A technique for computer detection and correction of
//         spelling errors", 1964.
[[nodiscard]] std::size_t edit_distance(std::string_view one, std::string_view other);

// The first of the candidates nearest to `word`: at most two edits away, and no more than half of
// the bytes of `word`.
// Errors: none; nothing when no candidate is that near.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

// "; did you mean 'alice'?", or nothing without a suggestion.
// Errors: none.
[[nodiscard]] std::string did_you_mean(const std::optional<std::string_view>& suggestion,
                                       std::string_view prefix = "");

}  // namespace pam_revoke
