#include "revoke/logind/audit.hpp"

#include <set>

#include "revoke/logind/journal.hpp"
#include "unit.hpp"

using namespace pam_revoke;

// Source: sd_id128_from_string(3).
Test(audit, each_event_has_an_id_of_its_own) {
    std::set<std::string_view> ids;
    for (const Event event :
         {Event::revoked, Event::restored, Event::ended, Event::imported, Event::session_ended,
          Event::break_glass_enabled, Event::break_glass_disabled}) {
        const std::string_view id = message_id(event);
        ids.insert(id);
        EXPECT_ROW(id.size() == 32, id);
        EXPECT_ROW(id.find_first_not_of("0123456789abcdef") == std::string_view::npos, id);
    }
    cr_expect(ids.size() == 7);
}

Test(journal, an_id_that_no_program_uses_has_no_entries) {
    const auto told = entries_with({"ffffffffffffffffffffffffffffffff"}, {"REVOKE_USER=x"}, 5);
    cr_assert(told.ok());
    cr_expect(told.value().entries.empty() && !told.value().is_truncated);
    const auto messages = messages_of(4'194'304, 0);  // no process has this PID
    cr_expect(messages.ok() && messages.value().empty());
}
