// revoke_key.cpp - revokes a key and ends the sessions and logins that it opened, of any user.

#include <algorithm>

#include "actions.hpp"
#include "key.hpp"
#include "operation.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/kernel/procfs.hpp"
#include "revoke/logind/key_logins.hpp"

namespace pam_revoke {
namespace {

// Returns the open sessions of the key; `logins` gets the logins without a session.
Activity scan_for(const Context& context, Result<Bus>& bus, const Entry& entry,
                  std::vector<PidRef>& logins) {
    if (bus.ok()) bus.value().set_deadline(monotonic_usec() + 2 * kCallUsec);
    const auto listed = list_sessions(bus);
    auto sessions = listed.ok() ? listed.value() : std::vector<Session>();
    std::erase_if(sessions, [](const Session& session) { return session.is_over(); });
    OpenedSessions opened = opened_with(sessions, entry, records_of(context));
    if (!listed.ok()) opened.unknown.push_back(listed.error());
    logins = unregistered_logins(listed, entry, records_of(context)).logins;
    Activity activity;
    activity.sessions = std::move(opened.sessions);
    activity.errors = std::move(opened.unknown);
    return activity;
}

// True if the operator's own session is not affected, or with --force.
bool spares_operator(const Context& context, const std::vector<Session>& sessions,
                     const std::vector<PidRef>& logins) {
    const auto own = own_session();
    const auto line = own_line();
    const auto is_own = [&own](const Session& session) { return session.id == own; };
    const auto is_ours = [&line](const PidRef& login) { return line.contains(login.pid); };
    const bool ends_own = std::any_of(sessions.begin(), sessions.end(), is_own) ||
                          std::any_of(logins.begin(), logins.end(), is_ours);
    if (!ends_own || context.arguments.force) return true;
    context.output.complain(
        "the key authenticated your own session; nothing was changed; --force overrides this");
    return false;
}

}  // namespace

ExitCode revoke_key(const Context& context) {
    const auto named = named_key(context.arguments);
    if (!named.ok()) return context.fail(named.error(), kUsage);
    const KeySelector& key = named.value();
    const RecordDirectory records = records_of(context);
    Result<Bus> bus = Bus::open(monotonic_usec() + 2 * kCallUsec);
    if (!context.arguments.dry_run) tidy_records(records.path, records.owner);
    Operation operation{OperationKind::key, !context.arguments.no_end && !begins_later(context),
                        key.entry(), display(key.text())};
    std::vector<PidRef> logins;
    if (operation.ends) operation.there = scan_for(context, bus, operation.entry, logins);
    operation.idle = "nothing was changed";
    operation.planned = "will be revoked later";
    operation.ask_gate = [&] { return ask_gate_about(context, key.representatives(), "sshd"); };
    operation.end = [&](Outcome& outcome) {
        outcome.report =
            end_key(bus, operation.entry, records, end_options(context), show_progress(context));
    };
    operation.end_own = [&] { end_own_session(bus); };
    const std::vector<Session>& sessions = operation.there.sessions;
    context.output.say(context.output.strong(operation.name));
    if (!context.arguments.only_ends())
        context.output.say(
            compose("  revoke  new logins with it are denied, by {}", context.console_path()));
    if (operation.ends) context.output.say(compose("  end     {} sessions", sessions.size()));
    context.output.print_sessions(sessions, true);
    if (!spares_operator(context, sessions, logins)) return kUnchanged;
    return carry_out(context, operation);
}

}  // namespace pam_revoke
