#include "revoke/list/target.hpp"

#include "revoke/base/text.hpp"
#include "unit.hpp"

using namespace pam_revoke;

// P16: names are bytes. A name that could break a line, path, command line or terminal is invalid.
Test(target, names) {
    const std::string longest(256, 'a');
    for (const std::string_view name : {"alice",
                                        "a",
                                        "Alice",
                                        "alice.b",
                                        "alice_b",
                                        "alice-b",
                                        "alice$",
                                        "alice@example.org",
                                        "DOMAIN\\alice",
                                        "1000",
                                        "0x3e8",
                                        "J\xc3\xbcrgen",
                                        "\xe5\xb1\xb1\xe7\x94\xb0",
                                        "+alice",
                                        "alice*",
                                        "a%b",
                                        "\xf0\x9f\x99\x82",
                                        "a b",
                                        "o'brien",
                                        "c#"})
        EXPECT_ROW(why_not_a_name(name) == nullptr, name);
    EXPECT_ROW(why_not_a_name(longest) == nullptr, longest);
    const std::string too_long(257, 'a');
    const std::string huge(4000, 'x');
    for (const std::string_view name : {std::string_view(""),
                                        std::string_view("."),
                                        std::string_view(".."),
                                        std::string_view("-alice"),
                                        std::string_view("--"),
                                        std::string_view("a/b"),
                                        std::string_view("/"),
                                        std::string_view(" ab"),
                                        std::string_view("ab "),
                                        std::string_view("a\\\\b"),
                                        std::string_view("a\tb"),
                                        std::string_view("a\nb"),
                                        std::string_view("a\rb"),
                                        std::string_view("a\0b", 3),
                                        std::string_view("a\x1b[31m"),
                                        std::string_view("a\x7f"),
                                        std::string_view("a:b"),
                                        std::string_view("a,b"),
                                        std::string_view("a\"b"),
                                        std::string_view("\xff"),
                                        std::string_view("\xc3"),
                                        std::string_view("\xc0\xaf"),
                                        std::string_view("\xed\xa0\x80"),
                                        std::string_view("\xf4\x90\x80\x80"),
                                        std::string_view("a\xc2\x85"),
                                        std::string_view("a\xe2\x80\xae"
                                                         "b"),
                                        std::string_view("a\xe2\x80\x8b"),
                                        std::string_view("\xef\xbb\xbf"
                                                         "a"),
                                        std::string_view(too_long),
                                        std::string_view(huge)})
        EXPECT_ROW(why_not_a_name(name) != nullptr, name);
}

Test(target, uids) {
    cr_expect(parse_uid("0") == 0U);
    cr_expect(parse_uid("1042") == 1042U);
    cr_expect(parse_uid("4294967294") == 4294967294U);
    for (const std::string_view text : {"", "-1", "+1", " 1", "1 ", "1x", "0x10", "4294967295",
                                        "4294967296", "99999999999999999999", "1.0"})
        EXPECT_ROW(!parse_uid(text), text);
}

Test(target, targets) {
    const char* reason = nullptr;
    const std::string print = "SHA256:" + std::string(43, 'A');
    const auto user = parse_target("user:alice", &reason);
    cr_assert(user);
    cr_expect(user->kind == TargetKind::user && user->name == "alice");
    const auto uid = parse_target("uid:1077", &reason);
    cr_assert(uid);
    cr_expect(uid->kind == TargetKind::uid && uid->uid == 1077 && uid->name.empty());
    for (const std::string& text :
         {std::string("group:staff"), "key:" + print, "cert:" + print, "ca:" + print})
        EXPECT_ROW(parse_target(text, &reason), text);
    for (const std::string_view text :
         {"", ":", "alice", "user:", "user", "User:alice", "uid:", "uid:alice", "uid:-1",
          "user: ab", "user:\"a", "user:\"a\"\"", "key:", "key:MD5:aa", "key:SHA256:short",
          "nobody:x", " user:alice"}) {
        reason = nullptr;
        EXPECT_ROW(!parse_target(text, &reason) && reason != nullptr, text);
    }
}

Test(target, serials) {
    const auto range = parse_serials("7-9");
    cr_assert(range);
    cr_expect(range->first == 7 && range->last == 9);
    cr_expect(!range->has(6) && range->has(7) && range->has(9) && !range->has(10));
    const auto one = parse_serials("18446744073709551615");
    cr_assert(one);
    cr_expect(one->has(UINT64_MAX) && !one->has(0));
    for (const std::string_view text :
         {"", "-", "7-", "-7", "9-7", "7-8-9", "7 - 8", "7-x", "18446744073709551616", "0x7"})
        EXPECT_ROW(!parse_serials(text), text);
}
