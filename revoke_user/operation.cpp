#include "operation.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "end_options.hpp"
#include "events.hpp"
#include "indexes.hpp"
#include "list_change.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/logind/account_queries.hpp"
#include "revoke/logind/audit.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/logind/terminals.hpp"
#include "safeguards.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMaxShown = 20;

// Returns the next step for the operator if something is left.
const char* next_step(const Context& context, const Operation& operation, const EndReport& report) {
    const auto is_named = [](const Process& process) {
        return process.tie == Tie::descendant || process.tie == Tie::container;
    };
    const bool can_add = operation.kind == OperationKind::user && !context.arguments.descendants;
    if (can_add && std::any_of(report.survivors.begin(), report.survivors.end(), is_named))
        return "add --descendants to end descendants and containers as well";
    return "fix the errors above and run the command again";
}

// Prints errors too: "0 sessions" would be wrong if the bus does not answer.
ExitCode foresee(const Context& context, const Operation& operation) {
    const Activity& there = operation.there;
    for (const Error& error : there.errors) context.output.complain(error);
    context.output.say("dry run: nothing was changed");
    JsonObject json;
    if (!operation.name.empty()) json.add("target", text_of(operation.entry));
    json.add_raw("sessions", to_json_array(there.sessions));
    if (operation.kind == OperationKind::user)
        json.add_raw("processes", to_json_array(there.processes))
            .add_raw("errors", to_json_array(there.errors));
    context.output.answer(json.add("result", "dry run").text());
    return there.errors.empty() ? kDone : kIncomplete;
}

Result<ListUpdate> deny_as_typed(const Context& context, Entry entry) {
    const std::string reason = quoted(context.arguments.reason);
    const std::string ref = quoted(context.arguments.ref);
    const std::string by = quoted(context.by.name);
    entry.from_sec = context.arguments.from_sec;
    entry.until_sec = context.arguments.until_sec;
    entry.at_sec = std::time(nullptr);  // the operator may have confirmed late
    entry.reason = reason;
    entry.ref = ref;
    entry.by = by;
    return deny(context, entry);
}

// True if the operation goes on without an entry: a user that fills the disk must not keep the
// sessions.
bool goes_on_without_entry(const Context& context, const Operation& operation, const Error& error,
                           Outcome& outcome) {
    if (operation.ends && error.fault == Fault::io) {
        outcome.denied = operation.ask_gate().verdict == Verdict::revoked;
        outcome.errors.push_back(describe(error));
        outcome.errors.push_back(
            compose("{}: not recorded; {}", operation.name,
                    outcome.denied ? "an earlier entry denies new logins"
                                   : "new logins are possible until the entry can be written"));
        return true;
    }
    context.output.complain(error);
    if (operation.kind == OperationKind::user && error.fault != Fault::refused)
        context.output.complain(operation.name +
                                ": nothing was revoked and nothing was ended; 'revokectl end' "
                                "ends sessions without an entry");
    return false;
}

// Writes the list and asks the gate, before any session is ended. False if nothing is to be done.
bool revoke(const Context& context, const Operation& operation, Outcome& outcome) {
    const auto update = deny_as_typed(context, operation.entry);
    limit_account_queries(kAccountsAfterMsec);
    if (!update.ok()) return goes_on_without_entry(context, operation, update.error(), outcome);
    outcome.changed = update.value().changed;
    if (!update.value().durable)
        outcome.errors.push_back(context.console_path() +
                                 ": replaced, but may be lost in a power failure");
    outcome.planned = begins_later(context);
    // Before asking the gate, which would otherwise read a large list line by line. If sessions are
    // ended, the index is updated afterwards.
    outcome.indexed = !operation.ends && outcome.changed;
    if (outcome.indexed) refresh_index(context);
    const Decision decision = operation.ask_gate();
    const bool denies = decision.verdict == Verdict::revoked;
    outcome.denied = denies && !outcome.planned;
    if (!denies)
        outcome.errors.push_back(
            compose("{}: the entry is in the list, but the gate does not deny: {}", operation.name,
                    why_not_denied(decision, context.console_path())));
    else if (operation.ask_services)
        for (std::string& error : describe_open(operation.name, operation.ask_services()))
            outcome.errors.push_back(std::move(error));
    return true;
}

// Writes the text of --warn to the terminals of the sessions.
void warn_users(const Context& context, const std::vector<Session>& sessions) {
    if (context.arguments.warn.empty()) return;
    for (const Session& session : sessions) {
        if (session.tty.empty()) continue;
        const auto done = write_on_terminal(session.tty, session.uid, context.arguments.warn);
        if (!done.ok()) context.output.warn(describe(done.error()));
    }
}

