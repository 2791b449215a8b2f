#include "arguments.hpp"

#include <fmt/format.h>
#include <getopt.h>

#include <array>
#include <string_view>

#include "revoke/json.hpp"
#include "revoke/settings.hpp"
#include "revoke/time.hpp"

namespace pam_revoke {

const char* const kHelp =
    R"(usage: revoke-user NAME --reason TEXT [--ref TEXT] [--from WHEN] [--until WHEN]
       revoke-user --undo NAME
       revoke-user --check NAME | --sessions [NAME] | --list | --history [NAME] | --check-list FILE

Withdraws a person's access to this host: no new login, and everything that is open ended.
NAME is a login name, or user:NAME or uid:NUMBER as in the list.

What to do:
  NAME               deny logins, end everything, look again, report
  --undo NAME        let in again: take out of this host's own list
  --list             entries in force, of all lists; with --all also past and future ones
  --check NAME       ask the gate: is NAME revoked here and now?
  --sessions [NAME]  what logind and the kernel know of everybody, or of NAME
  --history [NAME]   what revoke-user did here, to whom, and who asked
  --check-list FILE  is FILE a sound revocation list?

How:
  --reason TEXT      why; required when revoking, asked for on a terminal
  --ref TEXT         ticket or incident; the person is shown it
  --from WHEN        in force from then on: +7d, 2026-12-01, 2026-12-01T10:00Z (UTC)
  --until WHEN       no longer in force from then on
  --deny-only        do not end what is open
  --end-only         do not deny, only end
  --service NAME     with --check: the PAM service to ask for (default sshd)
  --dry-run          say what would be done, do nothing
  --force            also root, exempt people, the last administrator, yourself, shared numbers
  --yes              do not ask
  --quiet            say only what went wrong
  --json             one JSON object (or one a line) instead of words
  --conf FILE        another configuration than /etc/pam_revoke/pam_revoke.conf
  --help, --version

Exit: 0 done and verified; 1 revoked (--check), unsound (--check-list); 2 usage;
      3 denied, but something survived or could not be verified; 4 nothing changed.
See revoke-user(8).
)";

