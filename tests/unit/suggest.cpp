// Suggestions for misspelt words.
#include "suggest.hpp"

#include <array>

#include "unit.hpp"

using namespace pam_revoke;

Test(suggest, edit_distance_counts_single_edits) {
    const struct {
        std::string_view one, other;
        std::size_t edits;
    } rows[] = {
        {"", "", 0},           {"", "abc", 3},
        {"abc", "", 3},        {"alice", "alice", 0},
        {"alice", "alic", 1},  {"alice", "alicee", 1},
        {"alice", "alxce", 1}, {"alice", "alcie", 1},
        {"ab", "ba", 1},       {"kitten", "sitting", 3},
        {"check", "chekc", 1}, {"raeson", "reason", 1},
        {"ca", "abc", 3},
    };
    for (const auto& row : rows) {
        const std::string text = std::string(row.one) + " " + std::string(row.other);
        EXPECT_ROW(edit_distance(row.one, row.other) == row.edits, text);
        EXPECT_ROW(edit_distance(row.other, row.one) == row.edits, text);
    }
}

Test(suggest, nearest_is_at_most_two_edits_away) {
    const std::array<std::string_view, 6> names = {"alice",  "bob",        "list",
                                                   "import", "import-krl", "ca"};
    const struct {
        std::string_view word, found;
    } rows[] = {
        {"alcie", "alice"},   {"alicia", "alice"}, {"bpb", "bob"},
        {"lst", "list"},      {"imprt", "import"}, {"impotr-krl", "import-krl"},
        {"import", "import"}, {"albert", ""},      {"bib2", "bob"},
        {"xyz", ""},          {"x", ""},           {"", ""},
        {"cb", "ca"},         {"c", ""},           {"b", ""},
    };
    for (const auto& row : rows)
        EXPECT_ROW(nearest(row.word, names).value_or("") == row.found, row.word);
}

Test(suggest, the_first_of_equally_near_names_is_found) {
    const std::array<std::string_view, 3> names = {"carol", "carla", "carly"};
    cr_expect(nearest("carl", names) == "carol");
    cr_expect(!nearest("carl", {}));
}

Test(suggest, a_suggestion_has_no_control_bytes) {
    cr_expect(did_you_mean("a\nb") == "; did you mean 'a\\x0ab'?");
    cr_expect(did_you_mean("ref", "--") == "; did you mean '--ref'?");
    cr_expect(did_you_mean(std::nullopt).empty());
}
