// audit.hpp - structured journal entries: one for each revocation, restore, import, break-glass
// change, ending and ended session. The MESSAGE_ID identifies the event.
//
// Source: revoke-user(8), JOURNAL; systemd.journal-fields(7); conf/pam_revoke.catalog.
#pragma once

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

// Writes a journal entry; an alarming one has priority warning, others notice.
// Units:  message: one line of text.
// Errors: none returned: the history file is the authoritative record.
void log_journal(Event event, bool is_alarming, const std::string& message,
                 std::initializer_list<AuditField> fields);

}  // namespace pam_revoke
