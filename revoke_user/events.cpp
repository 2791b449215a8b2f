// events.cpp - logs actions to the journal: a message for the operator, fields for programs.

#include "events.hpp"

#include <array>

#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/logind/audit.hpp"

namespace pam_revoke {
namespace {

// In the order of HistoryAction.
constexpr std::array kEvents = {Event::revoked,
                                Event::restored,
                                Event::ended,
                                Event::imported,
                                Event::break_glass_enabled,
                                Event::break_glass_disabled};

}  // namespace

void log_event(const Context& context, HistoryAction action, const std::string& target,
               HistoryResult result, const std::string& detail) {
    const std::string message =
        compose("{} {}: {} by {}{}{}", action_word(action), display(target), result_word(result),
                display(context.by.name), detail.empty() ? "" : ": ", detail);
    log_journal(kEvents[static_cast<std::size_t>(action)],
                result == HistoryResult::incomplete || action == HistoryAction::break_glass,
                message,
                {{"REVOKE_ACTION", action_word(action)},
                 {"REVOKE_TARGET", target},
                 {"REVOKE_RESULT", result_word(result)},
                 {"REVOKE_DETAIL", detail},
                 {"REVOKE_BY", context.by.name},
                 {"REVOKE_REF", context.arguments.ref},
                 {"REVOKE_REASON", context.arguments.reason}});
}

void log_ended_sessions(const Context& context, const std::vector<Session>& sessions,
                        const std::string& target) {
    for (const Session& session : sessions) {
        const std::string uid = std::to_string(session.uid);
        const std::string leader = std::to_string(session.leader);
        const std::string whose = session.user.empty() ? "uid:" + uid : session.user;
        log_journal(Event::session_ended, false,
                    compose("session {} of {} ended by {}", display(session.id), display(whose),
                            display(context.by.name)),
                    {{"REVOKE_SESSION", session.id},
                     {"REVOKE_USER", whose},
                     {"REVOKE_UID", uid},
                     {"REVOKE_LEADER", leader},
                     {"REVOKE_SERVICE", session.service},
                     {"REVOKE_TTY", session.tty},
                     {"REVOKE_RHOST", session.remote_host},
                     {"REVOKE_TARGET", target.empty() ? whose : target},
                     {"REVOKE_BY", context.by.name},
                     {"REVOKE_REF", context.arguments.ref}});
    }
}

}  // namespace pam_revoke
