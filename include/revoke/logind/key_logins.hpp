// key_logins.hpp - sessions, and logins without a session, that a key opened on this host.
//
// logind's sessions and the gate's records are compared with a list entry.
// Source: revoke-user(8), KEYS.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/list/list.hpp"
#include "revoke/logind/login_records.hpp"
#include "revoke/logind/sessions.hpp"

namespace pam_revoke {

// The directory of the gate's login records, and its required owner.
struct RecordDirectory {
    std::string path;
    uid_t owner = 0;
};

struct OpenedSessions {
    std::vector<Session> sessions;
    std::vector<std::string> others;  // IDs of sessions known not to use the key
    std::vector<Error> unknown;       // sessions without readable keys
};

// Returns those of `sessions` that the key of `entry` opened.
// Errors: none returned; see OpenedSessions::unknown.
[[nodiscard]] OpenedSessions opened_with(const std::vector<Session>& sessions, const Entry& entry,
                                         const RecordDirectory& records);

// Key logins without a session: in progress, without pam_systemd, or left by an ended session.
struct UnregisteredLogins {
    std::vector<PidRef> logins;
    std::vector<Error> unknown;  // records that cannot be read
};

// Returns those that the key of `entry` opened.
// Units:  listed: all sessions; if logind is unavailable, all recorded logins are considered.
// Errors: none returned; see UnregisteredLogins::unknown.
[[nodiscard]] UnregisteredLogins unregistered_logins(const Result<std::vector<Session>>& listed,
                                                     const Entry& entry,
                                                     const RecordDirectory& records);

}  // namespace pam_revoke