// True if something was ended or left. An ending of a user or of sessions always counts.
bool has_ended(const Operation& operation, const EndReport& report) {
    if (operation.kind != OperationKind::key) return operation.ends;
    return !report.ended.empty() || !report.sessions.empty() || report.own_left ||
           report.logins_killed > 0;
}

void remember_target(const Context& context, const Operation& operation, Outcome& outcome) {
    const EndReport& report = outcome.report;
    const bool is_user = operation.kind == OperationKind::user;
    std::string detail =
        compose("{} sessions ended, {} left, {}", report.ended.size(), report.sessions.size(),
                is_user ? compose("{} processes left", report.survivors.size())
                        : compose("{} logins without a session killed", report.logins_killed));
    if (is_user && !operation.ends) detail = "no session was ended";
    for (const std::string& unit : report.units_stopped)
        detail += compose(", unit {} stopped", display(unit));
    for (const std::string& unit : outcome.held)
        detail += compose(", unit {} held off", display(unit));
    const std::string target = text_of(operation.entry);
    const auto action = context.arguments.only_ends() ? HistoryAction::end : HistoryAction::revoke;
    const auto remembered = remember(context, action, target, outcome.result(), detail);
    if (!remembered.ok()) outcome.errors.push_back(describe(remembered.error()));
    log_ended_sessions(context, report.ended, target);
}

void print_left(const Context& context, const EndReport& report, const std::string& name) {
    for (const Session& session : report.sessions)
        context.output.complain(compose("{}: {}: still open", name, describe(session)));
    const std::size_t shown = std::min(report.survivors.size(), kMaxShown);
    for (std::size_t i = 0; i < shown; ++i)
        context.output.complain(
            compose("{}: {}: still running", name, describe(report.survivors[i])));
    if (report.survivors.size() > shown)
        context.output.complain(
            compose("{}: and {} more processes", name, report.survivors.size() - shown));
    for (const Starter& starter : report.starters) context.output.complain(error_of(starter));
    for (const Error& error : report.errors) context.output.complain(error);
    if (report.own_left)
        context.output.complain(
            compose("{}: your own session is ended last and cannot be verified", name));
}

// Prints what was ended, what is left and the persistence.
void say_ended(const Context& context, const Operation& operation, const Outcome& outcome) {
    const EndReport& report = outcome.report;
    const std::string& name = operation.name;
    const std::string before = name.empty() ? "" : name + ": ";
    if (operation.ends)
        context.output.say(compose("{}{} and {} ended in {:.1f} s", before,
                                   counted(report.ended.size(), "session", "sessions"),
                                   counted(report.processes_ended, "process", "processes"),
                                   static_cast<double>(report.elapsed_usec) / 1e6));
    for (const std::string& unit : report.units_stopped)
        context.output.say(compose("{}unit {} stopped", before, display(unit)));
    for (const std::string& unit : outcome.held)
        context.output.say(
            compose("{}unit {} held off until --undo or a reboot", before, display(unit)));
    if (report.logins_killed > 0)
        context.output.say(
            compose("{}{} logins without a session killed", before, report.logins_killed));
    print_left(context, report, name.empty() ? "selected sessions" : name);
    for (const std::string& error : outcome.errors) context.output.complain(error);
    if (outcome.linger)
        context.output.say(before + "lingering is disabled; --undo enables it again");
    for (const PersistenceHook& hook : outcome.persistence.found)
        context.output.say(compose("{}persistence: {} {}", before, hook.kind, display(hook.path)));
    for (const Error& error : outcome.persistence.errors)
        context.output.warn(describe(error) + "; persistence could not be checked completely");
    const bool is_key = operation.kind == OperationKind::key;
    if (operation.ends && outcome.complete())
        context.output.say(before +
                           context.output.good(is_key ? "no session is left" : "nothing is left"));
}

