// revoke_key.cpp - denying a key and ending the sessions it opened: exactly those, whoever they are
// of.

#include <algorithm>
#include <cstdio>

#include "actions.hpp"
#include "end_options.hpp"
#include "events.hpp"
#include "indexes.hpp"
#include "key.hpp"
#include "list_change.hpp"
#include "outcome.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/conf/settings.hpp"
#include "revoke/kernel/procfs.hpp"
#include "revoke/logind/key_logins.hpp"
#include "revoke/logind/report.hpp"
#include "safeguards.hpp"

namespace pam_revoke {
namespace {

// What came of it.
struct KeyOutcome {
    bool denied = false;
    bool changed = false;  // the list
    bool planned = false;
    EndReport report;
    std::vector<std::string> errors;  // beyond those of the report
    [[nodiscard]] bool complete() const {
        return errors.empty() && report.verified() && !report.own_left;
    }
    // True when there was something to end.
    [[nodiscard]] bool found_any() const {
        return !report.ended.empty() || !report.sessions.empty() || report.own_left ||
               report.logins_killed > 0;
    }
    [[nodiscard]] HistoryResult result() const {
        return !complete() ? HistoryResult::incomplete
               : planned   ? HistoryResult::planned
                           : HistoryResult::done;
    }
};

// What the key has opened now, before anything is done.
struct Opened {
    std::vector<Session> sessions;
    std::vector<PidRef> logins;  // without a session
    std::vector<Error> unseen;   // what could not be asked, or read
};

Opened scan_for(const Context& context, Result<Bus>& bus, const KeySelector& key) {
    Opened opened;
    if (bus.ok()) bus.value().set_deadline(monotonic_usec() + 2 * kCallUsec);
    const auto listed = bus.ok() ? list_sessions(bus.value(), std::nullopt)
                                 : Result<std::vector<Session>>(bus.error());
    auto sessions = listed.ok() ? listed.value() : std::vector<Session>();
    std::erase_if(sessions, [](const Session& session) {
        return session.state == "closing" && session.processes == 0;
    });
    OpenedSessions with = opened_with(sessions, key.entry(), records_of(context));
    opened.sessions = std::move(with.sessions);
    opened.unseen = std::move(with.unknown);
    if (!listed.ok()) opened.unseen.push_back(listed.error());
    opened.logins = unregistered_logins(listed, key.entry(), records_of(context)).logins;
    return opened;
}

bool deny_key(const Context& context, const KeySelector& key, KeyOutcome& outcome) {
    const EntryText words(context);
    auto update = deny(context, words.of(context, key.entry()));
    if (!update.ok()) return context.output.complain(update.error()), false;
    outcome.changed = update.value().changed;
    if (!update.value().durable)
        outcome.errors.push_back(context.console_path() +
                                 ": replaced, but may be lost in a power failure");
    outcome.planned = context.arguments.from_sec.value_or(0) > context.now_sec;
    if (outcome.planned) return true;
    const Decision decision = ask_gate_about(context, key, "sshd");
    outcome.denied = decision.verdict == Verdict::revoked;
    if (!outcome.denied)
        outcome.errors.push_back(
            compose("{}: the entry is in the list, but the gate does not deny: {}", key.text(),
                    decision.error ? describe(*decision.error)
                                   : "the gate does not read " + context.console_path()));
    return true;
}

std::string outcome_json(const KeySelector& key, const KeyOutcome& outcome, int code) {
    JsonArray errors;
    for (const Error& error : outcome.report.errors) errors.add_raw(to_json(error));
    for (const std::string& error : outcome.errors) errors.add_raw(json_string(error));
    JsonObject json;
    json.add("target", key.text())
        .add_flag("denied", outcome.denied)
        .add_flag("changed", outcome.changed);
    json.add_raw("ended", to_json_array(outcome.report.ended))
        .add("sessions_ended", static_cast<std::int64_t>(outcome.report.ended.size()))
        .add("processes_ended", static_cast<std::int64_t>(outcome.report.processes_ended))
        .add("logins_killed", static_cast<std::int64_t>(outcome.report.logins_killed))
        .add_raw("sessions_left", to_json_array(outcome.report.sessions))
        .add_raw("survivors", to_json_array(outcome.report.survivors))
        .add_raw("troubles", errors.text())
        .add_flag("own_session_left", outcome.report.own_left)
        .add("elapsed_ms", static_cast<std::int64_t>(outcome.report.elapsed_usec / 1000));
    return json.add("result", result_word(outcome.result())).add("exit", std::int64_t{code}).text();
}

void say(const Context& context, const KeySelector& key, const KeyOutcome& outcome, bool ended) {
    const std::string name = display(key.text());
    if (outcome.planned) context.output.say(compose("{}: will be revoked later", name));
    if (outcome.denied && !context.settings.policy.exempt_users.empty())
        context.output.warn(
            compose("{}: warning: exempt users ({}) can still log in with it; remove it from their "
                    "authorized_keys",
                    name, display(context.settings.policy.exempt_users.view())));
    if (outcome.denied)
        context.output.say(compose("{}: {}{}", name, context.output.good("revoked"),
                                   outcome.changed ? "" : ", as before"));
    if (ended)
        context.output.say(compose("{}: {} sessions and {} processes ended in {:.1f} s", name,
                                   outcome.report.ended.size(), outcome.report.processes_ended,
                                   static_cast<double>(outcome.report.elapsed_usec) / 1e6));
    if (outcome.report.logins_killed > 0)
        context.output.say(
            compose("{}: {} logins without a session killed", name, outcome.report.logins_killed));
    print_left(context, outcome.report, name);
    for (const std::string& error : outcome.errors) context.output.complain(error);
    if (ended && outcome.complete())
        context.output.say(compose("{}: {}", name, context.output.good("no session is left")));
    if (context.arguments.only_ends())
        context.output.say(compose("{}: not revoked; new logins are possible", name));
    if (!outcome.complete())
        context.output.complain(
            compose("{}: {}something is left or could not be verified; fix the errors above and "
                    "run the command again",
                    name, outcome.denied ? "revoked, but " : ""));
}

ExitCode conclude(const Context& context, Result<Bus>& bus, const KeySelector& key,
                  KeyOutcome& outcome, bool ends) {
    const bool ended = outcome.found_any();
    if (outcome.changed || ended) {
        const EndReport& report = outcome.report;
        const std::string detail =
            compose("{} sessions ended, {} left, {} logins without a session killed",
                    report.ended.size(), report.sessions.size(), report.logins_killed);
        const auto remembered = remember(
            context, context.arguments.only_ends() ? HistoryAction::end : HistoryAction::revoke,
            key.text(), outcome.result(), detail);
        if (!remembered.ok()) outcome.errors.push_back(describe(remembered.error()));
        log_ended_sessions(context, outcome.report.ended, key.text());
    }
    const bool idle = !outcome.changed && !ended && (context.arguments.only_ends() || !ends);
    const ExitCode code = !outcome.complete() ? kIncomplete : idle ? kUnchanged : kDone;
    if (idle && outcome.complete())
        context.output.complain(compose("{}: nothing was changed", display(key.text())));
    say(context, key, outcome, ends);
    context.output.answer(outcome_json(key, outcome, code));
    std::fflush(stdout);
    if (outcome.changed) refresh_index(context);
    if (outcome.report.own_left) end_own_session(bus);
    return code;
}

// What the operator would do to themselves is said before it is done.
bool spares_operator(const Context& context, const Opened& opened) {
    const auto own = own_session();
    const auto line = own_line();
    const auto is_own = [&own](const Session& session) { return session.id == own; };
    const auto is_ours = [&line](const PidRef& login) { return line.contains(login.pid); };
    const bool ends_own = std::any_of(opened.sessions.begin(), opened.sessions.end(), is_own) ||
                          std::any_of(opened.logins.begin(), opened.logins.end(), is_ours);
    if (!ends_own || context.arguments.force) return true;
    context.output.complain(
        "the key authenticated your own session; nothing was changed; --force overrides this");
    return false;
}

}  // namespace

ExitCode revoke_key(const Context& context) {
    const auto named = named_key(context.arguments);
    if (!named.ok()) return context.output.complain(named.error()), kUsage;
    const KeySelector& key = named.value();
    Result<Bus> bus = Bus::open(monotonic_usec() + 2 * kCallUsec);
    const bool later = context.arguments.from_sec.value_or(0) > context.now_sec;
    const bool ends = !context.arguments.no_end && !later;
    if (!context.arguments.dry_run)
        tidy_records(std::string(record_dir(context.settings).view()), context.owner);
    const Opened opened = ends ? scan_for(context, bus, key) : Opened();
    const std::vector<Session>& sessions = opened.sessions;
    const std::vector<Error>& unseen = opened.unseen;
    context.output.say(context.output.strong(display(key.text())));
    if (!context.arguments.only_ends())
        context.output.say(
            compose("  revoke  new logins with it are denied, by {}", context.console_path()));
    if (ends) context.output.say(compose("  end     {} sessions", sessions.size()));
    print_sessions(context, sessions, true);
    if (ends && !spares_operator(context, opened)) return kUnchanged;
    if (context.arguments.dry_run) {
        for (const Error& error : unseen) context.output.complain(error);
        context.output.say("dry run: nothing was changed");
        context.output.answer(JsonObject()
                                  .add("target", key.text())
                                  .add_raw("sessions", to_json_array(sessions))
                                  .add("result", "dry run")
                                  .text());
        return unseen.empty() ? kDone : kIncomplete;
    }
    if (!is_confirmed(context, "Continue? [y/N] ")) return kUnchanged;
    KeyOutcome outcome;
    if (!context.arguments.only_ends() && !deny_key(context, key, outcome)) return kUnchanged;
    if (ends) {
        warn_users(context, sessions);
        outcome.report = end_key(bus, key.entry(), records_of(context), end_options(context),
                                 show_progress(context));
        context.output.end_progress();
    }
    return conclude(context, bus, key, outcome, ends);
}

}  // namespace pam_revoke
