// selected.cpp - ends selected sessions, or everything of all users, without revoking.

#include <algorithm>
#include <map>
#include <set>

#include "actions.hpp"
#include "context.hpp"
#include "events.hpp"
#include "list_change.hpp"
#include "operation.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/pam_revoke/nss.hpp"
#include "safeguards.hpp"

namespace pam_revoke {
namespace {

std::string name_of(std::uint32_t uid, const std::string& recorded) {
    if (!recorded.empty()) return recorded;
    const auto user = find_uid(uid);
    return user.ok() && user.value().known ? std::string(user.value().name.view())
                                           : compose("uid:{}", uid);
}

Error not_known_to_be_exempt(std::uint32_t uid, const std::string& name) {
    return make_error(Fault::busy, name.empty() ? compose("uid:{}", uid) : name,
                      "not ended: the account database does not tell whether the user is exempt");
}

struct Chosen {
    std::vector<Session> sessions;
    std::vector<Error> doubts;  // sessions that may be meant
};

// Returns the selected sessions, without those that --all skips.
Result<Chosen> choose(const Context& context, Result<Bus>& bus,
                      const std::optional<Account>& account) {
    const Selection& selection = context.arguments.selection;
    Chosen chosen;
    const auto is_skipped = [&](const Session& session) {
        if (account)
            return std::find(account->uids.begin(), account->uids.end(), session.uid) ==
                   account->uids.end();
        if (!context.arguments.all) return false;
        const auto spared = is_spared(context, session.uid, session.user);
        if (!spared.ok())
            chosen.doubts.push_back(not_known_to_be_exempt(session.uid, session.user));
        return !spared.ok() || spared.value();
    };
    for (Session& session : TRY(list_sessions(bus))) {
        const auto doubt = selection.doubt(session);
        if (session.is_over() || !(doubt || selection.matches(session)) || is_skipped(session))
            continue;
        if (doubt) chosen.doubts.push_back(*doubt);
        if (!doubt) chosen.sessions.push_back(std::move(session));
    }
    return chosen;
}

// A session selected by ID may belong to any user: the safeguards apply to its owner.
bool owners_may_go(const Context& context, Result<Bus>& bus, const std::vector<Session>& sessions) {
    std::set<std::uint32_t> owners;
    for (const Session& session : sessions) owners.insert(session.uid);
    return std::all_of(owners.begin(), owners.end(), [&](std::uint32_t uid) {
        const auto account = find_account_by_uid(bus, uid);
        if (!account.ok()) return context.output.complain(account.error()), false;
        const std::string& name = account.value().name;
        return may_go_on(context, Target{TargetKind::uid, {}, uid}, account.value(),
                         name.empty() ? compose("uid:{}", uid) : name);
    });
}

// Writes a history record for each user with a selected session.
void remember_all(const Context& context, const std::vector<Session>& sessions, Outcome& outcome) {
    const EndReport& report = outcome.report;
    std::map<std::uint32_t, std::string> owners;
    for (const Session& session : sessions)
        owners.emplace(session.uid, name_of(session.uid, session.user));
    log_ended_sessions(context, report.ended, "");
    for (const auto& [uid, name] : owners) {
        const auto theirs = [uid = uid](const Session& session) { return session.uid == uid; };
        const auto left = std::count_if(report.sessions.begin(), report.sessions.end(), theirs);
        const auto ended = std::count_if(report.ended.begin(), report.ended.end(), theirs);
        GatheredEvidence evidence;
        evidence.left_out = report.evidence.left_out;
        std::copy_if(
            report.evidence.processes.begin(), report.evidence.processes.end(),
            std::back_inserter(evidence.processes),
            [uid = uid](const ProcessRecord& process) { return process.owner_uid == uid; });
        const auto done = remember(context, HistoryAction::end, text_of(target_of(uid, name)),
                                   left == 0 ? HistoryResult::done : HistoryResult::incomplete,
                                   compose("{} sessions ended, {} left", ended, left), evidence);
        if (!done.ok()) outcome.errors.push_back(describe(done.error()));
    }
}

ExitCode end_chosen(const Context& context, Result<Bus>& bus, const Chosen& chosen) {
    const std::vector<Session>& sessions = chosen.sessions;
    Operation operation{OperationKind::sessions, true};
    operation.there.sessions = sessions;
    operation.there.errors = chosen.doubts;
    operation.end = [&](Outcome& outcome) {
        outcome.report = end_sessions(bus, sessions, end_options(context), show_progress(context));
        for (const Error& doubt : chosen.doubts) outcome.errors.push_back(describe(doubt));
    };
    operation.end_own = [&] { end_own_session(bus); };
    operation.remember = [&](Outcome& outcome) { remember_all(context, sessions, outcome); };
    context.output.say(compose("  end     {}", counted(sessions.size(), "session", "sessions")));
    context.output.print_sessions(sessions, true);
    if (!sessions.empty() || context.arguments.dry_run) return carry_out(context, operation);
    for (const Error& doubt : chosen.doubts) context.output.complain(doubt);
    const ExitCode code = chosen.doubts.empty() ? kUnchanged : kIncomplete;
    context.output.complain("no session matches; nothing was changed");
    context.output.answer(outcome_json(operation, {}, "unchanged", code));
    return code;
}

// Returns all users with a logind record or a process, without those that --all skips.
// Units:  doubts: users that may be exempt.
Result<std::set<std::uint32_t>> users_to_end(const Context& context, Result<Bus>& bus,
                                             std::vector<Error>& doubts) {
    auto running = TRY(uids_with_processes());
    std::set<std::uint32_t> users(running.begin(), running.end());
    const auto records =
        TRY(bus.ok() ? list_records(bus.value()) : Result<std::vector<LogindUser>>(bus.error()));
    for (const LogindUser& record : records) users.insert(record.uid);
    std::erase_if(users, [&](std::uint32_t uid) {
        const auto spared = is_spared(context, uid, {});
        if (!spared.ok()) doubts.push_back(not_known_to_be_exempt(uid, {}));
        return !spared.ok() || spared.value();
    });
    return users;
}

ExitCode end_everybody(const Context& context, Result<Bus>& bus) {
    std::vector<Error> doubts;
    const auto users = users_to_end(context, bus, doubts);
    if (!users.ok()) return context.fail(users.error(), kUnchanged);
    for (const Error& doubt : doubts) context.output.complain(doubt);
    std::string names;
    for (const std::uint32_t uid : users.value())
        names += (names.empty() ? "" : ", ") + display(name_of(uid, {}));
    context.output.say(
        compose("  end     everything of {} users: {}", users.value().size(), names));
    if (users.value().empty())
        return context.fail(
            "no users except you, system users and exempt users; nothing was changed",
            doubts.empty() ? kUnchanged : kIncomplete);
    if (!context.arguments.dry_run && !is_confirmed(context, "Continue? [y/N] ")) return kUnchanged;
    Context each = context;
    each.arguments.all = false;
    each.arguments.yes = true;
    bool all_done = doubts.empty();
    bool none_changed = true;
    for (const std::uint32_t uid : users.value()) {
        const std::string name = name_of(uid, {});
        const auto user = find_name(name.c_str());
        // Use the name only if it resolves to the same UID.
        const bool leads_back = user.ok() && user.value().known && user.value().uid == uid;
        each.arguments.subject = text_of(target_of(uid, leads_back ? name : std::string()));
        const ExitCode code = revoke_user(each);
        all_done = all_done && code == kDone;
        none_changed = none_changed && code == kUnchanged;
    }
    return all_done ? kDone : none_changed ? kUnchanged : kIncomplete;
}

}  // namespace

ExitCode end_selected(const Context& context) {
    Result<Bus> bus = Bus::open(monotonic_usec() + 2 * kCallUsec);
    if (context.arguments.selection.empty()) return end_everybody(context, bus);
    std::optional<Account> account;
    if (!context.arguments.subject.empty()) {
        const auto target = subject_of(context.arguments);
        if (!target.ok()) return context.fail(target.error(), kUsage);
        const auto found = account_of(bus, target.value());
        if (!found.ok()) return context.fail(found.error(), kUnchanged);
        account = found.value();
    }
    const auto chosen = choose(context, bus, account);
    if (!chosen.ok()) return context.fail(chosen.error(), kUnchanged);
    const std::vector<Session>& sessions = chosen.value().sessions;
    if (!context.arguments.all && !owners_may_go(context, bus, sessions)) return kUnchanged;
    return end_chosen(context, bus, chosen.value());
}

}  // namespace pam_revoke
