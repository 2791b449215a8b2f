// journal.hpp - what sshd said in the journal when it let somebody in, and what the gate and revoke-user said themselves.
//
// Edge: sd-journal. For sessions that are older than our module: sshd names the key, and the journal knows for certain which process spoke.
// Source: sd_journal_open(3), systemd.journal-fields(7); auth_log() of OpenSSH.
// Layer: edge.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/result.hpp"

namespace pam_revoke {

// The messages of process `pid`, run by root, in the minutes around `since_sec`.
// Units:  since_sec: seconds since 1970.
// Errors: io (object: journal).
[[nodiscard]] Result<std::vector<std::string>> messages_of(pid_t pid, std::int64_t since_sec);

// An entry of ours. Units: at_sec: seconds since 1970; fields: by their names without REVOKE_.
struct ToldEntry {
    std::int64_t at_sec = 0;
    std::string_view message_id;
    std::map<std::string, std::string> fields;
};

// The newest entries with one of these ids that root wrote, the oldest of them first. Others may write what they like into a journal.
// Units:  most: of each id.
// Errors: io (object: journal).
[[nodiscard]] Result<std::vector<ToldEntry>> entries_with(const std::vector<std::string_view>& message_ids, std::size_t most);

}  // namespace pam_revoke
