// login_record.hpp - which keys opened a session: what sshd told, kept for as long as the session
// lasts.
//
// Edge: a file for each session in /run/pam_revoke/sessions, which is root's alone and gone after a
// reboot. It has the name of the process that opened the session, which is the leader that logind
// knows, and begins with when that process began: a number that is used again is not taken for it.
// What follows is SSH_AUTH_INFO_0 as sshd wrote it, so that one reader understands both. No
// allocation.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

inline constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 19U;

// Writes the record of the session that this process opens.
// Errors: insecure, io (object: `folder`), io also when it is not there; too_large (object:
//         SSH_AUTH_INFO_0) when it is larger than a record may be; io, too_large, malformed
//         (object: /proc/self/stat).
[[nodiscard]] Result<void> record_session(const char* path, uid_t owner,
                                          std::string_view auth_info);

// Removes that record.
// Errors: none; a record that stays means nothing without its process, and is removed later.
void forget_session(const char* path, uid_t owner);

// SSH_AUTH_INFO_0 in the text of a record, if it is that of the process that began at
// `start_ticks`.
// Units:  start_ticks: clock ticks since the machine started.
// Errors: none; nothing when it is another's, or no record.
[[nodiscard]] std::optional<std::string_view> credentials_in(std::string_view record,
                                                             std::uint64_t start_ticks);

}  // namespace pam_revoke
