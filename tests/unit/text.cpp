#include "revoke/base/text.hpp"

#include <array>
#include <string>
#include <vector>

#include "unit.hpp"

using namespace pam_revoke;

Test(text, a_part_ends_at_its_separator_or_at_the_end) {
    std::string_view rest = "a:b::c";
    cr_expect(take_until(rest, ':') == "a" && rest == "b::c");
    cr_expect(take_until(rest, ':') == "b" && rest == ":c");
    cr_expect(take_until(rest, ':') == "" && rest == "c");
    cr_expect(take_until(rest, ':') == "c" && rest.empty());
    cr_expect(take_until(rest, ':') == "" && rest.empty());
}

Test(text, items_lose_their_blanks_and_empty_ones_are_none) {
    const struct {
        std::string_view list;
        std::vector<std::string_view> items;
    } rows[] = {
        {"", {}},         {",, ,", {}},           {"a", {"a"}}, {" a , b", {"a", "b"}},
        {"a b", {"a b"}}, {"a,,b ,", {"a", "b"}},
    };
    for (const auto& row : rows) {
        std::vector<std::string_view> items;
        for_each_item(row.list, [&items](std::string_view item) { items.push_back(item); });
        EXPECT_ROW(items == row.items, row.list);
    }
    int asked = 0;
    cr_expect(any_item("a,b,c", [&asked](std::string_view item) { return ++asked, item == "b"; }));
    cr_expect(asked == 2, "the item behind the one that was found is not asked about");
    cr_expect(!any_item("a,b", [](std::string_view) { return false; }));
}

Test(text, names_end_with_a_nul) {
    const std::string_view names("staff\0ops\0", 10);
    cr_expect(any_name(names, [](std::string_view name) { return name == "ops"; }));
    cr_expect(!any_name(names, [](std::string_view name) { return name.empty(); }));
}

Test(text, lines_are_counted_from_one) {
    std::string seen;
    for_each_line("a\n\nb", [&seen](std::string_view line, std::uint64_t number) {
        seen += std::to_string(number) + "=" + std::string(line) + ";";
    });
    cr_expect(seen == "1=a;2=;3=b;", "%s", seen.c_str());
}

Test(text, numbers_are_read_to_the_last_byte) {
    cr_expect(parse_number<std::uint64_t>("18446744073709551615") == UINT64_MAX);
    cr_expect(parse_number<std::int64_t>("-5") == -5);
    for (const std::string_view text : {"", " 1", "1 ", "+1", "-1", "1x", "18446744073709551616"})
        EXPECT_ROW(!parse_number<std::uint64_t>(text), text);
    std::string_view rest = "17 behind";
    cr_expect(take_number<unsigned>(rest) == 17U && rest == " behind");
    cr_expect(!take_number<unsigned>(rest) && rest == " behind", "what is no number stays");
}

// Canonical and invalid base64. Source: RFC 4648, section 10.
Test(text, base64) {
    std::array<char, 8> buffer;
    for (const auto& [text, bytes] : {std::pair("Zg==", "f"), std::pair("Zm8=", "fo"),
                                      std::pair("Zm9v", "foo"), std::pair("Zm9vYmFy", "foobar")}) {
        EXPECT_ROW(decode_base64(text, buffer) == bytes, text);
        FixedText<16> printed;
        std::vector<std::uint8_t> plain;
        for (const char c : std::string_view(bytes)) plain.push_back(static_cast<std::uint8_t>(c));
        append_base64(printed, plain);
        const std::string_view digits = text;
        EXPECT_ROW(printed.view() == digits.substr(0, digits.find('=')), text);
    }
    for (const std::string_view text :
         {"", "Zg", "Zh==", "Zm9=", "Zm9v=", "Z-9v", "Zm9vYmFyZm9v", "===="})
        EXPECT_ROW(!decode_base64(text, buffer), text);
}
