#include "suggest.hpp"

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "revoke/base/json.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMaxEdits = 2;

}  // namespace

std::size_t edit_distance(std::string_view one, std::string_view other) {
    // Three rows of the table: before the last, last, current.
    std::vector<std::size_t> before(other.size() + 1);
    std::vector<std::size_t> last(other.size() + 1);
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= one.size(); ++i) {
        std::swap(before, last);
        std::swap(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= other.size(); ++j) {
            const bool is_same = one[i - 1] == other[j - 1];
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (is_same ? 0U : 1U)});
            const bool is_swap =
                i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1];
            if (is_swap) row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row.back();
}

std::optional<std::string_view> nearest(std::string_view word,
                                        std::span<const std::string_view> candidates) {
    std::size_t best = std::min(kMaxEdits, word.size() / 2) + 1;
    std::optional<std::string_view> found;
    for (const std::string_view candidate : candidates) {
        const std::size_t least = candidate.size() > word.size() ? candidate.size() - word.size()
                                                                 : word.size() - candidate.size();
        if (least >= best) continue;
        const std::size_t edits = edit_distance(word, candidate);
        if (edits < best) found = candidate;
        best = std::min(best, edits);
    }
    return found;
}

std::string did_you_mean(const std::optional<std::string_view>& suggestion,
                         std::string_view prefix) {
    if (!suggestion) return {};
    return "; did you mean '" + std::string(prefix) + display(*suggestion) + "'?";
}

}  // namespace pam_revoke
