#include "gate_log.hpp"

#include <security/pam_ext.h>
#include <syslog.h>

#include <array>
#include <cstring>

#include "revoke/base/text.hpp"
#include "revoke/pam_revoke/journal_socket.hpp"

namespace pam_revoke {
namespace {

using LogLine = FixedText<1200>;

void append_field(LogLine& line, std::string_view name, const char* value) {
    if (value != nullptr && value[0] != '\0')
        append_printable(line.append(' ').append(name).append('='), value);
}

void append_error(LogLine& line, const Error& error) {
    append_printable(line, error.object.view());
    line.append(": ").append(error.reason);
    const char* system_text = error.os_error != 0 ? strerrordesc_np(error.os_error) : nullptr;
    if (system_text != nullptr) line.append(": ").append(system_text);
}

constexpr std::array<std::string_view, 3> kPhases = {"auth", "account", "session"};
// By UnavailableOutcome: the value of REVOKE_RESULT, which programs select, and the message text.
constexpr std::array<std::string_view, 4> kOutcomes = {"access refused", "let through by policy",
                                                       "let through by break-glass",
                                                       "let through, own program"};
constexpr std::array<std::string_view, 4> kEffects = {"access denied", "access allowed by policy",
                                                      "access allowed by break-glass",
                                                      "access allowed to the user's own program"};

// Sends the entry with the fields of every attempt. Separate: an allowed login does not need the
// space.
void send(JournalEntry& entry, const Attempt& attempt, const LogLine& line, int priority) {
    const std::string_view phase = kPhases[static_cast<std::size_t>(attempt.phase)];
    entry.add("REVOKE_USER", text_or_empty(attempt.user))
        .add("REVOKE_RUSER", text_or_empty(attempt.ruser));
    entry.add("REVOKE_SERVICE", text_or_empty(attempt.service)).add("REVOKE_PHASE", phase);
    entry.add("REVOKE_RHOST", text_or_empty(attempt.rhost))
        .add("REVOKE_TTY", text_or_empty(attempt.tty));
    FixedText<1400> message("pam_revoke(");  // as pam_syslog(3) begins
    append_printable(message, text_or_empty(attempt.service).substr(0, 40));
    message.append(':').append(phase).append("): ").append(line.view());
    if (!entry.say(message.view()).send()) pam_syslog(attempt.pamh, priority, "%s", line.c_str());
}

}  // namespace

void log_revoked(const Attempt& attempt, const Decision& decision) {
    LogLine line("access denied: ");
    append_printable(line, decision.target.view());
    if (decision.by_uid) line.append(" (matched by UID: renamed account or reused UID)");
    append_field(line, "user", attempt.user);
    append_field(line, "ruser", attempt.ruser);
    auto list = FixedText<330>(decision.list.view())
                    .append(':')
                    .append_number(static_cast<std::int64_t>(decision.line));
    append_field(line, "list", list.c_str());
    append_field(line, "ref", decision.ref.c_str());
    append_field(line, "service", attempt.service);
    append_field(line, "rhost", attempt.rhost);
    append_field(line, "tty", attempt.tty);
    JournalEntry entry(kDeniedId, LOG_NOTICE);
    entry.add("REVOKE_TARGET", decision.target.view())
        .add("REVOKE_RESULT", "refused")
        .add("REVOKE_LIST", list.view());
    entry.add("REVOKE_REF", decision.ref.view()).add("REVOKE_REASON", decision.reason.view());
    send(entry, attempt, line, LOG_NOTICE);
}

void log_unchecked(const Attempt& attempt, const Decision& decision, UnavailableOutcome met) {
    const std::string_view outcome = kOutcomes[static_cast<std::size_t>(met)];
    const int priority = met == UnavailableOutcome::by_break_glass ? LOG_ALERT
                         : met == UnavailableOutcome::own_program  ? LOG_NOTICE
                                                                   : LOG_ERR;
    LogLine line;
    append_printable(line, decision.target.view());
    line.append(": could not be checked, ")
        .append(kEffects[static_cast<std::size_t>(met)])
        .append(": ");
    LogLine reason;
    append_error(reason, *decision.error);
    line.append(reason.view());
    JournalEntry entry(kUncheckedId, priority);
    entry.add("REVOKE_TARGET", decision.target.view())
        .add("REVOKE_RESULT", outcome)
        .add("REVOKE_DETAIL", reason.view());
    send(entry, attempt, line, priority);
}

void log_bad_lines(const Attempt& attempt, const Decision& decision) {
    LogLine line("invalid lines are not enforced: ");
    line.append_number(static_cast<std::int64_t>(decision.bad_lines)).append("; first: ");
    append_error(line, *decision.bad_line);
    pam_syslog(attempt.pamh, LOG_WARNING, "%s", line.c_str());
}

void log_index(const Attempt& attempt, const Error& error) {
    LogLine line("list is read line by line: ");
    append_error(line, error);
    pam_syslog(attempt.pamh, LOG_NOTICE, "%s; run 'revokectl reindex'", line.c_str());
}

void log_unrecorded(const Attempt& attempt, const Error& error) {
    LogLine line("keys of the session not recorded: ");
    append_error(line, error);
    pam_syslog(attempt.pamh, LOG_WARNING, "%s", line.c_str());
}

}  // namespace pam_revoke
