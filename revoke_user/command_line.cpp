#include "command_line.hpp"

#include <array>
#include <utility>
#include <vector>

#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/conf/settings.hpp"
#include "revoke/list/target.hpp"

namespace pam_revoke {
namespace {

constexpr OptionSet kKeys = {Option::key, Option::cert, Option::ca};
constexpr OptionSet kParts = {Option::serial, Option::key_id};
// A log-out is written for the user, from now on, after everything was ended.
constexpr std::array kNotWithLogOut = {Option::ca,  Option::cert,   Option::from,
                                       Option::key, Option::no_end, Option::until};
constexpr std::array kSelecting = {Option::address, Option::all,     Option::descendants,
                                   Option::service, Option::session, Option::tty};

std::optional<std::int64_t> read_time(const std::string& text, std::int64_t now_sec,
                                      std::string& error) {
    if (text.empty()) return std::nullopt;
    const auto time_sec = parse_moment(text, now_sec);
    if (!time_sec)
        error = compose("invalid time '{}'{}", display(text),
                        is_address(text)
                            ? "; to select sessions by address use 'revokectl end --address'"
                            : " (expected +7d, 2026-12-01 or 2026-12-01T10:00Z)");
    return time_sec;
}

std::string find_time_error(Arguments& arguments, std::int64_t now_sec) {
    std::string error;
    arguments.from_sec = read_time(arguments.from, now_sec, error);
    if (!error.empty()) return error;
    arguments.until_sec = read_time(arguments.until, now_sec, error);
    if (!error.empty()) return error;
    if (arguments.until_sec && *arguments.until_sec <= arguments.from_sec.value_or(now_sec))
        return "'--until' is in the past, or not after '--from'";
    return {};
}

std::string find_key_error(const ParsedWords& parsed) {
    const Arguments& arguments = parsed.arguments;
    const OptionSet given = parsed.given;
    if (given.has(Option::key) + given.has(Option::cert) + given.has(Option::ca) > 1)
        return "'--key', '--cert' and '--ca' exclude each other";
    if (given.has_any(kParts) && !given.has(Option::cert))
        return "'--serial' and '--key-id' need '--cert'";
    if (given.has(Option::serial) && !are_serials(arguments.serial))
        return compose("invalid serial '{}' (expected 17 or 17-20)", display(arguments.serial));
    if (given.has(Option::user) && !given.has_any({Option::key, Option::cert}))
        return "'--user' needs '--key' or '--cert'";
    if (const char* reason = why_not_a_name(arguments.user);
        given.has(Option::user) && reason != nullptr)
        return compose("invalid name '{}': {}", display(arguments.user), reason);
    if (!given.has_any(kKeys)) return {};
    if (!arguments.subject.empty())
        return compose("a key and '{}' exclude each other", display(arguments.subject));
    for (const Option option : kSelecting) {
        // check needs a service and selects no sessions.
        if (!given.has(option) || arguments.action == Action::check) continue;
        return compose("a key selects its own sessions; it excludes '{}'", name_of(option));
    }
    return {};
}

std::string find_selection_error(const ParsedWords& parsed) {
    const Arguments& arguments = parsed.arguments;
    if (arguments.all && !arguments.subject.empty())
        return compose("'--all' and '{}' exclude each other", display(arguments.subject));
    const std::string& address = arguments.selection.address;
    if (!address.empty() && !is_address(address))
        return compose("invalid address '{}' (expected 192.0.2.7 or 2001:db8::/32)",
                       display(address));
    if (arguments.no_end && (arguments.now || arguments.descendants || !arguments.warn.empty()))
        return "'--no-end' excludes '--now', '--descendants' and '--warn'";
    for (const Option option : kNotWithLogOut)
        if (arguments.log_out && parsed.given.has(option))
            return compose("'--log-out' and '{}' exclude each other", name_of(option));
    return {};
}

// Returns an error for a missing or unexpected argument.
std::string find_operand_error(const ParsedWords& parsed, Operand operand) {
    const bool has_operand = !parsed.arguments.subject.empty();
    const bool has_target = has_operand || parsed.given.has_any(kKeys);
    switch (operand) {
        case Operand::none:
            if (!has_operand) return {};
            return compose("unexpected argument '{}'", display(parsed.arguments.subject));
        case Operand::target:
            return has_target ? "" : "no target given (NAME, --key, --cert or --ca)";
        case Operand::optional_target:
            return {};
        case Operand::sessions:
            if (has_target || parsed.arguments.all || parsed.given.has(Option::session)) return {};
            return "no target given (NAME, --key, --cert, --ca, --session or --all)";
        case Operand::file:
            return has_operand ? "" : "no FILE given";
        case Operand::duration:
            return has_operand ? "" : "no DURATION given (such as 2h, or off)";
    }
    return {};
}

// Returns the first error in a combination of valid words.
std::string find_error(ParsedWords& parsed, const Command& command, std::int64_t now_sec) {
    std::string error = find_unexpected_option(parsed.given, command.options, command.title);
    // For export-krl, --ca is a file of public keys.
    if (error.empty() && command.action != Action::export_krl) error = find_key_error(parsed);
    if (error.empty()) error = find_selection_error(parsed);
    if (error.empty()) error = find_operand_error(parsed, command.operand);
    if (error.empty()) error = find_time_error(parsed.arguments, now_sec);
    return error;
}

CommandLine finish(ParsedWords parsed, const Command& command, std::int64_t now_sec) {
    CommandLine line{&command, std::nullopt, std::move(parsed.error)};
    if (!line.error.empty()) return line;
    Arguments& arguments = parsed.arguments;
    arguments.action = parsed.given.has(Option::help)      ? Action::help
                       : parsed.given.has(Option::version) ? Action::version
                                                           : command.action;
    arguments.conf_given = parsed.given.has(Option::conf);
    if (!arguments.conf_given) arguments.conf = kConfigPath;
    if (arguments.action == command.action) line.error = find_error(parsed, command, now_sec);
    if (line.error.empty()) line.arguments = std::move(arguments);
    return line;
}

CommandLine parse_revoke_user(std::span<const std::string_view> words, std::int64_t now_sec) {
    ParsedWords parsed = parse_words(words, kRevokeUser.options, kRevokeUser.title);
    const bool is_undo = parsed.given.has(Option::undo);
    return finish(std::move(parsed), is_undo ? kUndo : kRevokeUser, now_sec);
}

// Returns the index of the first word that is neither an option nor its value.
std::size_t find_verb_index(std::span<const std::string_view> words) {
    std::size_t at = 0;
    while (at < words.size() && words[at].starts_with('-'))
        at += takes_next_word(words[at]) ? 2U : 1U;
    return at;
}

CommandLine parse_revokectl(std::span<const std::string_view> words, std::int64_t now_sec) {
    const std::size_t at = find_verb_index(words);
    if (at >= words.size()) {
        ParsedWords parsed = parse_words(words, kRevokectl.options, kRevokectl.title);
        if (parsed.error.empty() && !parsed.given.has_any({Option::help, Option::version}))
            parsed.error = "no verb given";
        return finish(std::move(parsed), kRevokectl, now_sec);
    }
    const std::string_view verb = words[at];
    const Command* command = find_verb(verb);
    if (command == nullptr) {
        // An external verb parses its own options; none may precede the verb.
        if (at > 0 || !may_be_external(verb))
            return {&kRevokectl, std::nullopt, describe_unknown_verb(verb)};
        Arguments arguments;
        arguments.action = Action::external;
        arguments.subject = verb;
        return {&kRevokectl, std::move(arguments), {}};
    }
    std::vector<std::string_view> others(words.begin(), words.end());
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(at));
    return finish(parse_words(others, command->options, command->title), *command, now_sec);
}

}  // namespace

CommandLine parse_command_line(std::span<const std::string_view> words, std::int64_t now_sec) {
    if (words.empty()) return parse_revoke_user(words, now_sec);
    const std::string_view path = words.front();
    const bool has_verbs = path.substr(path.rfind('/') + 1) == "revokectl";
    return has_verbs ? parse_revokectl(words.subspan(1), now_sec)
                     : parse_revoke_user(words.subspan(1), now_sec);
}

}  // namespace pam_revoke
