// revoke_key.cpp - denying a key and ending the sessions it opened: exactly those, whoever they are of.

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "key.hpp"
#include "outcome.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/kernel/proc.hpp"
#include "revoke/logind/recorded.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/conf/settings.hpp"
#include "revoke/base/time.hpp"

namespace pam_revoke {
namespace {

constexpr int kMostRounds = 5;  // of logins that were on their way
constexpr useconds_t kBetweenLooksUsec = 20'000;
constexpr std::uint64_t kDyingUsec = 2'000'000;  // from KILL to the end of a process, on a machine that is busy

// What came of it.
struct KeyOutcome {
    bool denied = false;
    bool changed = false;  // the list
    bool planned = false;
    std::size_t logins_killed = 0;  // that were no sessions
    EndReport report;
    std::vector<Session> sessions;      // all that were chosen
    std::vector<std::string> troubles;  // beyond those of the report
    std::vector<Error> doubts;          // which sessions the last look could not tell the keys of
    [[nodiscard]] bool complete() const { return troubles.empty() && doubts.empty() && report.verified() && !report.own_left; }
    [[nodiscard]] HistoryResult result() const {
        return !complete() ? HistoryResult::incomplete : planned ? HistoryResult::planned : HistoryResult::done;
    }
};

// The sessions that there are now; of those in `doubts` the keys cannot be told.
// Errors: bus.
Result<std::vector<Session>> look_for(const Job& job, Result<Bus>& bus, const NamedKey& key, std::vector<Error>& doubts) {
    if (bus.ok()) bus.value().set_deadline(monotonic_usec() + 2 * kCallUsec);
    if (!bus.ok()) return bus.error();
    auto listed = TRY(list_sessions(bus.value(), std::nullopt));
    std::erase_if(listed, [](const Session& session) { return session.state == "closing" && session.processes == 0; });
    OpenedSessions opened = opened_with(job, listed, key);
    doubts.insert(doubts.end(), opened.unknown.begin(), opened.unknown.end());
    return std::move(opened.sessions);
}

bool deny_key(const Job& job, const NamedKey& key, KeyOutcome& outcome) {
    const Words words(job);
    auto denial = deny(job, words.of(job, key.entry()));
    if (!denial.ok()) return job.output.complain(denial.error()), false;
    outcome.changed = denial.value().changed;
    if (!denial.value().durable) outcome.troubles.push_back(job.console_path() + ": replaced, but may be lost in a power failure");
    outcome.planned = job.arguments.from_sec.value_or(0) > job.now_sec;
    if (outcome.planned) return true;
    const Answer answer = ask_gate_about(job, key, "sshd");
    outcome.denied = answer.verdict == Verdict::revoked;
    if (!outcome.denied)
        outcome.troubles.push_back(compose("{}: the entry is in the list, but the gate does not deny: {}", key.text(),
                                               answer.error ? describe(*answer.error) : "the gate does not read " + job.console_path()));
    return true;
}

void add_report(EndReport& sum, EndReport report) {
    sum.ended.insert(sum.ended.end(), report.ended.begin(), report.ended.end());
    sum.processes_ended += report.processes_ended;
    sum.sessions = std::move(report.sessions);
    sum.survivors = std::move(report.survivors);
    sum.troubles.insert(sum.troubles.end(), report.troubles.begin(), report.troubles.end());
    sum.own_left = sum.own_left || report.own_left;
    sum.elapsed_usec += report.elapsed_usec;
}

// Logins with the key that logind has no session of: on their way, without pam_systemd, or left when a session was ended. What cannot be
// told is a trouble; without logind, a login by its record is as certain.
std::vector<Exactly> logins_beside(const Job& job, Result<Bus>& bus, const NamedKey& key, std::vector<Error>& doubts) {
    if (bus.ok()) bus.value().set_deadline(monotonic_usec() + kCallUsec);
    const auto listed = bus.ok() ? list_sessions(bus.value(), std::nullopt) : Result<std::vector<Session>>(bus.error());
    const RecordedLogins recorded = recorded_logins(std::string(record_dir(job.settings).view()), job.owner);
    doubts.insert(doubts.end(), recorded.troubles.begin(), recorded.troubles.end());
    std::vector<Exactly> logins;
    const Entry entry = key.entry();
    for (const RecordedLogin& login : recorded.logins) {
        const auto keys = keys_in(login.auth_info);
        if (!keys.ok())
            doubts.push_back(make_error(keys.error().fault, compose("record of process {}", login.process.pid), keys.error().reason));
        const auto is_meant = [&entry](const OpenedKey& with) { return means_key(entry, with.shown()); };
        if (!keys.ok() || std::none_of(keys.value().begin(), keys.value().end(), is_meant)) continue;
        const auto is_led = [&login](const Session& session) { return session.leader == login.process.pid && session.state != "closing"; };
        if (!listed.ok() || std::none_of(listed.value().begin(), listed.value().end(), is_led)) logins.push_back(login.process);
    }
    return logins;
}

// A login that is on its way becomes a session, or is refused; what is neither after the grace is killed. True when there was one.
bool end_logins(const Job& job, Result<Bus>& bus, const NamedKey& key, KeyOutcome& outcome) {
    const std::uint64_t begun_usec = monotonic_usec();
    const std::uint64_t grace_usec = job.arguments.now ? 0 : end_options(job).grace_usec;
    std::vector<Error> doubts;
    const auto own = own_line();
    const auto look = [&] {
        doubts.clear();
        auto logins = logins_beside(job, bus, key, doubts);
        const auto spared = std::erase_if(logins, [&own](const Exactly& login) { return own.contains(login.pid); });
        outcome.report.own_left = outcome.report.own_left || spared > 0;
        return logins;
    };
    auto logins = look();
    const bool any = !logins.empty();
    while (!logins.empty() && monotonic_usec() < begun_usec + grace_usec) {
        usleep(kBetweenLooksUsec);
        logins = look();
    }
    outcome.doubts.insert(outcome.doubts.end(), doubts.begin(), doubts.end());
    for (const Exactly& login : logins) kill_tree(login);
    const std::uint64_t dead_usec = monotonic_usec() + kDyingUsec;
    while (std::any_of(logins.begin(), logins.end(), is_at) && monotonic_usec() < dead_usec) usleep(kBetweenLooksUsec);
    for (const Exactly& login : logins) {
        outcome.logins_killed += is_at(login) ? 0U : 1U;
        if (is_at(login)) outcome.troubles.push_back(compose("process {}: authenticated by the key, and cannot be killed", login.pid));
    }
    return any;
}

// Ends what the key opened, and looks again until nothing new is there: a login may have been on its way.
void end_opened(const Job& job, Result<Bus>& bus, const NamedKey& key, KeyOutcome& outcome) {
    for (int rounds = 0; rounds < kMostRounds; ++rounds) {
        outcome.doubts.clear();
        auto found = look_for(job, bus, key, outcome.doubts);
        if (!found.ok()) outcome.troubles.push_back(describe(found.error()));
        std::vector<Session> sessions = found.ok() ? std::move(found.value()) : std::vector<Session>();
        const auto own = own_session();
        if (rounds > 0) std::erase_if(sessions, [&own](const Session& session) { return session.id == own; });
        if (sessions.empty() && !end_logins(job, bus, key, outcome)) return;
        if (sessions.empty()) continue;
        if (rounds == 0) warn_people(job, sessions);
        outcome.sessions.insert(outcome.sessions.end(), sessions.begin(), sessions.end());
        add_report(outcome.report,
                   end_sessions(bus, sessions, end_options(job), [&job](const Progress& progress) { job.output.progress(progress); }));
        job.output.end_progress();
        if (!outcome.report.verified()) return;
    }
    outcome.troubles.push_back(key.text() + ": sessions are opened faster than they can be ended");
}

std::string outcome_json(const NamedKey& key, const KeyOutcome& outcome, int code) {
    JsonArray troubles;
    for (const Error& trouble : outcome.report.troubles) troubles.add_raw(to_json(trouble));
    for (const Error& doubt : outcome.doubts) troubles.add_raw(to_json(doubt));
    for (const std::string& trouble : outcome.troubles) troubles.add_raw(json_string(trouble));
    JsonObject json;
    json.add("target", key.text()).add_flag("denied", outcome.denied).add_flag("changed", outcome.changed);
    json.add_raw("ended", to_json_array(outcome.report.ended))
        .add("sessions_ended", static_cast<std::int64_t>(outcome.report.ended.size()))
        .add("processes_ended", static_cast<std::int64_t>(outcome.report.processes_ended))
        .add("logins_killed", static_cast<std::int64_t>(outcome.logins_killed))
        .add_raw("sessions_left", to_json_array(outcome.report.sessions))
        .add_raw("survivors", to_json_array(outcome.report.survivors))
        .add_raw("troubles", troubles.text())
        .add_flag("own_session_left", outcome.report.own_left)
        .add("elapsed_ms", static_cast<std::int64_t>(outcome.report.elapsed_usec / 1000));
    return json.add("result", result_word(outcome.result())).add("exit", std::int64_t{code}).text();
}

void say(const Job& job, const NamedKey& key, const KeyOutcome& outcome, bool ended) {
    const std::string name = display(key.text());
    if (outcome.planned) job.output.say(compose("{}: will be revoked later", name));
    if (outcome.denied && !job.settings.policy.exempt_users.empty())
        job.output.warn(compose("{}: warning: exempt users ({}) can still log in with it; remove it from their authorized_keys", name,
                                    display(job.settings.policy.exempt_users.view())));
    if (outcome.denied)
        job.output.say(compose("{}: {}{}", name, job.output.good("revoked"), outcome.changed ? "" : ", as before"));
    if (ended)
        job.output.say(compose("{}: {} sessions and {} processes ended in {:.1f} s", name, outcome.report.ended.size(),
                                   outcome.report.processes_ended, static_cast<double>(outcome.report.elapsed_usec) / 1e6));
    if (outcome.logins_killed > 0) job.output.say(compose("{}: {} logins without a session killed", name, outcome.logins_killed));
    say_left(job, outcome.report, name);
    for (const Error& doubt : outcome.doubts) job.output.complain(doubt);
    for (const std::string& trouble : outcome.troubles) job.output.complain(trouble);
    if (ended && outcome.complete()) job.output.say(compose("{}: {}", name, job.output.good("no session is left")));
    if (job.arguments.only_ends()) job.output.say(compose("{}: not revoked; new logins are possible", name));
    if (!outcome.complete())
        job.output.complain(compose("{}: {}something is left or could not be verified; fix the errors above and run the command again", name,
                                        outcome.denied ? "revoked, but " : ""));
}

ExitCode conclude(const Job& job, Result<Bus>& bus, const NamedKey& key, KeyOutcome& outcome, bool ends) {
    const bool ended = !outcome.sessions.empty() || outcome.logins_killed > 0;
    if (outcome.changed || ended) {
        const std::string detail = compose("{} sessions ended, {} left, {} logins without a session killed",
                                               outcome.report.ended.size(), outcome.report.sessions.size(), outcome.logins_killed);
        const auto remembered = remember(job, job.arguments.only_ends() ? HistoryAction::end : HistoryAction::revoke, key.text(),
                                         outcome.result(), detail);
        if (!remembered.ok()) outcome.troubles.push_back(describe(remembered.error()));
        tell_ended(job, outcome.report.ended, key.text());
    }
    const bool idle = !outcome.changed && !ended && (job.arguments.only_ends() || !ends);
    const ExitCode code = !outcome.complete() ? kIncomplete : idle ? kUnchanged : kDone;
    if (idle && outcome.complete()) job.output.complain(compose("{}: nothing was changed", display(key.text())));
    say(job, key, outcome, ends);
    job.output.answer(outcome_json(key, outcome, code));
    std::fflush(stdout);
    if (outcome.changed) refresh_index(job);
    if (const auto own = own_session(); outcome.report.own_left && bus.ok() && own) (void)terminate_session(bus.value(), *own);
    return code;
}

// What the operator would do to themselves is said before it is done.
bool spares_operator(const Job& job, Result<Bus>& bus, const NamedKey& key, const std::vector<Session>& sessions) {
    const auto own = own_session();
    const auto line = own_line();
    std::vector<Error> doubts;  // said when it is done
    const auto logins = logins_beside(job, bus, key, doubts);
    const bool is_own = std::any_of(sessions.begin(), sessions.end(), [&own](const Session& session) { return session.id == own; }) ||
                        std::any_of(logins.begin(), logins.end(), [&line](const Exactly& login) { return line.contains(login.pid); });
    if (!is_own || job.arguments.force) return true;
    job.output.complain("the key authenticated your own session; nothing was changed; --force overrides this");
    return false;
}

}  // namespace

ExitCode revoke_key(const Job& job) {
    const auto named = named_key(job.arguments);
    if (!named.ok()) return job.output.complain(named.error()), kUsage;
    const NamedKey& key = named.value();
    Result<Bus> bus = Bus::open(monotonic_usec() + 2 * kCallUsec);
    const bool later = job.arguments.from_sec.value_or(0) > job.now_sec;
    const bool ends = !job.arguments.no_end && !later;
    if (!job.arguments.dry_run) tidy_records(std::string(record_dir(job.settings).view()), job.owner);
    std::vector<Error> unseen;
    auto found = ends ? look_for(job, bus, key, unseen) : Result<std::vector<Session>>(std::vector<Session>());
    if (!found.ok()) unseen.push_back(found.error());
    const auto sessions = found.ok() ? std::move(found.value()) : std::vector<Session>();
    job.output.say(job.output.strong(display(key.text())));
    if (!job.arguments.only_ends()) job.output.say(compose("  revoke  new logins with it are denied, by {}", job.console_path()));
    if (ends) job.output.say(compose("  end     {} sessions", sessions.size()));
    say_sessions(job, sessions, true);
    if (ends && !spares_operator(job, bus, key, sessions)) return kUnchanged;
    if (job.arguments.dry_run) {
        for (const Error& trouble : unseen) job.output.complain(trouble);
        job.output.say("dry run: nothing was changed");
        job.output.answer(
            JsonObject().add("target", key.text()).add_raw("sessions", to_json_array(sessions)).add("result", "dry run").text());
        return unseen.empty() ? kDone : kIncomplete;
    }
    if (!is_confirmed(job, "Continue? [y/N] ")) return kUnchanged;
    KeyOutcome outcome;
    if (!job.arguments.only_ends() && !deny_key(job, key, outcome)) return kUnchanged;
    if (ends) end_opened(job, bus, key, outcome);
    return conclude(job, bus, key, outcome, ends);
}

ExitCode undo_key(const Job& job) {
    const auto named = named_key(job.arguments);
    if (!named.ok()) return job.output.complain(named.error()), kUsage;
    const NamedKey& key = named.value();
    const std::string name = display(key.text());
    if (job.arguments.dry_run) return foresee_undo(job, key.entry());
    const auto restored = restore(job, key.entry(), key.text());
    if (!restored.ok()) return job.output.complain(restored.error()), kUnchanged;
    const bool changed = restored.value().changed;
    if (changed) refresh_index(job);
    const Answer answer = ask_gate_about(job, key, "sshd");
    const bool clear = answer.verdict == Verdict::clear && !key.has_more();
    if (answer.verdict == Verdict::clear && !clear)
        job.output.complain(compose("{}: too many serials to check all; the first and the last are clear", name));
    if (answer.verdict == Verdict::revoked)
        job.output.complain(compose("{}: still revoked by {}:{}", name, display(answer.list.view()), answer.line));
    if (answer.verdict == Verdict::unavailable && answer.error) job.output.complain(*answer.error);
    if (!changed) job.output.complain(compose("{}: no entry in {}; nothing was changed", name, job.console_path()));
    const bool durable = restored.value().durable;
    if (!durable) job.output.complain(job.console_path() + ": replaced, but may be lost in a power failure");
    if (changed && clear) job.output.say(compose("{}: {}", name, job.output.good("restored")));
    const auto remembered =
        changed ? remember(job, HistoryAction::undo, key.text(),
                           clear && durable ? HistoryResult::done : HistoryResult::incomplete, "") : Result<void>();
    if (!remembered.ok()) job.output.complain(remembered.error());
    const ExitCode code = !changed ? kUnchanged : clear && durable && remembered.ok() ? kDone : kIncomplete;
    JsonObject json;
    json.add("target", key.text()).add_flag("changed", changed).add_flag("clear", clear).add("still_in", answer.list.view());
    job.output.answer(json.add("exit", std::int64_t{code}).text());
    return code;
}

}  // namespace pam_revoke
