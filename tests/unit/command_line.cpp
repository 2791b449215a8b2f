// Tables of command lines of revoke-user and revokectl: accepted ones, and errors for the others.
#include "command_line.hpp"

#include <initializer_list>
#include <vector>

#include "unit.hpp"

using namespace pam_revoke;

namespace {

constexpr std::int64_t kNowSec = 1795226400;

// Splits at blanks; '' is an empty word.
std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        words.push_back(word == "''" ? "" : word);
    }
    return words;
}

CommandLine parse(std::string_view text) { return parse_command_line(words_of(text), kNowSec); }

struct RefusedRow {
    std::string_view text, error;
};

void expect_refused(std::initializer_list<RefusedRow> rows) {
    for (const RefusedRow& row : rows) {
        const CommandLine line = parse(row.text);
        EXPECT_ROW(!line.arguments && line.command != nullptr, row.text);
        EXPECT_ROW(line.error == row.error, std::string(row.text) + ": " + line.error);
    }
}

}  // namespace

Test(command_line, the_name_of_the_program_decides) {
    cr_expect(parse("/usr/sbin/revoke-user list").arguments->action == Action::revoke);
    cr_expect(parse("/usr/sbin/revokectl list").arguments->action == Action::list);
    cr_expect(parse("revokectl list").program() == "revokectl");
    cr_expect(parse("build/sanitized/other list").program() == "revoke-user");
    cr_expect(!parse_command_line({}, kNowSec).arguments);
}

Test(command_line, accepted) {
    const struct {
        std::string_view text;
        Action action;
        std::string_view subject;
    } rows[] = {
        {"revoke-user alice --reason x", Action::revoke, "alice"},
        {"revoke-user --reason=x --ref= alice", Action::revoke, "alice"},
        {"revoke-user --yes -- -alice", Action::revoke, "-alice"},
        {"revoke-user alice --no-end --until +7d --from +1d", Action::revoke, "alice"},
        {"revoke-user alice --log-out --now", Action::revoke, "alice"},
        {"revoke-user --key f --user alice", Action::revoke, ""},
        {"revoke-user --key SHA256:x --now --warn bye", Action::revoke, ""},
        {"revoke-user --cert f --serial 17-20 --key-id x", Action::revoke, ""},
        {"revoke-user --undo alice --yes --force --dry-run", Action::undo, "alice"},
        {"revoke-user alice --undo", Action::undo, "alice"},
        {"revoke-user --undo --ca f --json --conf c", Action::undo, ""},
        {"revoke-user alice --help --nonsense", Action::help, "alice"},
        {"revoke-user -V", Action::version, ""},
        {"revokectl --version", Action::version, ""},
        {"revokectl --help", Action::help, ""},
        {"revokectl list -h", Action::help, ""},
        {"revokectl --help list", Action::help, ""},
        {"revokectl list --all --json", Action::list, ""},
        {"revokectl --json list", Action::list, ""},
        {"revokectl --conf list list", Action::list, ""},
        {"revokectl --conf=f list", Action::list, ""},
        {"revokectl -- list", Action::list, ""},
        {"revokectl check alice --service login", Action::check, "alice"},
        {"revokectl check --key f --service login", Action::check, ""},
        {"revokectl history", Action::history, ""},
        {"revokectl history uid:1042", Action::history, "uid:1042"},
        {"revokectl sessions", Action::sessions, ""},
        {"revokectl sessions --all --tty pts/1", Action::sessions, ""},
        {"revokectl sessions alice --address 192.0.2.0/24", Action::sessions, "alice"},
        {"revokectl sessions --cert f", Action::sessions, ""},
        {"revokectl end alice --now --descendants --warn bye", Action::end, "alice"},
        {"revokectl end --session 3", Action::end, ""},
        {"revokectl end --all --service sshd --address 2001:db8::/32", Action::end, ""},
        {"revokectl end --key f --reason x", Action::end, ""},
        {"revokectl import - --reason x --ref T1 --dry-run", Action::import, "-"},
        {"revokectl import-krl f --force", Action::import_krl, "f"},
        {"revokectl export-krl f --ca g --force", Action::export_krl, "f"},
        {"revokectl verify f", Action::verify, "f"},
        {"revokectl reindex --quiet", Action::reindex, ""},
        {"revokectl doctor --root /srv", Action::doctor, ""},
        {"revokectl break-glass 2h --reason x --yes", Action::break_glass, "2h"},
        {"revokectl break-glass off", Action::break_glass, "off"},
        {"revokectl status --anything", Action::external, "status"},
        {"revokectl my-verb", Action::external, "my-verb"},
    };
    for (const auto& row : rows) {
        const CommandLine line = parse(row.text);
        EXPECT_ROW(line.arguments && line.error.empty(), row.text);
        if (!line.arguments) continue;
        EXPECT_ROW(line.arguments->action == row.action, row.text);
        EXPECT_ROW(line.arguments->subject == row.subject, row.text);
    }
}

