// journal_socket.hpp - one entry for systemd's journal, with fields that programs can ask for, sent
// without its library.
//
// Edge: a datagram to /run/systemd/journal/socket. libsystemd would be loaded for each login to say
// something about the few that are refused. No allocation.
// Source: JOURNAL_NATIVE_PROTOCOL of systemd.io; systemd.journal-fields(7);
//         conf/pam_revoke.catalog.
#pragma once

#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

inline constexpr std::string_view kDeniedId = "60d396af4b114e1883b27cd9063d77f1";
inline constexpr std::string_view kUncheckedId = "2887235b82564cac8bfd34d061e74b96";

class JournalEntry {
public:
    // Begins an entry with the fields that every entry has.
    // Units:  priority: as syslog(3) has it.
    // Errors: none.
    JournalEntry(std::string_view message_id, int priority);

    // Adds a field; without a value, none. In a value that is not clean UTF-8, or longer than 400
    // bytes, what is not printable ASCII is written as \xNN, so that no value begins a new field.
    // Units:  value: truncated after 400 bytes.
    // Errors: none; an entry that has become too long is not sent.
    JournalEntry& add(std::string_view name, std::string_view value);
    // Adds the message, which is printable.
    // Errors: none; an entry that has become too long is not sent.
    JournalEntry& say(std::string_view message);

    // True when the journal has it, within a fifth of a second. As root, whoever the program was
    // started by: the journal's word for who spoke is what readers rely on.
    // Errors: none; false where there is no journal, or it has no room: then syslog(3) is to be
    //         told.
    [[nodiscard]] bool send() const;
    [[nodiscard]] std::string_view text() const { return text_.view(); }

private:
    FixedText<8192> text_;
};

}  // namespace pam_revoke
