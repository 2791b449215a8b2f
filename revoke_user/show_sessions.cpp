// show_sessions.cpp - revokectl sessions.

#include <unistd.h>

#include "actions.hpp"
#include "context.hpp"
#include "key.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/report.hpp"
#include "safeguards.hpp"
#include "unknown_user.hpp"

namespace pam_revoke {
namespace {

void scan_all_users(Result<Bus>& bus, Activity& seen) {
    auto all = list_sessions(bus);
    if (all.ok())
        seen.sessions = std::move(all.value());
    else
        seen.errors.push_back(all.error());
}

// Scans the user's sessions and processes, and prints the presence.
void scan_user(const Context& context, Result<Bus>& bus, const Account& account, Activity& seen) {
    seen = scan_until_consistent(bus, account);
    if (!context.arguments.selection.empty()) seen.processes.clear();
    const std::string name = account.name.empty() ? context.arguments.subject : account.name;
    const char* word = presence_word(presence_of(bus, account).presence);
    context.output.answer(JsonObject().add("user", name).add("presence", word).text());
    context.output.say(compose("{}: {}", display(name), word));
}

// A user that may be exempt is listed.
bool is_exempt(const Context& context, const Session& session) {
    const auto spared = is_spared(context, session.uid, session.user);
    return spared.ok() && spared.value();
}

}  // namespace

ExitCode show_sessions(const Context& context) {
    Activity seen;
    Result<Bus> bus = Bus::open(monotonic_usec() + 2 * kCallUsec);
    if (context.arguments.subject.empty()) {
        scan_all_users(bus, seen);
    } else {
        const auto target = subject_of(context.arguments);
        if (!target.ok()) return context.fail(target.error(), kUsage);
        const auto account = account_of(bus, target.value());
        if (!account.ok()) return context.fail(account.error(), kIncomplete);
        if (!account.value().known) context.output.warn(describe_unknown_user(target.value()));
        scan_user(context, bus, account.value(), seen);
    }
    for (const Session& session : seen.sessions)
        if (const auto doubt = context.arguments.selection.doubt(session))
            seen.errors.push_back(*doubt);
    std::erase_if(seen.sessions, [&](const Session& session) {
        return !context.arguments.selection.matches(session) ||
               (context.arguments.all && is_exempt(context, session));
    });
    if (names_key(context.arguments)) {
        const auto key = named_key(context.arguments);
        if (!key.ok()) return context.fail(key.error(), kUsage);
        OpenedSessions opened =
            opened_with(seen.sessions, key.value().entry(), records_of(context));
        seen.sessions = std::move(opened.sessions);
        seen.errors.insert(seen.errors.end(), opened.unknown.begin(), opened.unknown.end());
    }
    if (geteuid() == context.owner) annotate_auth(context, seen.sessions);
    context.output.print_sessions(seen.sessions, true);
    for (const Session& each : seen.sessions) context.output.answer(to_json(each));
    if (seen.sessions.empty() && seen.errors.empty()) context.output.say("no sessions");
    for (const Process& each : seen.processes) {
        context.output.answer(to_json(each));
        context.output.say("  " + describe(each));
    }
    for (const Error& error : seen.errors) context.output.complain(error);
    return seen.errors.empty() ? kDone : kIncomplete;
}

}  // namespace pam_revoke
