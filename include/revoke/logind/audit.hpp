// audit.hpp - structured journal entries: one for each revocation, restore, import, break-glass
// change, ending and ended session. The MESSAGE_ID identifies the event.
//
// Source: revoke-user(8), JOURNAL; systemd.journal-fields(7); conf/pam_revoke.catalog.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace pam_revoke {

enum class Event : std::uint8_t {
    revoked,
    restored,
    ended,
    imported,
    session_ended,
    break_glass_enabled,
    break_glass_disabled
};

// Returns the MESSAGE_ID of an event.
// Errors: none.
// Source: conf/pam_revoke.catalog.
[[nodiscard]] std::string_view message_id(Event event);

// A field such as REVOKE_TARGET. An empty value is left out.
struct AuditField {
    std::string_view name;
    std::string_view value;
};

// Sends an entry to the journal; an alarming one has priority warning, others notice. A journal
// that does not accept it cannot stop a revocation: after a second of waiting, no more are sent.
// Units:  message: one line of text.
// Errors: none returned: the history file is the authoritative record; see lost_journal_entries().
void log_journal(Event event, bool is_alarming, const std::string& message,
                 std::initializer_list<AuditField> fields);

// Returns the number of entries that a journal of this host did not accept.
// Errors: none; 0 on a host without a journal.
[[nodiscard]] std::size_t lost_journal_entries();

// Sends a line to the journal, or to syslog(3) on a host without one.
// Units:  priority: as in syslog(3). Errors: none.
void log_line(std::string_view program, int priority, const std::string& line);

}  // namespace pam_revoke
