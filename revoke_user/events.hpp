// events.hpp - logs actions to the journal.
#pragma once

#include <string>
#include <vector>

#include "context.hpp"
#include "revoke/logind/sessions.hpp"
#include "revoke/store/history.hpp"

namespace pam_revoke {

// Logs an action to the journal.
// Errors: none; the history is the record.
void log_event(const Context& context, HistoryAction action, const std::string& target,
               HistoryResult result, const std::string& detail);

// Logs each ended session with its target to the journal.
// Errors: none; the history is the record.
void log_ended_sessions(const Context& context, const std::vector<Session>& sessions,
                        const std::string& target);

}  // namespace pam_revoke
