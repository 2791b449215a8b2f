// session_files.hpp - the second witness for sessions: logind's files, when logind or the bus does
// not answer.
//
// Source: sd_uid_get_sessions(3), sd_session_get_state(3).
#pragma once

#include <cstdint>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/logind/sessions.hpp"

namespace pam_revoke {

// Returns the sessions of `uid` that have processes. A file can be older than the end of its
// session, but no session is without a file. sd-login of systemd 252 returns no names, leaders and
// times.
// Errors: io if logind has no files on this host, or they cannot be read.
[[nodiscard]] Result<std::vector<Session>> sessions_in_files(std::uint32_t uid);

}  // namespace pam_revoke
