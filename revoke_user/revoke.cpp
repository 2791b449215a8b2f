// revoke.cpp - revokes or ends a user: account, sessions, processes, lingering and persistence.

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "actions.hpp"
#include "held_units.hpp"
#include "key.hpp"
#include "linger.hpp"
#include "list_writer.hpp"
#include "log_out.hpp"
#include "operation.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/pam_revoke/nss.hpp"
#include "safeguards.hpp"
#include "unknown_user.hpp"

namespace pam_revoke {
namespace {

struct UserToRevoke {
    Target target;
    Account account;
    Result<Bus> bus;
    std::optional<Error> doubt;  // why the account could not be looked up
    std::string name;            // for messages
};

// Asks for a missing reason if it is required; true if all texts are valid.
bool texts_are_sound(Context& context) {
    Arguments& arguments = context.arguments;
    if (!arguments.only_ends() && !arguments.dry_run) {
        if (arguments.reason.empty() && context.output.can_ask())
            arguments.reason = context.output.ask("Reason: ");
        if (arguments.reason.empty()) return context.output.complain("--reason is required"), false;
    }
    return texts_are_valid(context);
}

// Without the home directory, persistence in it cannot be found; an error is added.
Persistence persistence_of(const Context& context, const Account& account) {
    const auto passwd = find_name(account.name.c_str());
    const bool has_home =
        passwd.ok() && passwd.value().known && !passwd.value().home.was_truncated();
    Persistence persistence =
        find_persistence(account.name, account.uids,
                         has_home ? std::string(passwd.value().home.view()) : "", context.now_sec);
    if (!passwd.ok()) persistence.errors.push_back(passwd.error());
    if (passwd.ok() && passwd.value().home.was_truncated())
        persistence.errors.push_back(make_error(Fault::too_large, passwd.value().home.view(),
                                                "path of the home directory too long"));
    return persistence;
}

// Holds off what would start the user's programs again, and ends what it has started meanwhile.
void hold_off(const Context& context, UserToRevoke& user, Outcome& outcome) {
    HeldUnits held = hold_units(context, user.bus, user.account, outcome.report);
    if (!held.failed.ok())
        outcome.errors.push_back(compose("{}: some units could not be held off: {}",
                                         display(user.name), describe(held.failed.error())));
    if (held.units.empty()) return;
    outcome.held = std::move(held.units);
    const EndReport first = std::move(outcome.report);
    outcome.report =
        end_account(user.bus, user.account, end_options(context), show_progress(context));
    outcome.report.add(first);
}

// The record waits for its file system in a child: the ending must not.
void disable_linger(const Context& context, UserToRevoke& user, Outcome& outcome) {
    if (!lingers(user.account.name) || user.account.uids.empty()) return;
    const auto record = [context, account = user.account](int lock_msec) -> Result<ListUpdate> {
        TRY(record_linger(context, account, lock_msec));
        return ListUpdate{};
    };
    outcome.linger = true;
    outcome.linger_record = std::make_shared<ListWriter>(record);
    (void)forbid_linger(user.bus, user.account);  // tried again after the ending
}

// Adds what is wrong with lingering after an ending.
void check_linger(UserToRevoke& user, Outcome& outcome) {
    const auto off = forbid_linger(user.bus, user.account);
    if (!off.ok())
        outcome.errors.push_back("lingering could not be disabled: " + describe(off.error()));
    if (!outcome.linger_record || outcome.is_late) return;
    const auto recorded = outcome.linger_record->wait(kLateMsec);
    if (recorded.ok() && recorded.value()) return;
    outcome.linger = false;
    outcome.errors.push_back(compose(
        "{}: lingering is disabled, and --undo will not enable it: {}; use 'loginctl "
        "enable-linger' after the undo",
        display(user.name), recorded.ok() ? "it is not recorded yet" : describe(recorded.error())));
}

// Disables lingering first: the user manager would start again otherwise.
void end_all(const Context& context, UserToRevoke& user, Outcome& outcome) {
    if (user.doubt)
        outcome.errors.push_back(describe(*user.doubt));
    else if (user.account.uids.empty())
        outcome.errors.push_back(
            display(user.name) +
            ": no UID is known, processes cannot be found; use uid:NUMBER if it is known");
    const bool keeps_linger = context.arguments.only_ends();
    if (!keeps_linger) disable_linger(context, user, outcome);
    outcome.report =
        end_account(user.bus, user.account, end_options(context), show_progress(context));
    const bool denies = outcome.is_recorded && !keeps_linger && !context.arguments.log_out;
    if (denies && context.arguments.now) hold_off(context, user, outcome);
    if (!keeps_linger) check_linger(user, outcome);
    outcome.persistence = persistence_of(context, user.account);
    for (const std::string& unit : outcome.report.containers)
        outcome.persistence.found.push_back({"container", unit});
}

// Ends everything while logins are denied, then lets the user in again.
void log_out(const Context& context, UserToRevoke& user, const Operation& operation,
             Outcome& outcome) {
    end_all(context, user, outcome);
    // What they start from now on is as new as a login.
    outcome.report.starters.clear();
    outcome.report.supervisors.clear();
    if (!outcome.is_recorded) return;
    if (!outcome.report.verified())
        return outcome.errors.push_back(describe_denied(outcome, display(user.name)));
    allow_again(context, operation, outcome);
    if (!outcome.allowed_sec) return;
    // Also what an earlier attempt has recorded.
    const auto resumed = resume_linger(context, user.account);
    if (!resumed.ok())
        outcome.errors.push_back("lingering could not be enabled again: " +
                                 describe(resumed.error()));
    outcome.linger = outcome.linger && (!resumed.ok() || !resumed.value());
}

Result<UserToRevoke> find_user(const Context& context) {
    const auto target = TRY(subject_of(context.arguments));
    Result<Bus> bus = Bus::open(monotonic_usec() + 2 * kCallUsec);
    auto account = account_of(bus, target);
    if (!account.ok() && account.error().fault == Fault::bus) {
        bus =
            account.error();  // logind is running but did not answer: revoke anyway and report that
        account = account_of(bus, target);
    }
    // A name can be revoked without an account.
    std::optional<Error> doubt;
    if (!account.ok()) doubt = account.error();
    Account known = account.ok() ? std::move(account.value())
                                 : Account{std::string(target.name), {}, false, {}, {}};
    if (doubt && target.kind == TargetKind::uid) known.uids.push_back(target.uid);
    const std::string name = known.name.empty() ? text_of(target) : known.name;
    return UserToRevoke{target, std::move(known), std::move(bus), doubt, name};
}

// Scans for the plan if the operator reads it. With --now there is no scan before the kill, except
// for the sessions that --warn needs.
Activity scan_first(const Context& context, UserToRevoke& user) {
    const Arguments& arguments = context.arguments;
    const bool is_read = !arguments.yes || !(arguments.quiet || arguments.json);
    if (arguments.dry_run || (is_read && !arguments.now))
        return scan_until_consistent(user.bus, user.account);
    Activity there;
    if (!arguments.warn.empty()) scan_sessions(user.bus, user.account, there);
    return there;
}

std::string moment(const char* before, const std::optional<std::int64_t>& time_sec) {
    return time_sec ? compose(", {} {}", before, print_time(*time_sec).view()) : "";
}

void print_plan(const Context& context, const Operation& operation) {
    const Arguments& arguments = context.arguments;
    std::string uids;
    for (const std::uint32_t uid : operation.uids)
        uids += compose("{}{}", uids.empty() ? "uid " : ", ", uid);
    context.output.say(compose("{} ({})", context.output.strong(operation.name),
                               uids.empty() ? "no UID known" : uids));
    if (arguments.log_out)
        context.output.say(
            "  revoke  new logins are denied until everything is ended, then possible again");
    else if (!arguments.only_ends())
        context.output.say(compose("  revoke  new logins are denied{}{}, by {}",
                                   moment("from", arguments.from_sec),
                                   moment("until", arguments.until_sec), context.console_path()));
    if (!operation.ends) return;
    if (arguments.now) return context.output.say("  end     everything, at once");
    const Activity& there = operation.there;
    const auto is_named = [&arguments](const Process& process) {
        return !arguments.descendants &&
               (process.tie == Tie::descendant || process.tie == Tie::container);
    };
    const auto named = static_cast<std::size_t>(
        std::count_if(there.processes.begin(), there.processes.end(), is_named));
    context.output.say(
        compose("  end     {}, {}{}", counted(there.sessions.size(), "session", "sessions"),
                counted(there.processes.size() - named, "process", "processes"),
                named > 0 ? compose("; {} more only with --descendants", named) : ""));
    context.output.print_sessions(there.sessions, false);
}

ExitCode revoke_user(const Context& context, UserToRevoke& user) {
    const auto& uids = user.account.uids;
    if (!may_go_on(context, user.target, user.account, user.name)) return kUnchanged;
    if (!user.account.known) context.output.warn(describe_unknown_user(user.target));
    Operation operation{OperationKind::user, !context.arguments.no_end && !begins_later(context)};
    operation.entry.target = user.target;
    if (user.target.kind == TargetKind::user && uids.size() == 1)
        operation.entry.uid = uids.front();
    operation.name = display(user.name);
    operation.uids = uids;
    if (operation.ends) operation.there = scan_first(context, user);
    operation.idle = "already revoked with the same reason and dates; nothing was changed";
    if (begins_later(context))
        operation.planned =
            compose("will be revoked from {} on", print_time(*context.arguments.from_sec).view());
    operation.ask_gate = [&] { return ask_gate(context, user.target, "sshd"); };
    operation.ask_services = [&] { return ask_services(context, user.target); };
    operation.end = [&](Outcome& outcome) {
        if (context.arguments.log_out)
            log_out(context, user, operation, outcome);
        else
            end_all(context, user, outcome);
    };
    operation.end_own = [&] { end_own(user.bus, user.account); };
    print_plan(context, operation);
    return carry_out(context, operation);
}

}  // namespace

ExitCode revoke_user(const Context& asked) {
    Context context = asked;
    if (!texts_are_sound(context)) return kUsage;
    if (names_key(context.arguments)) return revoke_key(context);
    if (context.arguments.all || !context.arguments.selection.empty()) return end_selected(context);
    use_account_name(context);
    auto user = find_user(context);
    if (user.ok()) return revoke_user(context, user.value());
    return context.fail(user.error(), user.error().fault == Fault::malformed ? kUsage : kUnchanged);
}

}  // namespace pam_revoke