Test(command_line, values_are_kept) {
    const auto revoke =
        parse("revoke-user alice --reason lost --ref=T1 --until +7d --yes").arguments;
    cr_assert(revoke);
    cr_expect(revoke->reason == "lost" && revoke->ref == "T1" && revoke->yes && !revoke->force);
    cr_expect(revoke->until_sec == kNowSec + 604800 && !revoke->from_sec);
    cr_expect(revoke->conf == "/etc/pam_revoke/pam_revoke.conf");
    const auto end =
        parse("revokectl end --all --service sshd --tty pts/1 --address 192.0.2.0/24").arguments;
    cr_assert(end);
    cr_expect(end->all && end->selection.service == "sshd" && end->selection.tty == "pts/1");
    cr_expect(end->selection.address == "192.0.2.0/24" && end->only_ends());
    cr_expect(parse("revokectl list --conf f").arguments->conf == "f");
    cr_expect(parse("revoke-user alice --reason --ref").arguments->reason == "--ref");
}

Test(command_line, refused_of_revoke_user) {
    expect_refused({
        {"revoke-user", "no target given (NAME, --key, --cert or --ca)"},
        {"revoke-user ''", "empty argument"},
        {"revoke-user alice bob", "unexpected argument 'bob'"},
        {"revoke-user alice --raeson x", "unknown option '--raeson'; did you mean '--reason'?"},
        {"revoke-user alice --desc", "unknown option '--desc'; did you mean '--descendants'?"},
        {"revoke-user alice --re x", "unknown option '--re'; did you mean '--ref'?"},
        {"revoke-user alice --nonsense", "unknown option '--nonsense'"},
        {"revoke-user alice --flet", "unknown option '--flet'"},
        {"revoke-user alice --deny-only", "unknown option '--deny-only'"},
        {"revoke-user alice -x", "unknown option '-x'"},
        {"revoke-user alice --=x", "unknown option '--'"},
        {"revoke-user alice --tty pts/1", "option '--tty' cannot be used with 'revoke-user'"},
        {"revoke-user alice --all", "option '--all' cannot be used with 'revoke-user'"},
        {"revoke-user alice --fleet", "option '--fleet' is reserved for a later version"},
        {"revoke-user alice --timeout 3", "option '--timeout' is reserved for a later version"},
        {"revoke-user alice --everywhere", "option '--everywhere' is reserved for a later version"},
        {"revoke-user alice --reason", "option '--reason' needs a value"},
        {"revoke-user alice --warn ''", "option '--warn' has an empty value"},
        {"revoke-user alice --from=", "option '--from' has an empty value"},
        {"revoke-user alice --yes=1", "option '--yes' takes no value"},
        {"revoke-user alice --from 2026-02-30",
         "invalid time '2026-02-30' (expected +7d, 2026-12-01 or 2026-12-01T10:00Z)"},
        {"revoke-user alice --until soon",
         "invalid time 'soon' (expected +7d, 2026-12-01 or 2026-12-01T10:00Z)"},
        {"revoke-user alice --from 192.0.2.7",
         "invalid time '192.0.2.7'; to select sessions by address use 'revokectl end --address'"},
        {"revoke-user alice --until 2020-01-01", "'--until' is in the past, or not after '--from'"},
        {"revoke-user alice --from +2d --until +1d",
         "'--until' is in the past, or not after '--from'"},
        {"revoke-user alice --no-end --now",
         "'--no-end' excludes '--now', '--descendants' and '--warn'"},
        {"revoke-user alice --no-end --warn x",
         "'--no-end' excludes '--now', '--descendants' and '--warn'"},
        {"revoke-user --undo", "no target given (NAME, --key, --cert or --ca)"},
        {"revoke-user --undo alice --reason x",
         "option '--reason' cannot be used with 'revoke-user --undo'"},
        {"revoke-user alice --now --undo",
         "option '--now' cannot be used with 'revoke-user --undo'"},
        {"revoke-user alice --key f", "a key and 'alice' exclude each other"},
        {"revoke-user --key f --ca g", "'--key', '--cert' and '--ca' exclude each other"},
        {"revoke-user --key f --serial 1", "'--serial' and '--key-id' need '--cert'"},
        {"revoke-user --cert f --serial 9-3", "invalid serial '9-3' (expected 17 or 17-20)"},
        {"revoke-user --ca f --user alice", "'--user' needs '--key' or '--cert'"},
        {"revoke-user alice --user alice", "'--user' needs '--key' or '--cert'"},
        {"revoke-user --key f --user a/b", "invalid name 'a/b': contains '/'"},
        {"revoke-user alice --log-out --until +7d", "'--log-out' and '--until' exclude each other"},
        {"revoke-user alice --log-out --no-end", "'--log-out' and '--no-end' exclude each other"},
        {"revoke-user --key f --log-out", "'--log-out' and '--key' exclude each other"},
        {"revoke-user --undo alice --log-out",
         "option '--log-out' cannot be used with 'revoke-user --undo'"},
        {"revoke-user --key f --descendants",
         "a key selects its own sessions; it excludes '--descendants'"},
    });
}

