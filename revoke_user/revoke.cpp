// revoke.cpp - deny first, then end, then look again, then say what is true.

#include <cstdio>

#include "actions.hpp"
#include "context.hpp"
#include "end_options.hpp"
#include "events.hpp"
#include "indexes.hpp"
#include "key.hpp"
#include "linger.hpp"
#include "list_change.hpp"
#include "outcome.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/text.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/pam_revoke/nss.hpp"
#include "safeguards.hpp"
#include "unknown_user.hpp"

namespace pam_revoke {
namespace {

// Asks for the reason where it is wanted and missing; true when there is nothing to complain of.
bool texts_are_sound(Context& context) {
    Arguments& arguments = context.arguments;
    const bool wanted = !arguments.only_ends() && arguments.reason.empty();
    if (wanted && !arguments.dry_run && context.output.can_ask())
        arguments.reason = context.output.ask("Reason: ");
    if (wanted && !arguments.dry_run && arguments.reason.empty()) {
        context.output.complain("--reason is required");
        return false;
    }
    return texts_are_valid(context);
}

// The first half: the list is on disk and the gate was asked, before the first session is touched.
bool deny_first(const Context& context, const Revocation& revocation, Outcome& outcome) {
    auto update = deny(context, revocation.entry(context));
    if (!update.ok()) {
        context.output.complain(update.error());
        if (update.error().fault != Fault::refused)
            context.output.complain(
                compose("{}: nothing was revoked and nothing was ended; 'revokectl end' ends "
                        "sessions without an entry",
                        display(revocation.name)));
        return false;
    }
    outcome.changed = update.value().changed;
    if (!update.value().durable)
        outcome.errors.push_back(context.console_path() +
                                 ": replaced, but may be lost in a power failure");
    outcome.planned = context.arguments.from_sec.value_or(0) > context.now_sec;
    if (outcome.planned) return true;
    // Before the gate is asked, which then need not read a large list line by line; who has
    // sessions to be ended is not kept waiting.
    outcome.indexed = context.arguments.no_end && outcome.changed;
    if (outcome.indexed) refresh_index(context);
    const Decision decision = ask_gate(context, revocation.target, "sshd");
    outcome.denied = decision.verdict == Verdict::revoked;
    if (!outcome.denied)
        outcome.errors.push_back(
            compose("{}: the entry is in the list, but the gate does not deny: {}",
                    display(revocation.name),
                    decision.exempt  ? "exempt by the configuration"
                    : decision.error ? describe(*decision.error)
                                     : "the gate does not read " + context.console_path()));
    return true;
}

// Where the home is not known, that is said: the traces there are not.
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

// Lingering first: what is ended while it is on would be started again.
void end_all(const Context& context, Revocation& revocation, Outcome& outcome) {
    outcome.ended = true;
    if (revocation.doubt)
        outcome.errors.push_back(describe(*revocation.doubt));
    else if (revocation.account.uids.empty())
        outcome.errors.push_back(
            display(revocation.name) +
            ": no UID is known, processes cannot be found; use uid:NUMBER if it is known");
    const bool keeps_linger = context.arguments.only_ends();
    auto suspended = keeps_linger ? Result<bool>(false)
                                  : suspend_linger(context, revocation.bus, revocation.account);
    outcome.report = end_account(revocation.bus, revocation.account, end_options(context),
                                 show_progress(context));
    context.output.end_progress();
    // What failed at first is tried again. A last act may have been to switch it on: for that
    // nothing is given back.
    if (!suspended.ok()) suspended = suspend_linger(context, revocation.bus, revocation.account);
    outcome.linger = suspended.ok() && suspended.value();
    const auto off = keeps_linger     ? Result<void>()
                     : suspended.ok() ? forbid_linger(revocation.bus, revocation.account)
                                      : suspended.error();
    if (!off.ok())
        outcome.errors.push_back("lingering could not be disabled: " + describe(off.error()));
    outcome.persistence = persistence_of(context, revocation.account);
    for (const std::string& unit : outcome.report.containers)
        outcome.persistence.found.push_back({"container", unit});
}

Result<Revocation> begin(const Context& context) {
    const auto target = TRY(subject_of(context.arguments));
    Result<Bus> bus = Bus::open(monotonic_usec() + 2 * kCallUsec);
    auto account = account_of(bus, target);
    if (!account.ok() && account.error().fault == Fault::bus) {
        bus =
            account.error();  // logind was there and did not answer: deny all the same, and say so
        account = account_of(bus, target);
    }
    // A name can be denied without anybody who knows it.
    std::optional<Error> doubt;
    if (!account.ok()) doubt = account.error();
    Account known = account.ok() ? std::move(account.value())
                                 : Account{std::string(target.name), {}, false, {}, {}};
    if (doubt && target.kind == TargetKind::uid) known.uids.push_back(target.uid);
    const std::string name = known.name.empty() ? text_of(target) : known.name;
    return Revocation{target, std::move(known), std::move(bus), doubt, name, EntryText(context)};
}

ExitCode carry_out(const Context& context, Revocation& revocation,
                   const std::vector<Session>& sessions) {
    Outcome outcome;
    const Arguments& arguments = context.arguments;
    if (!arguments.only_ends() && !deny_first(context, revocation, outcome)) return kUnchanged;
    const bool end = !arguments.no_end && !outcome.planned;
    if (end) {
        warn_users(context, sessions);
        end_all(context, revocation, outcome);
    }
    if (outcome.changed || end) {
        const std::string ended =
            compose("{} sessions ended, {} left, {} processes left", outcome.report.ended.size(),
                    outcome.report.sessions.size(), outcome.report.survivors.size());
        const std::string detail = end ? ended : "no session was ended";
        const auto remembered =
            remember(context, arguments.only_ends() ? HistoryAction::end : HistoryAction::revoke,
                     text_of(revocation.target), outcome.result(), detail);
        if (!remembered.ok()) outcome.errors.push_back(describe(remembered.error()));
        log_ended_sessions(context, outcome.report.ended, text_of(revocation.target));
    }
    const bool idle = !outcome.changed && !end;
    const ExitCode code = !outcome.complete() ? kIncomplete : idle ? kUnchanged : kDone;
    if (idle && outcome.complete())
        context.output.complain(
            compose("{}: already revoked with the same reason and dates; nothing was changed",
                    display(revocation.name)));
    print_outcome(context, revocation, outcome);
    context.output.answer(outcome_json(revocation, outcome, code));
    std::fflush(stdout);
    if (outcome.changed && !outcome.indexed) refresh_index(context);
    if (outcome.report.own_left) end_own(revocation.bus, revocation.account);
    return code;
}

// What could not be seen is said: "0 sessions" of a bus that does not answer would be no answer.
ExitCode conclude_dry_run(const Context& context, const Revocation& revocation,
                          const Activity& there) {
    for (const Error& error : there.errors) context.output.complain(error);
    context.output.say("dry run: nothing was changed");
    JsonObject json;
    json.add("target", text_of(revocation.target))
        .add_raw("sessions", to_json_array(there.sessions));
    json.add_raw("processes", to_json_array(there.processes))
        .add_raw("troubles", to_json_array(there.errors));
    context.output.answer(json.add("result", "dry run").text());
    return there.errors.empty() ? kDone : kIncomplete;
}

// Who reads the plan gets one with numbers. At once means at once: who is killed first is counted
// afterwards; only who is to be warned must be known before.
Activity scan_first(const Context& context, Revocation& revocation, bool later) {
    const Arguments& arguments = context.arguments;
    const bool is_read = !arguments.yes || !(arguments.quiet || arguments.json);
    Activity there;
    if (later) return there;
    if (arguments.dry_run || (is_read && !arguments.now))
        return scan_until_consistent(revocation.bus, revocation.account);
    if (!arguments.warn.empty()) scan_sessions(revocation.bus, revocation.account, there);
    return there;
}

}  // namespace

ExitCode revoke_user(Context& context) {
    if (!is_root(context)) return kUnchanged;
    if (!texts_are_sound(context)) return kUsage;
    if (names_key(context.arguments)) return revoke_key(context);
    if (context.arguments.all || !context.arguments.selection.empty()) return end_selected(context);
    auto begun = begin(context);
    if (!begun.ok()) {
        context.output.complain(begun.error());
        return begun.error().fault == Fault::malformed ? kUsage : kUnchanged;
    }
    Revocation& revocation = begun.value();
    if (!may_go_on(context, revocation.target, revocation.account, revocation.name))
        return kUnchanged;
    if (!revocation.account.known) context.output.warn(describe_unknown_user(revocation.target));
    const bool later =
        context.arguments.no_end || context.arguments.from_sec.value_or(0) > context.now_sec;
    const Activity there = scan_first(context, revocation, later);
    print_plan(context, revocation, there);
    if (context.arguments.dry_run) return conclude_dry_run(context, revocation, there);
    if (!is_confirmed(context, "Continue? [y/N] ")) return kUnchanged;
    return carry_out(context, revocation, there.sessions);
}

}  // namespace pam_revoke
