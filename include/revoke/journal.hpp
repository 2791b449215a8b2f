// journal.hpp - what sshd said in the journal when it let somebody in.
//
// Edge: sd-journal. For sessions that are older than our module: sshd names the key, and the journal knows for certain which process spoke.
// Source: sd_journal_open(3), systemd.journal-fields(7); auth_log() of OpenSSH.
// Layer: edge.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "revoke/result.hpp"

namespace pam_revoke {

// The messages of process `pid`, run by root, in the minutes around `since_sec`.
// Units:  since_sec: seconds since 1970.
// Errors: io (object: journal).
[[nodiscard]] Result<std::vector<std::string>> messages_of(pid_t pid, std::int64_t since_sec);

}  // namespace pam_revoke
