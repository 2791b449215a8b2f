// journal_socket.hpp - sends one entry with fields to systemd's journal, without libsystemd.
//
// Sends a datagram to /run/systemd/journal/socket. Every login would load libsystemd to log the few
// that are denied. Nothing here allocates.
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
    // Begins an entry with the fields of every entry.
    // Units:  priority: as in syslog(3); program: empty for the kernel's name of this process.
    // Errors: none.
    JournalEntry(std::string_view message_id, int priority, std::string_view program = {});

    // Adds a field, unless its value is empty. If the value is longer than `max_bytes` or not clean
    // UTF-8, all but printable ASCII becomes \xNN, so that no value begins a new field.
    // Units:  value: truncated after max_bytes, which is at most 1024.
    // Errors: none; an entry that is too long is not sent.
    JournalEntry& add(std::string_view name, std::string_view value, std::size_t max_bytes = 400);
    // Adds the message, which must be printable.
    // Errors: none; an entry that is too long is not sent.
    JournalEntry& say(std::string_view message);

    // Returns true if the journal accepts the entry within 0.2 seconds. The sender is the effective
    // UID, root even under su: readers of the journal rely on it.
    // Errors: none; false without a journal, or if its queue is full: the caller then uses
    //         syslog(3).
    [[nodiscard]] bool send() const;
    [[nodiscard]] std::string_view text() const { return text_.view(); }

private:
    FixedText<8192> text_;
};

}  // namespace pam_revoke
