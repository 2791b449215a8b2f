#include "revoke/logind/logout_arguments.hpp"

#include "unit.hpp"

using namespace pam_revoke;

namespace {

std::string joined(const std::vector<std::string_view>& words) {
    std::string text;
    for (const std::string_view word : words) text += std::string(word) + " ";
    return text;
}

}  // namespace

Test(logout_arguments, commands) {
    const struct {
        std::vector<std::string_view> words;
        LogoutCommand command;
        const char* uid;
        const char* cn;
    } rows[] = {
        {{"query", "-u", "alice", "-c", "Alice"}, LogoutCommand::query, "alice", "Alice"},
        {{"logout", "--uid=alice", "--cn", "A B"}, LogoutCommand::logout, "alice", "A B"},
        {{"logout", "--user", "1000", "-cA"}, LogoutCommand::logout, "1000", "A"},
        {{"-v", "query", "-u=a", "-c="}, LogoutCommand::query, "a", ""},
        {{"query", "-u", "-7", "-c", "x"}, LogoutCommand::query, "-7", "x"},
        {{"list"}, LogoutCommand::list, "", ""},
    };
    for (const auto& row : rows) {
        const LogoutParse parse = parse_logout_arguments(row.words);
        EXPECT_ROW(parse.arguments.has_value() && parse.error.empty(), joined(row.words));
        if (!parse.arguments) continue;
        EXPECT_ROW(parse.arguments->command == row.command, joined(row.words));
        EXPECT_ROW(parse.arguments->uid == row.uid, joined(row.words));
        EXPECT_ROW(parse.arguments->cn == row.cn, joined(row.words));
    }
}

Test(logout_arguments, words_that_are_not_understood) {
    const std::vector<std::vector<std::string_view>> rows = {
        {},
        {"end"},
        {"query"},
        {"query", "-u", "a"},
        {"query", "-u"},
        {"list", "-u", "a"},
        {"query", "-u", "a", "-c", "b", "-x"},
        {"query", "-u", "-c", "b"},
        {"-x", "list"},
    };
    for (const auto& words : rows) {
        const LogoutParse parse = parse_logout_arguments(words);
        EXPECT_ROW(!parse.arguments && !parse.help && !parse.error.empty(), joined(words));
    }
    for (const auto& words : {std::vector<std::string_view>{"--help"}, {"query", "-h"}, {"-vh"}})
        EXPECT_ROW(parse_logout_arguments(words).help, joined(words));
}
