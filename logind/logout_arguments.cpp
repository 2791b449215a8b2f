#include "revoke/logind/logout_arguments.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace pam_revoke {
namespace {

struct Option {
    char letter;
    std::string_view word;
    bool has_value;
};

constexpr std::array<Option, 2> kMainOptions = {
    {{'h', "--help", false}, {'v', "--verbose", false}}};
constexpr std::array<Option, 3> kQueryOptions = {
    {{'h', "--help", false}, {'u', "--uid", true}, {'c', "--cn", true}}};
constexpr std::array<Option, 1> kListOptions = {{{'h', "--help", false}}};
// In the order of LogoutCommand.
constexpr std::array<std::string_view, 3> kCommands = {"query", "logout", "list"};
// Accepted in full only. The first description of the contract had it instead of --uid.
constexpr std::string_view kAlias = "--user";

struct Word {
    bool is_option = false;
    const Option* option = nullptr;         // null: unknown
    std::optional<std::string_view> value;  // the value in the same word
};

bool is_negative_number(std::string_view text) {
    text.remove_prefix(1);
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == std::string_view::npos) return !text.empty();
    if (text[digits] != '.') return false;
    text.remove_prefix(digits + 1);
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

const Option* find_long(std::span<const Option> options, std::string_view word) {
    for (const Option& option : options)
        if (option.word.starts_with(word) || (word == kAlias && option.letter == 'u'))
            return &option;
    return nullptr;
}

const Option* find_letter(std::span<const Option> options, char letter) {
    const auto at = std::find_if(options.begin(), options.end(), [letter](const Option& option) {
        return option.letter == letter;
    });
    return at == options.end() ? nullptr : &*at;
}

// No two options of a parser have the same initial, so no abbreviation is ambiguous.
Word classify(std::span<const Option> options, std::string_view text) {
    if (text.size() < 2 || text[0] != '-') return {};
    if (text.starts_with("--")) {
        const std::size_t equals = text.find('=');
        const Option* option =
            text.size() > 2 ? find_long(options, text.substr(0, equals)) : nullptr;
        if (option != nullptr)
            return {true, option,
                    equals == std::string_view::npos ? std::nullopt
                                                     : std::optional(text.substr(equals + 1))};
    } else if (const Option* option = find_letter(options, text[1])) {
        if (text.size() == 2) return {true, option, std::nullopt};
        return {true, option, text.substr(text[2] == '=' ? 3 : 2)};
    }
    if (is_negative_number(text) || (text.find(' ') != std::string_view::npos && text != "--"))
        return {};
    return {true, nullptr, std::nullopt};
}

class Parser {
public:
    explicit Parser(const std::vector<std::string_view>& words) : words_(words) {}

    LogoutParse run() {
        for (; at_ < words_.size() && !stopped_; ++at_) take_main_word();
        if (stopped_) return result_;
        if (!result_.arguments) return complain("the following arguments are required: command");
        if (!unknown_.empty()) return complain("unrecognized arguments:" + unknown_);
        return result_;
    }

private:
    LogoutParse& complain(const std::string& text) {
        if (result_.error.empty()) result_.error = text;
        result_.arguments.reset();
        stopped_ = true;
        return result_;
    }

    // Takes options without values, also joined: -vv, -vh.
    void take_flags(std::span<const Option> options, const Word& word) {
        const Option* option = word.option;
        std::string_view rest = word.value.value_or("");
        const bool is_long = words_[at_].starts_with("--");
        if (word.value && (is_long || rest.empty()))
            return void(complain("argument " + std::string(option->word) + ": takes no value"));
        bool asks_for_help = false;
        for (;;) {
            if (option->letter == 'h') asks_for_help = true;
            if (rest.empty()) break;
            option = find_letter(options, rest.front());
            if (option == nullptr)
                return void(
                    complain("argument " + std::string(word.option->word) + ": takes no value"));
            rest.remove_prefix(1);
        }
        result_.help = stopped_ = asks_for_help;
    }

    void take_main_word() {
        const std::string_view text = words_[at_];
        const Word word = classify(kMainOptions, text);
        if (!word.is_option) return take_command(text);
        if (word.option != nullptr) return take_flags(kMainOptions, word);
        unknown_ += " " + std::string(text);
    }

    void take_command(std::string_view text) {
        LogoutArguments arguments;
        const auto at = std::find(kCommands.begin(), kCommands.end(), text);
        if (at == kCommands.end())
            return void(complain("argument command: invalid choice: '" + std::string(text) +
                                 "' (choose from query, logout, list)"));
        arguments.command = static_cast<LogoutCommand>(at - kCommands.begin());
        const bool is_list = arguments.command == LogoutCommand::list;
        const std::span<const Option> options = is_list ? std::span<const Option>(kListOptions)
                                                        : std::span<const Option>(kQueryOptions);
        for (++at_; at_ < words_.size() && !stopped_; ++at_) take_option(options, arguments);
        if (stopped_) return;
        if (!is_list && (!has_uid_ || !has_cn_))
            return void(complain("the following arguments are required: " +
                                 std::string(has_uid_  ? ""
                                             : has_cn_ ? "-u/--uid"
                                                       : "-u/--uid, ") +
                                 (has_cn_ ? "" : "-c/--cn")));
        result_.arguments = arguments;
    }

    void take_option(std::span<const Option> options, LogoutArguments& arguments) {
        const Word word = classify(options, words_[at_]);
        if (word.option == nullptr) return void(unknown_ += " " + std::string(words_[at_]));
        if (!word.option->has_value) return take_flags(options, word);
        std::string_view value;
        if (word.value) {
            value = *word.value;
        } else {
            if (at_ + 1 == words_.size() || classify(options, words_[at_ + 1]).is_option)
                return void(complain("argument -" + std::string(1, word.option->letter) + "/" +
                                     std::string(word.option->word) + ": expected one argument"));
            value = words_[++at_];
        }
        const bool is_uid = word.option->letter == 'u';
        (is_uid ? arguments.uid : arguments.cn) = value;
        (is_uid ? has_uid_ : has_cn_) = true;
    }

    const std::vector<std::string_view>& words_;
    std::size_t at_ = 0;
    LogoutParse result_;
    std::string unknown_;
    bool has_uid_ = false;
    bool has_cn_ = false;
    bool stopped_ = false;
};

}  // namespace

LogoutParse parse_logout_arguments(const std::vector<std::string_view>& words) {
    return Parser(words).run();
}

}  // namespace pam_revoke
