#include "arguments.hpp"

#include <fmt/format.h>
#include <getopt.h>

#include <array>
#include <string_view>
#include <variant>
#include <vector>

#include "revoke/json.hpp"
#include "revoke/settings.hpp"
#include "revoke/target.hpp"
#include "revoke/time.hpp"

namespace pam_revoke {

const char* const kHelp =
    R"(usage: revoke-user NAME --reason TEXT [--ref TEXT] [--from WHEN] [--until WHEN] [--now]
       revoke-user {--key | --ca} {FINGERPRINT | FILE} --reason TEXT [...]
       revoke-user --cert {FINGERPRINT | FILE} [--serial N] [--key-id TEXT] --reason TEXT [...]
       revoke-user --end-only {NAME | --key ... | --all | --session ID} [--service S] [--tty T] [--from ADDRESS]
       revoke-user --undo {NAME | --key ... | --cert ... | --ca ...}
       revoke-user --import FILE [--reason TEXT] [--ref TEXT]
       revoke-user --check {NAME | --key ...} | --sessions [NAME] | --list | --history [NAME] | --check-list FILE | --compile | --doctor

Withdraws a person's access to this host: no new login, and everything that is open ended.
NAME is a login name, or user:NAME or uid:NUMBER as in the list.

What to do:
  NAME               deny logins, end everything, look again, report
  --undo NAME        let in again: take out of this host's own list
  --import FILE      deny everybody in FILE: a name a line, or name,reason; or a list
  --list             entries in force, of all lists; with --all also past and future ones
  --check NAME       ask the gate: is NAME revoked here and now?
  --sessions [NAME]  what logind and the kernel know of everybody, or of NAME
  --history [NAME]   what revoke-user did here, to whom, and who asked
  --check-list FILE  is FILE a sound revocation list?
  --compile          make the indexes of all lists anew, as is done by itself when one changes

A key instead of a person: denied, and exactly the sessions it opened are ended:
  --key WHAT         this SSH key, also with a certificate: SHA256:... or its public file
  --cert WHAT        a certificate: its file, or its authority's SHA256:... with:
  --serial N, N-M    its serial, or a range of them
  --key-id TEXT      its key id
  --ca WHAT          all that this authority signed

  --doctor           what is wrong with the gate here: stacks, sshd, units, lists, clock
  --root DIR         with --doctor: of the tree DIR, an image or a container

How:
  --reason TEXT      why; required when revoking, asked for on a terminal
  --ref TEXT         ticket or incident; the person is shown it
  --from WHEN        in force from then on: +7d, 2026-12-01, 2026-12-01T10:00Z (UTC)
  --until WHEN       no longer in force from then on
  --deny-only        do not end what is open
  --end-only         do not deny, only end
  --now              KILL at once, instead of asking first and waiting for the grace
  --descendants      end also root shells and containers that the person started
  --warn TEXT        a last line on the person's terminals
  --dry-run          say what would be done, do nothing
  --force            also root, exempt people, the last administrator, yourself, shared numbers
  --yes              do not ask
  --quiet            say only what went wrong
  --json             one JSON object (or one a line) instead of words
  --conf FILE        another configuration than /etc/pam_revoke/pam_revoke.conf
  --help, --version

Which sessions, with --sessions and --end-only:
  --service NAME     of this PAM service (with --check: to ask for, default sshd)
  --tty NAME         at this terminal: ttyS0, pts/3
  --from ADDRESS     from there: 192.0.2.7, 2001:db8::/32
  --session ID       this one
  --all              everybody's but your own and those of exempt people

Exit: 0 done and verified; 1 revoked (--check), unsound (--check-list), findings (--doctor); 2 usage;
      3 denied, but something survived or could not be verified; 4 nothing changed.
See revoke-user(8).
)";

namespace {

using Text = std::string Arguments::*;
using Selected = std::string Selection::*;
using Flag = bool Arguments::*;

struct Row {
    const char* word;
    std::variant<Text, Selected, Flag, Action> what;
};

const std::array<Row, 36> kRows = {{
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
    {"doctor", Action::doctor},
    {"help", Action::help},
    {"version", Action::version},
}};
constexpr int kFirstCode = 256;

constexpr std::array<const char*, 12> kActionWords = {"NAME",      "--undo",    "--list",   "--check",  "--sessions", "--check-list",
                                                      "--history", "--compile", "--import", "--doctor", "--help",     "--version"};

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
        parsing.complaint = fmt::format("{} and {} exclude each other", word_of(parsing.arguments.action), word_of(action));
    parsing.arguments.action = action;
    parsing.has_action = true;
}

// An empty value is a script's variable that was not set: of a selection it would mean everybody.
bool may_be_empty(std::string_view word) { return word == "reason" || word == "ref"; }

void take_option(Parsing& parsing, const Row& row, const char* value) {
    if (value != nullptr && *value == '\0' && !may_be_empty(row.word)) parsing.complaint = fmt::format("--{}: is empty", row.word);
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
        complaint = fmt::format("{} {}: an address selects sessions, with --sessions or --end-only", option, display(text));
    else
        complaint =
            fmt::format("{} {}: is no moment such as +7d, 2026-12-01 or 2026-12-01T10:00Z, or not in the calendar", option, display(text));
    return std::nullopt;
}

