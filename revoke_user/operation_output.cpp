// operation_output.cpp - prints the plan and the outcome of an operation, as text and as JSON.

#include <algorithm>

#include "operation.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/report.hpp"

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
    for (const Error& error : report.supervisors) context.output.complain(error);
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

}  // namespace

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
    if (outcome.allowed_sec)
        context.output.say(compose("{}: logged out; new logins are possible", name));
    const bool all_ended =
        outcome.report.verified() && !outcome.report.own_left && !operation.uids.empty();
    if (outcome.is_late && all_ended) return;
    if (!outcome.is_recorded && all_ended)
        context.output.complain(
            compose("{}: everything was ended, but the entry was not written; "
                    "fix the errors above and run the command again",
                    name));
    else if (!outcome.complete())
        context.output.complain(compose("{}: {}something is left or could not be verified; {}",
                                        name, outcome.denied ? "revoked, but " : "",
                                        next_step(context, operation, outcome.report)));
}

std::string outcome_json(const Operation& operation, const Outcome& outcome, const char* result,
                         ExitCode code) {
    const EndReport& report = outcome.report;
    const bool is_user = operation.kind == OperationKind::user;
    JsonArray uids;
    for (const std::uint32_t uid : operation.uids) uids.add_raw(std::to_string(uid));
    JsonArray errors;
    for (const Starter& starter : report.starters) errors.add_raw(to_json(error_of(starter)));
    for (const Error& error : report.supervisors) errors.add_raw(to_json(error));
    for (const Error& error : report.errors) errors.add_raw(to_json(error));
    for (const std::string& error : outcome.errors) errors.add_raw(json_string(error));
    JsonObject json;
    if (!operation.name.empty()) json.add("target", text_of(operation.entry));
    if (is_user) json.add_raw("uids", uids.text());
    if (!operation.name.empty())
        json.add_flag("denied", outcome.denied).add_flag("changed", outcome.changed);
    if (outcome.allowed_sec) json.add("not_before", print_time(*outcome.allowed_sec).view());
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
