// audit.hpp - what was done to whom, as an entry of the journal that programs can ask for.
//
// Edge: sd-journal. One entry for each revocation, undo, import, ending and ended session; its
// MESSAGE_ID says which.
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

// The MESSAGE_ID of an event's entries, by which programs find them.
// Errors: none.
// Source: conf/pam_revoke.catalog.
[[nodiscard]] std::string_view message_id(Event event);

// One field of our own, REVOKE_TARGET and the like. An empty value is left out.
struct AuditField {
    std::string_view name;
    std::string_view value;
};

// Tells the journal, as a warning where somebody should look.
// Units:  message: a line for people.
// Errors: none returned: the history is what must hold, and where there is no journal there is
//         nobody to tell.
void log_journal(Event event, bool is_alarming, const std::string& message,
                 std::initializer_list<AuditField> fields);

}  // namespace pam_revoke
