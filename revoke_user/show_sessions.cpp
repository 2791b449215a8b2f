// show_sessions.cpp - revokectl sessions: who is here, and how. Nothing is changed.

#include <unistd.h>

#include "actions.hpp"
#include "context.hpp"
#include "key.hpp"
#include "outcome.hpp"
#include "safeguards.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/base/time.hpp"
#include "unknown_user.hpp"

namespace pam_revoke {
namespace {

void see_everybody(Result<Bus>& bus, Activity& seen) {
    auto all = bus.ok() ? list_sessions(bus.value(), std::nullopt) : Result<std::vector<Session>>(bus.error());
    if (all.ok())
        seen.sessions = std::move(all.value());
    else
        seen.errors.push_back(all.error());
}

// A person's sessions and processes, and in one word how they are here.
void see_person(const Job& job, Result<Bus>& bus, const Account& account, Activity& seen) {
    seen = scan_until_consistent(bus, account);
    if (!job.arguments.selection.empty()) seen.processes.clear();
    const std::string name = account.name.empty() ? job.arguments.subject : account.name;
    const char* word = presence_word(presence_of(bus, account).presence);
    job.output.answer(JsonObject().add("user", name).add("presence", word).text());
    job.output.say(compose("{}: {}", display(name), word));
}

}  // namespace

ExitCode show_sessions(const Job& job) {
    Activity seen;
    Result<Bus> bus = Bus::open(monotonic_usec() + 2 * kCallUsec);
    if (job.arguments.subject.empty()) {
        see_everybody(bus, seen);
    } else {
        const auto target = subject_of(job.arguments);
        if (!target.ok()) return job.output.complain(target.error()), kUsage;
        const auto account = account_of(bus, target.value());
        if (!account.ok()) return job.output.complain(account.error()), kIncomplete;
        if (!account.value().known) job.output.warn(describe_unknown_user(target.value()));
        see_person(job, bus, account.value(), seen);
    }
    std::erase_if(seen.sessions, [&](const Session& session) {
        return !job.arguments.selection.matches(session) || (job.arguments.all && is_spared(job, session.uid, session.user));
    });
    if (names_key(job.arguments)) {
        const auto key = named_key(job.arguments);
        if (!key.ok()) return job.output.complain(key.error()), kUsage;
        OpenedSessions opened = opened_with(seen.sessions, key.value().entry(), records_of(job));
        seen.sessions = std::move(opened.sessions);
        seen.errors.insert(seen.errors.end(), opened.unknown.begin(), opened.unknown.end());
    }
    if (geteuid() == job.owner) tell_openings(job, seen.sessions);
    say_sessions(job, seen.sessions, true);
    for (const Session& each : seen.sessions) job.output.answer(to_json(each));
    if (seen.sessions.empty() && seen.errors.empty()) job.output.say("no sessions");
    for (const Process& each : seen.processes) {
        job.output.answer(to_json(each));
        job.output.say("  " + describe(each));
    }
    for (const Error& trouble : seen.errors) job.output.complain(trouble);
    return seen.errors.empty() ? kDone : kIncomplete;
}

}  // namespace pam_revoke
