// key_logins.hpp - what a key opened on this host: sessions, and logins without a session.
//
// Join: logind's sessions and the gate's records, held against an entry of a list.
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

// Where the gate records sessions, and who must own that.
struct RecordDirectory {
    std::string path;
    uid_t owner = 0;
};

// Sessions that were opened with a key. `unknown` has why the keys of others cannot be read.
struct OpenedSessions {
    std::vector<Session> sessions;
    std::vector<std::string> others;  // ids of those that other keys opened, for certain
    std::vector<Error> unknown;
};

// Those of `sessions` that the key which `entry` means has opened.
// Errors: none returned; OpenedSessions::unknown has them.
[[nodiscard]] OpenedSessions opened_with(const std::vector<Session>& sessions, const Entry& entry,
                                         const RecordDirectory& records);

// Logins with a key that no session belongs to: on their way, without pam_systemd, or left when a
// session was ended.
struct UnregisteredLogins {
    std::vector<PidRef> logins;
    std::vector<Error> unknown;  // records that cannot be read
};

// Those that the key which `entry` means has opened.
// Units:  listed: all sessions; where logind does not answer, a login by its record is as certain.
// Errors: none returned; UnregisteredLogins::unknown has them.
[[nodiscard]] UnregisteredLogins unregistered_logins(const Result<std::vector<Session>>& listed,
                                                     const Entry& entry,
                                                     const RecordDirectory& records);

}  // namespace pam_revoke
