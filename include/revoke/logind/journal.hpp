// journal.hpp - what sshd said in the journal when it let somebody in, and what the gate and
// revoke-user said themselves.
//
// Edge: sd-journal. For sessions that are older than our module: sshd names the key, and the
// journal knows for certain which process spoke.
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

// The messages of process `pid`, run by root, in the minutes around `since_sec`.
// Units:  since_sec: seconds since 1970.
// Errors: io (object: journal).
[[nodiscard]] Result<std::vector<std::string>> messages_of(pid_t pid, std::int64_t since_sec);

// An entry of ours.
// Units:  at_usec: microseconds since 1970; fields: by their names without REVOKE_.
struct JournalRecord {
    std::uint64_t at_usec = 0;
    std::string_view message_id;
    std::map<std::string, std::string> fields;
};

// What the journal has of some kind, the oldest first.
struct JournalRead {
    std::vector<JournalRecord> entries;
    bool is_truncated = false;  // there are older ones
    bool has_journal = true;    // false: nobody keeps one here
};

// The newest entries with one of these ids that root wrote. Others may write what they like into a
// journal.
// Units:  about: "NAME=VALUE" of fields, of which an entry must have one; empty: whoever it is
//         about; most: of each id.
// Errors: io (object: journal).
[[nodiscard]] Result<JournalRead> entries_with(const std::vector<std::string_view>& message_ids,
                                               const std::vector<std::string>& about,
                                               std::size_t most);

}  // namespace pam_revoke
