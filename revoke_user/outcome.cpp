#include "outcome.hpp"

#include <algorithm>

#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/report.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMaxShown = 20;

// What the operator can do about what is left.
const char* next_step(const Context& context, const EndReport& report) {
    const auto is_named = [](const Process& process) {
        return process.tie == Tie::descendant || process.tie == Tie::container;
    };
    if (!context.arguments.descendants &&
        std::any_of(report.survivors.begin(), report.survivors.end(), is_named))
        return "add --descendants to end descendants and containers as well";
    return "fix the errors above and run the command again";
}

}  // namespace

void print_sessions(const Context& context, const std::vector<Session>& sessions, bool with_user) {
    std::vector<std::vector<std::string>> rows = {
        {"SESSION", "CLASS", "SERVICE", "TTY", "FROM", "STATE", "PROCS", "SINCE"}};
    for (const Session& each : sessions)
        rows.push_back({display(each.id), each.klass, display(each.service), display(each.tty),
                        display(each.remote_host), each.state, std::to_string(each.processes),
                        std::string(print_time(each.since_sec).view())});
    const auto is_known = [](const Session& session) { return !session.opened_with.empty(); };
    if (std::any_of(sessions.begin(), sessions.end(), is_known)) {
        rows.front().emplace_back("KEY");
        for (std::size_t i = 0; i < sessions.size(); ++i)
            rows[i + 1].push_back(display(sessions[i].opened_with));
    }
    if (with_user) {
        rows.front().insert(rows.front().begin(), {"USER", "UID"});
        for (std::size_t i = 0; i < sessions.size(); ++i)
            rows[i + 1].insert(rows[i + 1].begin(),
                               {display(sessions[i].user), std::to_string(sessions[i].uid)});
    }
    if (rows.size() > 1) context.output.table(rows);
}

void print_left(const Context& context, const EndReport& report, const std::string& name) {
    for (const Session& session : report.sessions)
        context.output.complain(compose("{}: {}: still open", name, describe(session)));
    for (std::size_t i = 0; i < std::min(report.survivors.size(), kMaxShown); ++i)
        context.output.complain(
            compose("{}: {}: still running", name, describe(report.survivors[i])));
    if (report.survivors.size() > kMaxShown)
        context.output.complain(
            compose("{}: and {} more processes", name, report.survivors.size() - kMaxShown));
    for (const Error& error : report.errors) context.output.complain(error);
    if (report.own_left)
        context.output.complain(
            compose("{}: your own session is ended last and cannot be verified", name));
}

void print_plan(const Context& context, const Revocation& revocation, const Activity& there) {
    const Arguments& arguments = context.arguments;
    std::string uids;
    for (const std::uint32_t uid : revocation.account.uids)
        uids += compose("{}{}", uids.empty() ? "uid " : ", ", uid);
    context.output.say(compose("{} ({})", context.output.strong(display(revocation.name)),
                               uids.empty() ? "no UID known" : uids));
    if (!arguments.only_ends()) {
        const std::string from =
            arguments.from_sec ? compose(", from {}", print_time(*arguments.from_sec).view()) : "";
        const std::string until =
            arguments.until_sec ? compose(", until {}", print_time(*arguments.until_sec).view())
                                : "";
        context.output.say(compose("  revoke  new logins are denied{}{}, by {}", from, until,
                                   context.console_path()));
    }
    if (arguments.no_end || arguments.from_sec.value_or(0) > context.now_sec) return;
    if (context.arguments.now) return context.output.say("  end     everything, at once");
    context.output.say(compose("  end     {} sessions, {} processes", there.sessions.size(),
                               there.processes.size()));
    print_sessions(context, there.sessions, false);
}

void print_outcome(const Context& context, const Revocation& revocation, const Outcome& outcome) {
    const EndReport& report = outcome.report;
    const std::string name = display(revocation.name);
    if (outcome.planned)
        context.output.say(compose("{}: will be revoked from {} on", name,
                                   print_time(*context.arguments.from_sec).view()));
    if (outcome.denied)
        context.output.say(compose("{}: {}{}", name, context.output.good("revoked"),
                                   outcome.changed ? "" : ", as before"));
    if (outcome.ended)
        context.output.say(compose("{}: {} sessions and {} processes ended in {:.1f} s", name,
                                   report.ended.size(), report.processes_ended,
                                   static_cast<double>(report.elapsed_usec) / 1e6));
    print_left(context, report, name);
    for (const std::string& error : outcome.errors) context.output.complain(error);
    if (outcome.linger)
        context.output.say(compose("{}: lingering is disabled; --undo enables it again", name));
    for (const PersistenceHook& hook : outcome.persistence.found)
        context.output.say(compose("{}: persistence: {} {}", name, hook.kind, display(hook.path)));
    for (const Error& error : outcome.persistence.errors)
        context.output.warn(describe(error) + "; persistence could not be checked completely");
    if (outcome.ended && outcome.complete())
        context.output.say(compose("{}: {}", name, context.output.good("nothing is left")));
    if (context.arguments.only_ends())
        context.output.say(compose("{}: not revoked; new logins are possible", name));
    if (!outcome.complete())
        context.output.complain(compose("{}: {}something is left or could not be verified; {}",
                                        name, outcome.denied ? "revoked, but " : "",
                                        next_step(context, report)));
}

std::string outcome_json(const Revocation& revocation, const Outcome& outcome, int code) {
    const EndReport& report = outcome.report;
    JsonArray uids;
    for (const std::uint32_t uid : revocation.account.uids) uids.add_raw(std::to_string(uid));
    JsonArray errors;
    for (const Error& error : report.errors) errors.add_raw(to_json(error));
    for (const std::string& error : outcome.errors) errors.add_raw(json_string(error));
    JsonObject json;
    json.add("target", text_of(revocation.target))
        .add_raw("uids", uids.text())
        .add_flag("denied", outcome.denied)
        .add_flag("changed", outcome.changed);
    json.add_raw("ended", to_json_array(report.ended))
        .add("sessions_ended", static_cast<std::int64_t>(report.ended.size()))
        .add("processes_ended", static_cast<std::int64_t>(report.processes_ended))
        .add_raw("sessions_left", to_json_array(report.sessions))
        .add_raw("survivors", to_json_array(report.survivors));
    json.add_raw("persistence", to_json_array(outcome.persistence.found))
        .add_flag("linger_suspended", outcome.linger);
    json.add_raw("troubles", errors.text())
        .add_flag("own_session_left", report.own_left)
        .add("elapsed_ms", static_cast<std::int64_t>(report.elapsed_usec / 1000));
    return json.add("result", result_word(outcome.result())).add("exit", std::int64_t{code}).text();
}

}  // namespace pam_revoke
