#include "arguments.hpp"

#include <getopt.h>

#include <array>
#include <string_view>
#include <variant>
#include <vector>

#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/conf/settings.hpp"
#include "revoke/list/target.hpp"
#include "revoke/base/time.hpp"

namespace pam_revoke {

namespace {

using Text = std::string Arguments::*;
using Selected = std::string Selection::*;
using Flag = bool Arguments::*;

struct Row {
    const char* word;
    std::variant<Text, Selected, Flag, Action> what;
};

const std::array<Row, 39> kRows = {{
    {"reason", &Arguments::reason},
    {"ref", &Arguments::ref},
    {"from", &Arguments::from},
    {"until", &Arguments::until},
    {"conf", &Arguments::conf},
    {"service", &Arguments::service},
    {"warn", &Arguments::warn},
    {"key", &Arguments::key},
    {"cert", &Arguments::cert},
    {"ca", &Arguments::ca},
    {"serial", &Arguments::serial},
    {"key-id", &Arguments::key_id},
    {"root", &Arguments::root},
    {"tty", &Selection::tty},
    {"session", &Selection::session},
    {"deny-only", &Arguments::deny_only},
    {"end-only", &Arguments::end_only},
    {"now", &Arguments::now},
    {"descendants", &Arguments::descendants},
    {"dry-run", &Arguments::dry_run},
    {"json", &Arguments::json},
    {"quiet", &Arguments::quiet},
    {"yes", &Arguments::yes},
    {"force", &Arguments::force},
    {"all", &Arguments::all},
    {"undo", Action::undo},
    {"list", Action::list},
    {"check", Action::check},
    {"sessions", Action::sessions},
    {"check-list", Action::check_list},
    {"history", Action::history},
    {"compile", Action::compile},
    {"import", Action::import},
    {"import-krl", Action::import_krl},
    {"export-krl", Action::export_krl},
    {"break-glass", Action::break_glass},
    {"doctor", Action::doctor},
    {"help", Action::help},
    {"version", Action::version},
}};
constexpr int kFirstCode = 256;

// In the order of Action.
constexpr std::array<const char*, 15> kActionWords = {"NAME",         "--undo",        "--list",    "--check",  "--sessions",
                                                      "--check-list", "--history",     "--compile", "--import", "--import-krl",
                                                      "--export-krl", "--break-glass", "--doctor",  "--help",   "--version"};

const char* word_of(Action action) { return kActionWords[static_cast<std::size_t>(action)]; }

std::vector<option> getopt_table() {
    std::vector<option> table;
    int code = kFirstCode;
    for (const Row& row : kRows) {
        const bool has_value = std::holds_alternative<Text>(row.what) || std::holds_alternative<Selected>(row.what);
        table.push_back({row.word, has_value ? required_argument : no_argument, nullptr, code++});
    }
    table.push_back({});
    return table;
}

struct Parsing {
    Arguments arguments;
    bool has_action = false;
    std::string complaint;
};

void set_action(Parsing& parsing, Action action) {
    if (parsing.has_action)
        parsing.complaint = compose("{} and {} exclude each other", word_of(parsing.arguments.action), word_of(action));
    parsing.arguments.action = action;
    parsing.has_action = true;
}

// An empty value is a script's variable that was not set: of a selection it would mean everybody.
bool may_be_empty(std::string_view word) { return word == "reason" || word == "ref"; }

void take_option(Parsing& parsing, const Row& row, const char* value) {
    if (value != nullptr && *value == '\0' && !may_be_empty(row.word)) parsing.complaint = compose("--{}: is empty", row.word);
    if (const Text* text = std::get_if<Text>(&row.what)) parsing.arguments.*(*text) = value;
    if (const Selected* text = std::get_if<Selected>(&row.what)) parsing.arguments.selection.*(*text) = value;
    if (const Flag* flag = std::get_if<Flag>(&row.what)) parsing.arguments.*(*flag) = true;
    if (const Action* action = std::get_if<Action>(&row.what)) set_action(parsing, *action);
}

// --from and --service mean one thing to the list and another to sessions.
void tell_apart(Arguments& arguments) {
    if (arguments.action != Action::sessions && !arguments.end_only) return;
    arguments.selection.address.swap(arguments.from);
    arguments.selection.service.swap(arguments.service);
}

// Reads a moment; an empty complaint means that it is one, or that there is none.
std::optional<std::int64_t> moment(const char* option, const std::string& text, std::int64_t now_sec, std::string& complaint) {
    if (text.empty()) return std::nullopt;
    const auto time = parse_moment(text, now_sec);
    if (time) return time;
    if (is_address(text))
        complaint = compose("{} {}: an address selects sessions, with --sessions or --end-only", option, display(text));
    else
        complaint =
            compose("{} {}: is no moment such as +7d, 2026-12-01 or 2026-12-01T10:00Z, or not in the calendar", option, display(text));
    return std::nullopt;
}

bool is_import(Action action) { return action == Action::import || action == Action::import_krl; }

bool changes_something(Action action) { return is_import(action) || action == Action::break_glass; }

// The first word that only goes with a revocation; --reason and --ref go with what else changes something, too.
const char* revoking_word(const Arguments& arguments) {
    const bool changing = changes_something(arguments.action);
    if (!arguments.reason.empty() && !changing) return "--reason";
    if (!arguments.ref.empty() && !changing) return "--ref";
    if (!arguments.from.empty()) return "--from";
    if (!arguments.until.empty()) return "--until";
    if (!arguments.warn.empty()) return "--warn";
    if (arguments.deny_only) return "--deny-only";
    if (arguments.end_only) return "--end-only";
    if (arguments.now) return "--now";
    return arguments.descendants ? "--descendants" : nullptr;
}

// What goes with which action.
std::string find_misfit(const Arguments& arguments) {
    const bool revoking = arguments.action == Action::revoke;
    const bool selecting = (revoking && arguments.end_only) || arguments.action == Action::sessions;
    const bool changing = changes_something(arguments.action);
    const char* word = revoking ? nullptr : revoking_word(arguments);
    if (word != nullptr) return compose("{} does not go with {}", word, word_of(arguments.action));
    if (!revoking && !changing && arguments.action != Action::undo &&
        (arguments.dry_run || (arguments.force && arguments.action != Action::export_krl) || arguments.yes))
        return compose("{} takes no --dry-run, --force or --yes", word_of(arguments.action));
    if (arguments.action == Action::break_glass && (arguments.dry_run || arguments.force))
        return "--break-glass takes neither --dry-run nor --force";
    if (arguments.deny_only && arguments.end_only) return "--deny-only and --end-only exclude each other";
    if (arguments.deny_only && (arguments.now || arguments.descendants || !arguments.warn.empty()))
        return "--deny-only ends nothing: no --now, --descendants or --warn";
    if (!arguments.service.empty() && arguments.action != Action::check) return "--service goes with --check, --sessions or --end-only";
    if (!arguments.selection.empty() && !selecting) return "--tty and --session go with --sessions or --end-only";
    if (arguments.all && !selecting && arguments.action != Action::list) return "--all goes with --list, --sessions or --end-only";
    if (arguments.all && !arguments.subject.empty()) return compose("--all and {} exclude each other", display(arguments.subject));
    if (!arguments.selection.address.empty() && !is_address(arguments.selection.address))
        return compose("--from {}: is no numeric address such as 192.0.2.7 or 2001:db8::/32", display(arguments.selection.address));
    return {};
}

// What contradicts itself of keys.
std::string find_key_fault(const Arguments& arguments) {
    const int named = !arguments.key.empty() + !arguments.cert.empty() + !arguments.ca.empty();
    if (named > 1) return "--key, --cert and --ca exclude each other";
    if (arguments.cert.empty() && !(arguments.serial.empty() && arguments.key_id.empty())) return "--serial and --key-id go with --cert";
    if (!arguments.serial.empty() && !are_serials(arguments.serial))
        return compose("--serial {}: is neither a number nor a range of them such as 17-20", display(arguments.serial));
    const Action action = arguments.action;
    if (named == 0 || (action == Action::export_krl && !arguments.ca.empty())) return {};
    if (action != Action::revoke && action != Action::undo && action != Action::check && action != Action::sessions)
        return compose("{} takes no key", word_of(action));
    if (!arguments.subject.empty()) return compose("a key and {} exclude each other", display(arguments.subject));
    if (arguments.all || !arguments.selection.empty() || arguments.descendants) return "a key selects its own sessions, and nothing else";
    return {};
}

bool is_file(Action action) { return action == Action::check_list || action == Action::export_krl || is_import(action); }

// What is missing, and what contradicts itself.
std::string find_fault(const Arguments& arguments, std::int64_t now_sec) {
    const bool names_session = arguments.end_only && (arguments.all || !arguments.selection.session.empty());
    const bool revoking = arguments.action == Action::revoke;
    const bool wants_subject = (revoking && !names_session) || arguments.action == Action::undo || arguments.action == Action::check ||
                               arguments.action == Action::break_glass || is_file(arguments.action);
    if (const std::string fault = find_key_fault(arguments); !fault.empty()) return fault;
    const bool has_key = !(arguments.key.empty() && arguments.cert.empty() && arguments.ca.empty());
    if (wants_subject && (!has_key || is_file(arguments.action)) && arguments.subject.empty())
        return revoking ? "whose access? Give a NAME, or --end-only --all"
                        : compose("{} needs a {}", word_of(arguments.action),
                                      is_file(arguments.action)                 ? "FILE"
                                      : arguments.action == Action::break_glass ? "DURATION such as 2h, or off"
                                                                                : "NAME");
    const Action action = arguments.action;
    if (!arguments.root.empty() && action != Action::doctor) return "--root goes with --doctor";
    if ((action == Action::list || action == Action::compile || action == Action::doctor) && !arguments.subject.empty())
        return compose("{} takes no NAME: {}", word_of(arguments.action), display(arguments.subject));
    if (arguments.end_only && arguments.until_sec) return "--end-only takes no --until";
    if (arguments.until_sec && *arguments.until_sec <= arguments.from_sec.value_or(now_sec))
        return "--until is not after --from, or not in the future";
    return find_misfit(arguments);
}

}  // namespace

std::optional<Arguments> parse_arguments(int argc, char** argv, std::int64_t now_sec, std::string& complaint) {
    Parsing parsing;
    parsing.arguments.conf = kConfigPath;
    opterr = 0;
    optind = 0;
    int code = 0;
    const std::vector<option> table = getopt_table();
    while (parsing.complaint.empty() && (code = getopt_long(argc, argv, ":hV", table.data(), nullptr)) != -1) {
        const std::string word = optind > 0 && optind <= argc ? display(argv[optind - 1]) : std::string();
        if (code == ':')
            parsing.complaint = compose("{}: needs a value", word);
        else if (code == '?')
            parsing.complaint = compose("{}: is no option", word);
        else if (code == 'h' || code == 'V')
            set_action(parsing, code == 'h' ? Action::help : Action::version);
        else
            take_option(parsing, kRows[static_cast<std::size_t>(code - kFirstCode)], optarg);
        if (parsing.has_action && (parsing.arguments.action == Action::help || parsing.arguments.action == Action::version))
            return parsing.arguments;
    }
    Arguments& arguments = parsing.arguments;
    if (parsing.complaint.empty() && optind < argc) arguments.subject = argv[optind++];
    if (parsing.complaint.empty() && optind < argc) parsing.complaint = compose("{}: one at a time", display(argv[optind]));
    tell_apart(arguments);
    if (parsing.complaint.empty()) arguments.from_sec = moment("--from", arguments.from, now_sec, parsing.complaint);
    if (parsing.complaint.empty()) arguments.until_sec = moment("--until", arguments.until, now_sec, parsing.complaint);
    if (parsing.complaint.empty()) parsing.complaint = find_fault(arguments, now_sec);
    complaint = parsing.complaint;
    return complaint.empty() ? std::optional(arguments) : std::nullopt;
}

}  // namespace pam_revoke
