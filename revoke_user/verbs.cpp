#include "verbs.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "help.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "suggest.hpp"

namespace pam_revoke {
namespace {

using enum Option;

constexpr OptionSet kOutput = {help, json, quiet};
constexpr OptionSet kCommon = kOutput | OptionSet{conf};
constexpr OptionSet kKey = {key, cert, ca, serial, key_id};
constexpr OptionSet kSelection = {address, all, service, session, tty};
constexpr OptionSet kImport = kCommon | OptionSet{reason, ref, dry_run, force};
constexpr OptionSet kEnd = {descendants, dry_run, force, now, reason, ref, warn, yes};
constexpr OptionSet kRevoke = {
    reason,  ref,     from,  until, warn, undo,  no_end,  now,        descendants,
    dry_run, log_out, force, yes,   user, fleet, timeout, everywhere, version,
};

// In alphabetical order, as in the help.
constexpr std::array kVerbs = {
    Command{"revokectl break-glass", Action::break_glass, Operand::duration,
            kCommon | OptionSet{reason, ref, yes}, kHelpBreakGlass},
    Command{"revokectl check", Action::check, Operand::target, kCommon | kKey | OptionSet{service},
            kHelpCheck},
    Command{"revokectl doctor", Action::doctor, Operand::none, kCommon | OptionSet{root},
            kHelpDoctor},
    Command{"revokectl end", Action::end, Operand::sessions, kCommon | kKey | kSelection | kEnd,
            kHelpEnd},
    Command{"revokectl export-krl", Action::export_krl, Operand::file,
            kCommon | OptionSet{ca, force}, kHelpExportKrl},
    Command{"revokectl history", Action::history, Operand::optional_target, kCommon, kHelpHistory},
    Command{"revokectl import", Action::import, Operand::file, kImport, kHelpImport},
    Command{"revokectl import-krl", Action::import_krl, Operand::file, kImport, kHelpImportKrl},
    Command{"revokectl list", Action::list, Operand::none, kCommon | OptionSet{all}, kHelpList},
    Command{"revokectl reindex", Action::reindex, Operand::none, kCommon, kHelpReindex},
    Command{"revokectl sessions", Action::sessions, Operand::optional_target,
            kCommon | kKey | kSelection, kHelpSessions},
    Command{"revokectl verify", Action::verify, Operand::file, kOutput, kHelpVerify},
};

// Verbs of other packages.
struct Packaged {
    std::string_view verb;
    std::string_view package;
};
constexpr std::array kPackaged = {
    Packaged{"fleet", "pam-revoke-relay"},
    Packaged{"publish", "pam-revoke-relay"},
    Packaged{"sign", "pam-revoke-relay"},
    Packaged{"status", "pam-revoke-agent"},
};

}  // namespace

const Command kRevokeUser = {"revoke-user", Action::revoke, Operand::target,
                             kCommon | kKey | kRevoke, kHelpRevokeUser};
const Command kUndo = {"revoke-user --undo", Action::undo, Operand::target,
                       kCommon | kKey | OptionSet{undo, dry_run, force, yes}, kHelpRevokeUser};
const Command kRevokectl = {"revokectl", Action::help, Operand::none, kCommon | OptionSet{version},
                            kHelpRevokectl};

std::span<const Command> verbs() { return kVerbs; }

const Command* find_verb(std::string_view name) {
    const auto verb = std::find_if(kVerbs.begin(), kVerbs.end(),
                                   [name](const Command& each) { return each.verb() == name; });
    return verb == kVerbs.end() ? nullptr : &*verb;
}

bool may_be_external(std::string_view verb) {
    return !verb.empty() && verb.front() != '-' &&
           verb.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos;
}

std::string describe_unknown_verb(std::string_view verb) {
    std::vector<std::string_view> names;
    for (const Command& each : kVerbs) names.push_back(each.verb());
    for (const auto& [name, package] : kPackaged) {
        if (name == verb) return compose("{}: not installed; install {}", verb, package);
        names.push_back(name);
    }
    return compose("unknown verb '{}'{}", display(verb), did_you_mean(nearest(verb, names)));
}

}  // namespace pam_revoke