namespace {

enum Option : int {
    kReason = 256,
    kRef,
    kFrom,
    kUntil,
    kDenyOnly,
    kEndOnly,
    kDryRun,
    kJson,
    kQuiet,
    kYes,
    kForce,
    kAll,
    kConf,
    kService,
    kUndo,
    kList,
    kCheck,
    kSessions,
    kCheckList,
    kHistory,
    kHelpOption,
    kVersion
};

const std::array<option, 23> kOptions = {{
    {"reason", required_argument, nullptr, kReason},
    {"ref", required_argument, nullptr, kRef},
    {"from", required_argument, nullptr, kFrom},
    {"until", required_argument, nullptr, kUntil},
    {"deny-only", no_argument, nullptr, kDenyOnly},
    {"end-only", no_argument, nullptr, kEndOnly},
    {"dry-run", no_argument, nullptr, kDryRun},
    {"json", no_argument, nullptr, kJson},
    {"quiet", no_argument, nullptr, kQuiet},
    {"yes", no_argument, nullptr, kYes},
    {"force", no_argument, nullptr, kForce},
    {"all", no_argument, nullptr, kAll},
    {"conf", required_argument, nullptr, kConf},
    {"service", required_argument, nullptr, kService},
    {"undo", no_argument, nullptr, kUndo},
    {"list", no_argument, nullptr, kList},
    {"check", no_argument, nullptr, kCheck},
    {"sessions", no_argument, nullptr, kSessions},
    {"check-list", no_argument, nullptr, kCheckList},
    {"history", no_argument, nullptr, kHistory},
    {"help", no_argument, nullptr, kHelpOption},
    {"version", no_argument, nullptr, kVersion},
    {nullptr, 0, nullptr, 0},
}};

constexpr std::array<const char*, 9> kActionWords = {"NAME",         "--undo",    "--list", "--check",  "--sessions",
                                                     "--check-list", "--history", "--help", "--version"};

const char* word_of(Action action) { return kActionWords[static_cast<std::size_t>(action)]; }

// Reads a moment; an empty complaint means that it is one.
std::optional<std::int64_t> moment(const char* option, const char* text, std::int64_t now_sec, std::string& complaint) {
    const auto time = parse_moment(text, now_sec);
    if (!time)
        complaint =
            fmt::format("{} {}: is no moment such as +7d, 2026-12-01 or 2026-12-01T10:00Z, or not in the calendar", option, display(text));
    return time;
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

void take_option(Parsing& parsing, int code, const char* value, std::int64_t now_sec) {
    Arguments& arguments = parsing.arguments;
    switch (code) {
        case kReason:
            arguments.reason = value;
            break;
        case kRef:
            arguments.ref = value;
            break;
        case kFrom:
            arguments.from_sec = moment("--from", value, now_sec, parsing.complaint);
            break;
        case kUntil:
            arguments.until_sec = moment("--until", value, now_sec, parsing.complaint);
            break;
        case kDenyOnly:
            arguments.deny_only = true;
            break;
        case kEndOnly:
            arguments.end_only = true;
            break;
        case kDryRun:
            arguments.dry_run = true;
            break;
        case kJson:
            arguments.json = true;
            break;
        case kQuiet:
            arguments.quiet = true;
            break;
        case kYes:
            arguments.yes = true;
            break;
        case kForce:
            arguments.force = true;
            break;
        case kAll:
            arguments.all = true;
            break;
        case kConf:
            arguments.conf = value;
            break;
        case kService:
            arguments.service = value;
            break;
        default:
            set_action(parsing, static_cast<Action>(code - kUndo + static_cast<int>(Action::undo)));
            break;
    }
}

// What fits together, once everything has been read.
std::string find_fault(const Arguments& arguments, std::int64_t now_sec) {
    const bool revoking = arguments.action == Action::revoke;
    const bool wants_subject =
        revoking || arguments.action == Action::undo || arguments.action == Action::check || arguments.action == Action::check_list;
    if (wants_subject && arguments.subject.empty())
        return revoking ? "whose access? Give a NAME"
                        : fmt::format("{} needs a {}", word_of(arguments.action), arguments.action == Action::check_list ? "FILE" : "NAME");
    if (arguments.action == Action::list && !arguments.subject.empty())
        return fmt::format("--list takes no NAME: {}", display(arguments.subject));
    const bool revoke_words = !arguments.reason.empty() || !arguments.ref.empty() || arguments.from_sec || arguments.until_sec ||
                              arguments.deny_only || arguments.end_only;
    if (!revoking && revoke_words)
        return fmt::format("--reason, --ref, --from, --until, --deny-only and --end-only do not go with {}", word_of(arguments.action));
    if (!revoking && arguments.action != Action::undo && (arguments.dry_run || arguments.force || arguments.yes))
        return fmt::format("{} changes nothing: no --dry-run, --force or --yes", word_of(arguments.action));
    if (arguments.deny_only && arguments.end_only) return "--deny-only and --end-only exclude each other";
    if (arguments.end_only && (arguments.from_sec || arguments.until_sec)) return "--end-only takes no --from and no --until";
    if (arguments.until_sec && *arguments.until_sec <= arguments.from_sec.value_or(now_sec))
        return "--until is not after --from, or not in the future";
    if (!arguments.service.empty() && arguments.action != Action::check) return "--service goes with --check";
    if (arguments.all && arguments.action != Action::list) return "--all goes with --list";
    return {};
}

}  // namespace

std::optional<Arguments> parse_arguments(int argc, char** argv, std::int64_t now_sec, std::string& complaint) {
    Parsing parsing;
    parsing.arguments.conf = kConfigPath;
    opterr = 0;
    optind = 0;
    int code = 0;
    while (parsing.complaint.empty() && (code = getopt_long(argc, argv, ":hV", kOptions.data(), nullptr)) != -1) {
        if (code == 'h') code = kHelpOption;
        if (code == 'V') code = kVersion;
        const std::string word = optind > 0 && optind <= argc ? display(argv[optind - 1]) : std::string();
        if (code == ':')
            parsing.complaint = fmt::format("{}: needs a value", word);
        else if (code == '?')
            parsing.complaint = fmt::format("{}: is no option", word);
        else
            take_option(parsing, code, optarg, now_sec);
        if (code == kHelpOption || code == kVersion) {
            parsing.arguments.action = code == kHelpOption ? Action::help : Action::version;
            return parsing.arguments;
        }
    }
    if (parsing.complaint.empty() && optind < argc) parsing.arguments.subject = argv[optind++];
    if (parsing.complaint.empty() && optind < argc) parsing.complaint = fmt::format("{}: one at a time", display(argv[optind]));
    if (parsing.complaint.empty()) parsing.complaint = find_fault(parsing.arguments, now_sec);
    complaint = parsing.complaint;
    return complaint.empty() ? std::optional(parsing.arguments) : std::nullopt;
}

}  // namespace pam_revoke
