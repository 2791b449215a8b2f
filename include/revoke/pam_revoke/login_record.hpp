// login_record.hpp - records the keys that opened a session, for as long as the session lasts.
//
// Each session has a file in /run/pam_revoke/sessions, which only root can access and a reboot
// removes. Its name is the PID of the process that opened the session, logind's leader. It begins
// with the start time of that process, so that a reused PID does not match. SSH_AUTH_INFO_0 follows
// as sshd wrote it. Nothing here allocates.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

inline constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 19U;

// Writes the record of the session that this process opens.
// Errors: insecure, io (object: `path`), io also if the directory is missing; too_large (object:
//         SSH_AUTH_INFO_0) if it exceeds kMaxRecordBytes; io, too_large, malformed (object:
//         /proc/self/stat).
[[nodiscard]] Result<void> record_session(const char* path, uid_t owner,
                                          std::string_view auth_info);

// Removes the record of this process.
// Errors: none; without its process, a remaining record is invalid and is removed later.
void forget_session(const char* path, uid_t owner);

// Returns SSH_AUTH_INFO_0 from a record, if its process started at `start_ticks`.
// Units:  start_ticks: clock ticks since boot.
// Errors: none; no value if the record is invalid or of another process.
[[nodiscard]] std::optional<std::string_view> credentials_in(std::string_view record,
                                                             std::uint64_t start_ticks);

}  // namespace pam_revoke
