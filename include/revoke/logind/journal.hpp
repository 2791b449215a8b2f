// journal.hpp - reads journal entries of sshd, the gate and revoke-user.
//
// sshd logs the key of sessions that are older than our module; the journal's _PID is trusted.
// Source: sd_journal_open(3), systemd.journal-fields(7); auth_log() of OpenSSH.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/base/result.hpp"

namespace pam_revoke {

// Returns the messages of root's process `pid` in this boot, in the minutes around `since_sec`.
// Units:  since_sec: seconds since 1970.
// Errors: io (object: journal).
[[nodiscard]] Result<std::vector<std::string>> messages_of(pid_t pid, std::int64_t since_sec);

// An entry of pam_revoke.
// Units:  at_usec: microseconds since 1970; fields: by name without REVOKE_.
struct JournalRecord {
    std::uint64_t at_usec = 0;
    std::string_view message_id;
    std::map<std::string, std::string> fields;
};

// The oldest entry comes first.
struct JournalRead {
    std::vector<JournalRecord> entries;
    bool is_truncated = false;  // older entries exist
    bool has_journal = true;    // false: no journal files on this host
};

// Returns the newest entries of root with one of these IDs; entries of other UIDs are not trusted.
// Units:  about: "NAME=VALUE" fields, one of which must match; empty: all; most: for each ID.
// Errors: io (object: journal).
[[nodiscard]] Result<JournalRead> entries_with(const std::vector<std::string_view>& message_ids,
                                               const std::vector<std::string>& about,
                                               std::size_t most);

}  // namespace pam_revoke
