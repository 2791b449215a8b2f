// persistence.hpp - finds what can start a user's processes again, or allow a new login.
//
// Reads the spools of cron and at, logind's linger files and the home directory; changes nothing.
// The user controls the home directory: a child with a timeout reads it, and follows no symlinks.
// Source: crontab(1), at(1), systemd.unit(5), sshd(8) AUTHORIZED_KEYS.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "revoke/base/result.hpp"

namespace pam_revoke {

struct PersistenceHook {
    std::string kind;  // crontab, at job, linger, user unit, mail, authorized_keys, container
    std::string path;  // for a container: its unit
};

struct Persistence {
    std::vector<PersistenceHook> found;
    std::vector<Error> errors;  // what could not be read
};

// Finds the user's persistence. authorized_keys counts if changed in the day before `now_sec`.
// Units:  now_sec: seconds since 1970; home: empty when unknown.
// Errors: none returned; see Persistence::errors.
[[nodiscard]] Persistence find_persistence(const std::string& user,
                                           const std::vector<std::uint32_t>& uids,
                                           const std::string& home, std::int64_t now_sec);

}  // namespace pam_revoke
