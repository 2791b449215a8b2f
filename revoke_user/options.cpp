#include "options.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <variant>
#include <vector>

#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "suggest.hpp"

namespace pam_revoke {
namespace {

using Flag = bool Arguments::*;
using Text = std::string Arguments::*;
using Selected = std::string Selection::*;
struct Mark {};  // only recorded as given

// Reserved for options of later versions.
struct Reserved {};

struct Row {
    Option option;
    std::string_view name;
    std::variant<Mark, Reserved, Flag, Text, Selected> place;
};

constexpr std::array kRows = {
    Row{Option::address, "address", &Selection::address},
    Row{Option::all, "all", &Arguments::all},
    Row{Option::ca, "ca", &Arguments::ca},
    Row{Option::cert, "cert", &Arguments::cert},
    Row{Option::conf, "conf", &Arguments::conf},
    Row{Option::descendants, "descendants", &Arguments::descendants},
    Row{Option::dry_run, "dry-run", &Arguments::dry_run},
    Row{Option::everywhere, "everywhere", Reserved{}},
    Row{Option::fleet, "fleet", Reserved{}},
    Row{Option::force, "force", &Arguments::force},
    Row{Option::from, "from", &Arguments::from},
    Row{Option::help, "help", Mark{}},
    Row{Option::json, "json", &Arguments::json},
    Row{Option::key, "key", &Arguments::key},
    Row{Option::key_id, "key-id", &Arguments::key_id},
    Row{Option::log_out, "log-out", &Arguments::log_out},
    Row{Option::no_end, "no-end", &Arguments::no_end},
    Row{Option::now, "now", &Arguments::now},
    Row{Option::quiet, "quiet", &Arguments::quiet},
    Row{Option::reason, "reason", &Arguments::reason},
    Row{Option::ref, "ref", &Arguments::ref},
    Row{Option::root, "root", &Arguments::root},
    Row{Option::serial, "serial", &Arguments::serial},
    Row{Option::service, "service", &Selection::service},
    Row{Option::session, "session", &Selection::session},
    Row{Option::timeout, "timeout", Reserved{}},
    Row{Option::tty, "tty", &Selection::tty},
    Row{Option::undo, "undo", Mark{}},
    Row{Option::until, "until", &Arguments::until},
    Row{Option::user, "user", &Arguments::user},
    Row{Option::version, "version", Mark{}},
    Row{Option::warn, "warn", &Arguments::warn},
    Row{Option::yes, "yes", &Arguments::yes},
};

constexpr OptionSet kEndsReading = {Option::help, Option::version};
constexpr OptionSet kMayBeEmpty = {Option::reason, Option::ref};

bool has_value(const Row& row) {
    return std::holds_alternative<Text>(row.place) || std::holds_alternative<Selected>(row.place);
}

const Row* find_row(std::string_view name) {
    const auto row = std::find_if(kRows.begin(), kRows.end(),
                                  [name](const Row& each) { return each.name == name; });
    return row == kRows.end() ? nullptr : &*row;
}

// A word that begins with '-': --NAME, --NAME=VALUE or -X.
struct OptionWord {
    std::string_view name;
    std::optional<std::string_view> value;

    explicit OptionWord(std::string_view word) {
        if (word == "-h") name = "help";
        if (word == "-V") name = "version";
        if (!word.starts_with("--")) return;
        const std::size_t equals = word.find('=');
        name = word.substr(2, equals == std::string_view::npos ? equals : equals - 2);
        if (equals != std::string_view::npos) value = word.substr(equals + 1);
    }
};

// Returns a suggestion for a word that is no option of this command.
std::string suggestion_for(std::string_view name, OptionSet allowed) {
    std::vector<std::string_view> names;
    for (const Row& row : kRows)
        if (allowed.has(row.option) && !std::holds_alternative<Reserved>(row.place))
            names.push_back(row.name);
    // A prefix of exactly one name suggests that name.
    const auto is_begun = [name](std::string_view each) { return each.starts_with(name); };
    if (!name.empty() && std::count_if(names.begin(), names.end(), is_begun) == 1)
        return did_you_mean(*std::find_if(names.begin(), names.end(), is_begun), "--");
    return did_you_mean(nearest(name, names), "--");
}

class Reader {
public:
    Reader(std::span<const std::string_view> words, OptionSet allowed, std::string_view title)
        : words_(words), allowed_(allowed), title_(title) {}

