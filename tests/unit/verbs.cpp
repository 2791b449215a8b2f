// The verbs of revokectl: their names, and the help of each.
#include "verbs.hpp"

#include "unit.hpp"

using namespace pam_revoke;

Test(verbs, unknown_verbs_name_their_package_or_the_nearest) {
    cr_expect(describe_unknown_verb("status") == "status: not installed; install pam-revoke-agent");
    cr_expect(describe_unknown_verb("sign") == "sign: not installed; install pam-revoke-relay");
    cr_expect(describe_unknown_verb("chekc") == "unknown verb 'chekc'; did you mean 'check'?");
    cr_expect(describe_unknown_verb("frobnicate") == "unknown verb 'frobnicate'");
    cr_expect(describe_unknown_verb("a\nb") == "unknown verb 'a\\x0ab'");
}

Test(verbs, external_verbs_are_lower_case_words) {
    for (const std::string_view verb : {"status", "my-verb", "a"})
        EXPECT_ROW(may_be_external(verb), verb);
    for (const std::string_view verb : {"", "-x", "a/b", "..", "a.b", "A", "a b", "\xc3\xbc", "a1"})
        EXPECT_ROW(!may_be_external(verb), verb);
}

// The help of a command lists each of its options, and no other.
namespace {

bool has_word(std::string_view text, const std::string& word) {
    for (std::size_t at = text.find(word); at != std::string_view::npos;
         at = text.find(word, at + 1)) {
        const char next = at + word.size() < text.size() ? text[at + word.size()] : ' ';
        if (next != '-' && (next < 'a' || next > 'z')) return true;
    }
    return false;
}

bool is_reserved(Option option) {
    return option == Option::fleet || option == Option::timeout || option == Option::everywhere;
}

void expect_help_of(const Command& command, std::size_t max_lines) {
    const std::string_view help(command.help);
    std::size_t lines = 0;
    for (std::size_t at = 0; at < help.size(); ++lines) {
        const std::size_t end = help.find('\n', at);
        cr_assert(end != std::string_view::npos);
        EXPECT_ROW(end - at <= 80, help.substr(at, end - at));
        at = end + 1;
    }
    EXPECT_ROW(lines <= max_lines, command.title);
    for (int number = 0; number <= static_cast<int>(Option::yes); ++number) {
        const auto option = static_cast<Option>(number);
        const bool is_named = has_word(help, name_of(option));
        EXPECT_ROW(is_named == (command.options.has(option) && !is_reserved(option)),
                   std::string(command.title) + " " + name_of(option));
    }
}

}  // namespace

Test(verbs, help_names_each_option_of_its_command) {
    expect_help_of(kRevokeUser, 40);
    for (const Command& command : verbs()) {
        expect_help_of(command, 25);
        EXPECT_ROW(has_word(kRevokectl.help, std::string(command.verb())), command.title);
        EXPECT_ROW(
            std::string_view(command.help).starts_with("usage: " + std::string(command.title)),
            command.title);
    }
}
