// The journal fields of the gate: a denied user cannot add to them.
#include "revoke/pam_revoke/journal_socket.hpp"

#include <set>
#include <string>

#include "unit.hpp"

using namespace pam_revoke;

namespace {

std::set<std::string> lines_of(std::string_view text) {
    std::set<std::string> lines;
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
        lines.emplace(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    cr_expect(text.empty(), "the last line has an end");
    return lines;
}

}  // namespace

Test(journal_socket, fields) {
    JournalEntry entry(kDeniedId, 5);
    entry.add("REVOKE_USER", "alice").add("REVOKE_TTY", "").say("access denied");
    const auto lines = lines_of(entry.text());
    for (const char* line : {"MESSAGE_ID=60d396af4b114e1883b27cd9063d77f1", "REVOKE_USER=alice",
                             "MESSAGE=access denied", "PRIORITY=5", "SYSLOG_FACILITY=10"})
        EXPECT_ROW(lines.contains(line), line);
    cr_expect(lines.size() == 7, "the identifier, the process, and no field without a value: %zu",
              lines.size());
}

Test(journal_socket, no_value_begins_a_field) {
    JournalEntry entry(kUncheckedId, 3);
    entry.add("REVOKE_USER", std::string_view("a\nMESSAGE_ID=0\0\xff\r", 17));
    const auto lines = lines_of(entry.text());
    cr_expect(lines.contains("REVOKE_USER=a\\x0aMESSAGE_ID=0\\x00\\xff\\x0d"), "%s",
              std::string(entry.text()).c_str());
    cr_expect(lines.size() == 6);
}

// The journal has the name unchanged.
Test(journal_socket, user_names) {
    JournalEntry entry(kDeniedId, 5);
    entry.add("REVOKE_USER", "j\xc3\xbcrgen");
    cr_expect(lines_of(entry.text()).contains("REVOKE_USER=j\xc3\xbcrgen"));
}

// The entry is complete for any length: a long name does not prevent it.
Test(journal_socket, long_values) {
    const std::string hostile(100'000, '\n');
    JournalEntry entry(kDeniedId, 5);
    for (const char* name : {"REVOKE_TARGET", "REVOKE_RESULT", "REVOKE_LIST", "REVOKE_REF",
                             "REVOKE_REASON", "REVOKE_USER", "REVOKE_RUSER", "REVOKE_SERVICE",
                             "REVOKE_PHASE", "REVOKE_RHOST", "REVOKE_TTY"})
        entry.add(name, hostile);
    entry.say(std::string(1400, 'x'));
    const auto lines = lines_of(entry.text());
    cr_expect(lines.contains("MESSAGE=" + std::string(1400, 'x')), "the last one is whole");
    cr_expect(lines.size() == 17);
}