    ParsedWords read() {
        bool only_operands = false;
        while (parsed_.error.empty() && at_ < words_.size()) {
            const std::string_view word = words_[at_++];
            if (!only_operands && word == "--")
                only_operands = true;
            else if (!only_operands && word.size() > 1 && word.front() == '-')
                take_option(word);
            else
                take_operand(word);
            if (parsed_.given.has_any(kEndsReading)) break;
        }
        return std::move(parsed_);
    }

private:
    void take_operand(std::string_view word) {
        if (!parsed_.arguments.subject.empty())
            parsed_.error = compose("unexpected argument '{}'", display(word));
        else if (word.empty())  // an unset variable of a script
            parsed_.error = "empty argument";
        else
            parsed_.arguments.subject = word;
    }

    void take_option(std::string_view word) {
        const OptionWord option(word);
        const Row* row = find_row(option.name);
        if (row == nullptr)
            parsed_.error =
                compose("unknown option '{}'{}", display(word.substr(0, word.find('='))),
                        suggestion_for(option.name, allowed_));
        else if (!allowed_.has(row->option))
            parsed_.error = find_unexpected_option({row->option}, allowed_, title_);
        else if (std::holds_alternative<Reserved>(row->place))
            parsed_.error = compose("option '--{}' is reserved for a later version", row->name);
        else if (has_value(*row))
            take_value(*row, option.value);
        else if (option.value)
            parsed_.error = compose("option '--{}' takes no value", row->name);
        else
            set_flag(*row);
    }

    void set_flag(const Row& row) {
        parsed_.given.add(row.option);
        if (const Flag* flag = std::get_if<Flag>(&row.place)) parsed_.arguments.*(*flag) = true;
    }

    void take_value(const Row& row, std::optional<std::string_view> value) {
        if (!value && at_ == words_.size()) {
            parsed_.error = compose("option '--{}' needs a value", row.name);
            return;
        }
        const std::string_view text = value ? *value : words_[at_++];
        // An unset variable of a script; an empty selection would match every session.
        if (text.empty() && !kMayBeEmpty.has(row.option))
            parsed_.error = compose("option '--{}' has an empty value", row.name);
        parsed_.given.add(row.option);
        Arguments& arguments = parsed_.arguments;
        if (const Text* place = std::get_if<Text>(&row.place)) arguments.*(*place) = text;
        if (const Selected* place = std::get_if<Selected>(&row.place))
            arguments.selection.*(*place) = text;
    }

    std::span<const std::string_view> words_;
    OptionSet allowed_;
    std::string_view title_;
    std::size_t at_ = 0;
    ParsedWords parsed_;
};

}  // namespace

std::string name_of(Option option) {
    const auto row = std::find_if(kRows.begin(), kRows.end(),
                                  [option](const Row& each) { return each.option == option; });
    return compose("--{}", row->name);
}

bool takes_next_word(std::string_view word) {
    const OptionWord option(word);
    const Row* row = find_row(option.name);
    return row != nullptr && has_value(*row) && !option.value;
}

ParsedWords parse_words(std::span<const std::string_view> words, OptionSet allowed,
                        std::string_view title) {
    return Reader(words, allowed, title).read();
}

std::string find_unexpected_option(OptionSet given, OptionSet allowed, std::string_view title) {
    for (const Row& row : kRows)
        if (given.has(row.option) && !allowed.has(row.option))
            return compose("option '--{}' cannot be used with '{}'", row.name, title);
    return {};
}

}  // namespace pam_revoke