// The first word that only goes with a revocation; --reason and --ref go with an import, too.
const char* revoking_word(const Arguments& arguments) {
    const bool importing = arguments.action == Action::import;
    if (!arguments.reason.empty() && !importing) return "--reason";
    if (!arguments.ref.empty() && !importing) return "--ref";
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
    const bool importing = arguments.action == Action::import;
    const char* word = revoking ? nullptr : revoking_word(arguments);
    if (word != nullptr) return fmt::format("{} does not go with {}", word, word_of(arguments.action));
    if (!revoking && !importing && arguments.action != Action::undo && (arguments.dry_run || arguments.force || arguments.yes))
        return fmt::format("{} changes nothing: no --dry-run, --force or --yes", word_of(arguments.action));
    if (arguments.deny_only && arguments.end_only) return "--deny-only and --end-only exclude each other";
    if (arguments.deny_only && (arguments.now || arguments.descendants || !arguments.warn.empty()))
        return "--deny-only ends nothing: no --now, --descendants or --warn";
    if (!arguments.service.empty() && arguments.action != Action::check) return "--service goes with --check, --sessions or --end-only";
    if (!arguments.selection.empty() && !selecting) return "--tty and --session go with --sessions or --end-only";
    if (arguments.all && !selecting && arguments.action != Action::list) return "--all goes with --list, --sessions or --end-only";
    if (arguments.all && !arguments.subject.empty()) return fmt::format("--all and {} exclude each other", display(arguments.subject));
    if (!arguments.selection.address.empty() && !is_address(arguments.selection.address))
        return fmt::format("--from {}: is no numeric address such as 192.0.2.7 or 2001:db8::/32", display(arguments.selection.address));
    return {};
}

// What contradicts itself of keys.
std::string find_key_fault(const Arguments& arguments) {
    const int named = !arguments.key.empty() + !arguments.cert.empty() + !arguments.ca.empty();
    if (named > 1) return "--key, --cert and --ca exclude each other";
    if (arguments.cert.empty() && !(arguments.serial.empty() && arguments.key_id.empty())) return "--serial and --key-id go with --cert";
    if (!arguments.serial.empty() && !are_serials(arguments.serial))
        return fmt::format("--serial {}: is neither a number nor a range of them such as 17-20", display(arguments.serial));
    if (named == 0) return {};
    const Action action = arguments.action;
    if (action != Action::revoke && action != Action::undo && action != Action::check && action != Action::sessions)
        return fmt::format("{} takes no key", word_of(action));
    if (!arguments.subject.empty()) return fmt::format("a key and {} exclude each other", display(arguments.subject));
    if (arguments.all || !arguments.selection.empty() || arguments.descendants) return "a key selects its own sessions, and nothing else";
    return {};
}

bool is_file(Action action) { return action == Action::check_list || action == Action::import; }

// What is missing, and what contradicts itself.
std::string find_fault(const Arguments& arguments, std::int64_t now_sec) {
    const bool names_session = arguments.end_only && (arguments.all || !arguments.selection.session.empty());
    const bool revoking = arguments.action == Action::revoke;
    const bool wants_subject =
        (revoking && !names_session) || arguments.action == Action::undo || arguments.action == Action::check || is_file(arguments.action);
    if (const std::string fault = find_key_fault(arguments); !fault.empty()) return fault;
    const bool has_key = !(arguments.key.empty() && arguments.cert.empty() && arguments.ca.empty());
    if (wants_subject && !has_key && arguments.subject.empty())
        return revoking ? "whose access? Give a NAME, or --end-only --all"
                        : fmt::format("{} needs a {}", word_of(arguments.action), is_file(arguments.action) ? "FILE" : "NAME");
    const Action action = arguments.action;
    if (!arguments.root.empty() && action != Action::doctor) return "--root goes with --doctor";
    if ((action == Action::list || action == Action::compile || action == Action::doctor) && !arguments.subject.empty())
        return fmt::format("{} takes no NAME: {}", word_of(arguments.action), display(arguments.subject));
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
            parsing.complaint = fmt::format("{}: needs a value", word);
        else if (code == '?')
            parsing.complaint = fmt::format("{}: is no option", word);
        else if (code == 'h' || code == 'V')
            set_action(parsing, code == 'h' ? Action::help : Action::version);
        else
            take_option(parsing, kRows[static_cast<std::size_t>(code - kFirstCode)], optarg);
        if (parsing.has_action && (parsing.arguments.action == Action::help || parsing.arguments.action == Action::version))
            return parsing.arguments;
    }
    Arguments& arguments = parsing.arguments;
    if (parsing.complaint.empty() && optind < argc) arguments.subject = argv[optind++];
    if (parsing.complaint.empty() && optind < argc) parsing.complaint = fmt::format("{}: one at a time", display(argv[optind]));
    tell_apart(arguments);
    if (parsing.complaint.empty()) arguments.from_sec = moment("--from", arguments.from, now_sec, parsing.complaint);
    if (parsing.complaint.empty()) arguments.until_sec = moment("--until", arguments.until, now_sec, parsing.complaint);
    if (parsing.complaint.empty()) parsing.complaint = find_fault(arguments, now_sec);
    complaint = parsing.complaint;
    return complaint.empty() ? std::optional(arguments) : std::nullopt;
}

}  // namespace pam_revoke
