#include "revoke/store/edit.hpp"

#include "unit.hpp"

using namespace pam_revoke;

Test(edit, the_new_text) {
    const struct {
        const char* what;
        Edits edits;
        const char* text;
    } rows[] = {
        {"none", {}, "one\ntwo\n"},
        {"replaced", {{0, 3, "1"}}, "1\ntwo\n"},
        {"removed", {{0, 4, ""}}, "two\n"},
        {"inserted", {{4, 0, "x\n"}}, "one\nx\ntwo\n"},
        {"appended", {{8, 0, "x\n"}}, "one\ntwo\nx\n"},
        {"several", {{0, 1, "O"}, {4, 4, "2\n"}}, "One\n2\n"},
    };
    for (const auto& row : rows) EXPECT_ROW(edited("one\ntwo\n", row.edits) == row.text, row.what);
}

Test(edit, taking_stops_when_it_is_told_to) {
    std::string taken;
    const auto take = [&taken](std::string_view piece) { return taken.append(piece).size() < 2; };
    cr_expect(!each_piece("abcd", {{2, 1, "C"}}, take));
    cr_expect(taken == "ab");
    std::size_t pieces = 0;
    cr_expect(each_piece("", {}, [&pieces](std::string_view) { return ++pieces > 0; }));
    cr_expect(pieces == 1, "the empty rest is a piece");
}