void print_outcome(const Context& context, const Operation& operation, const Outcome& outcome) {
    const std::string& name = operation.name;
    if (outcome.planned) context.output.say(compose("{}: {}", name, operation.planned));
    const auto& exempt = context.settings.policy.exempt_users;
    if (outcome.denied && operation.kind == OperationKind::key && !exempt.empty())
        context.output.warn(compose("{}: warning: exempt users ({}) can still log in with it{}",
                                    name, display(exempt.view()),
                                    operation.entry.target.kind == TargetKind::key
                                        ? "; if it is in their authorized_keys, remove it"
                                        : ""));
    if (outcome.denied)
        context.output.say(compose("{}: {}{}", name, context.output.good("revoked"),
                                   outcome.changed ? "" : ", as before"));
    say_ended(context, operation, outcome);
    if (name.empty()) return;
    if (context.arguments.only_ends())
        context.output.say(name + (operation.ask_gate().verdict == Verdict::revoked
                                       ? ": still revoked; new logins are denied"
                                       : ": not revoked; new logins are possible"));
    if (!outcome.complete())
        context.output.complain(compose("{}: {}something is left or could not be verified; {}",
                                        name, outcome.denied ? "revoked, but " : "",
                                        next_step(context, operation, outcome.report)));
}

}  // namespace

bool begins_later(const Context& context) {
    return context.arguments.from_sec.value_or(0) > context.now_sec;
}

ExitCode carry_out(const Context& context, const Operation& operation) {
    if (context.arguments.dry_run) return foresee(context, operation);
    if (!is_confirmed(context, "Continue? [y/N] ")) return kUnchanged;
    const bool only_ends = context.arguments.only_ends();
    Outcome outcome;
    if (!only_ends && !revoke(context, operation, outcome)) return kUnchanged;
    if (only_ends) limit_account_queries(kAccountsAfterMsec);
    if (operation.ends) {
        ignore_departure();
        warn_users(context, operation.there.sessions);
        operation.end(outcome);
        context.output.end_progress();
    }
    const bool acted = outcome.changed || has_ended(operation, outcome.report);
    if (operation.remember)
        operation.remember(outcome);
    else if (acted)
        remember_target(context, operation, outcome);
    const bool idle = !acted && (only_ends || !operation.ends);
    const ExitCode code = !outcome.complete() ? kIncomplete : idle ? kUnchanged : kDone;
    if (idle && outcome.complete())
        context.output.complain(compose("{}: {}", operation.name, operation.idle));
    print_outcome(context, operation, outcome);
    if (const std::size_t lost = lost_journal_entries(); lost > 0)
        context.output.warn(compose("the journal did not accept {}; see 'revokectl history'",
                                    counted(lost, "entry", "entries")));
    context.output.answer(outcome_json(operation, outcome, result_word(outcome.result()), code));
    std::fflush(stdout);
    if (outcome.changed && !outcome.indexed) refresh_index(context);
    if (outcome.report.own_left) operation.end_own();
    return code;
}

std::string outcome_json(const Operation& operation, const Outcome& outcome, const char* result,
                         ExitCode code) {
    const EndReport& report = outcome.report;
    const bool is_user = operation.kind == OperationKind::user;
    JsonArray uids;
    for (const std::uint32_t uid : operation.uids) uids.add_raw(std::to_string(uid));
    JsonArray errors;
    for (const Starter& starter : report.starters) errors.add_raw(to_json(error_of(starter)));
    for (const Error& error : report.errors) errors.add_raw(to_json(error));
    for (const std::string& error : outcome.errors) errors.add_raw(json_string(error));
    JsonObject json;
    if (!operation.name.empty()) json.add("target", text_of(operation.entry));
    if (is_user) json.add_raw("uids", uids.text());
    if (!operation.name.empty())
        json.add_flag("denied", outcome.denied).add_flag("changed", outcome.changed);
    json.add_raw("ended", to_json_array(report.ended))
        .add("sessions_ended", report.ended.size())
        .add("processes_ended", report.processes_ended);
    if (operation.kind == OperationKind::key) json.add("logins_killed", report.logins_killed);
    JsonArray units;
    for (const std::string& unit : report.units_stopped) units.add_raw(json_string(unit));
    JsonArray held;
    for (const std::string& unit : outcome.held) held.add_raw(json_string(unit));
    if (is_user) json.add_raw("units_stopped", units.text()).add_raw("units_held_off", held.text());
    json.add_raw("sessions_left", to_json_array(report.sessions))
        .add_raw("survivors", to_json_array(report.survivors));
    if (is_user)
        json.add_raw("persistence", to_json_array(outcome.persistence.found))
            .add_flag("linger_suspended", outcome.linger);
    json.add_raw("errors", errors.text())
        .add_flag("own_session_left", report.own_left)
        .add("elapsed_ms", report.elapsed_usec / 1000);
    return json.add("result", result).add("exit", int{code}).text();
}

}  // namespace pam_revoke