Test(command_line, refused_of_revokectl) {
    expect_refused({
        {"revokectl", "no verb given"},
        {"revokectl --conf", "option '--conf' needs a value"},
        {"revokectl --quiet", "no verb given"},
        {"revokectl ''", "unknown verb ''"},
        {"revokectl --quiet stats", "unknown verb 'stats'; did you mean 'status'?"},
        {"revokectl LIST", "unknown verb 'LIST'"},
        {"revokectl ../list", "unknown verb '../list'"},
        {"revokectl list alice", "unexpected argument 'alice'"},
        {"revokectl list --force", "option '--force' cannot be used with 'revokectl list'"},
        {"revokectl list --al", "unknown option '--al'; did you mean '--all'?"},
        {"revokectl list --version", "option '--version' cannot be used with 'revokectl list'"},
        {"revokectl check", "no target given (NAME, --key, --cert or --ca)"},
        {"revokectl check alice --tty pts/1",
         "option '--tty' cannot be used with 'revokectl check'"},
        {"revokectl sessions --descendants",
         "option '--descendants' cannot be used with 'revokectl sessions'"},
        {"revokectl sessions --all alice", "'--all' and 'alice' exclude each other"},
        {"revokectl end", "no target given (NAME, --key, --cert, --ca, --session or --all)"},
        {"revokectl end --tty pts/1",
         "no target given (NAME, --key, --cert, --ca, --session or --all)"},
        {"revokectl end --all --tty ''", "option '--tty' has an empty value"},
        {"revokectl end --all --address +7d",
         "invalid address '+7d' (expected 192.0.2.7 or 2001:db8::/32)"},
        {"revokectl end --all --from +7d", "option '--from' cannot be used with 'revokectl end'"},
        {"revokectl end alice --until +1d", "option '--until' cannot be used with 'revokectl end'"},
        {"revokectl end --key f --tty pts/1",
         "a key selects its own sessions; it excludes '--tty'"},
        {"revokectl end --key f --all", "a key selects its own sessions; it excludes '--all'"},
        {"revokectl import", "no FILE given"},
        {"revokectl import f --now", "option '--now' cannot be used with 'revokectl import'"},
        {"revokectl import f --yes", "option '--yes' cannot be used with 'revokectl import'"},
        {"revokectl export-krl f --key g",
         "option '--key' cannot be used with 'revokectl export-krl'"},
        {"revokectl verify", "no FILE given"},
        {"revokectl verify f --conf g", "option '--conf' cannot be used with 'revokectl verify'"},
        {"revokectl reindex alice", "unexpected argument 'alice'"},
        {"revokectl break-glass", "no DURATION given (such as 2h, or off)"},
        {"revokectl break-glass 2h --dry-run",
         "option '--dry-run' cannot be used with 'revokectl break-glass'"},
    });
}

Test(command_line, control_bytes_of_words_are_not_printed) {
    for (const std::string_view word : {"--\x1b[2J", "-\x1b", "a\x1b"}) {
        const std::vector<std::string_view> words = {"revoke-user", "x", word};
        const CommandLine line = parse_command_line(words, kNowSec);
        EXPECT_ROW(!line.error.empty() && line.error.find('\x1b') == std::string::npos, line.error);
    }
}
