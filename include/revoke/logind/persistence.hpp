// persistence.hpp - what would bring a person's processes back: at the next minute, the next login,
// the next boot.
//
// Edge: the spools of cron and at, logind's linger files, and the person's home. Named, never
// changed. The home is theirs to arrange: it is looked at by a child that is given up when it does
// not come back, and no link is followed.
// Source: crontab(1), at(1), systemd.unit(5), sshd(8) AUTHORIZED_KEYS.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "revoke/base/result.hpp"

namespace pam_revoke {

struct PersistenceHook {
    std::string kind;  // crontab, at job, linger, user unit, authorized_keys, container
    std::string path;  // or, for a container, its unit
};

struct Persistence {
    std::vector<PersistenceHook> found;
    std::vector<Error> errors;  // where could not be looked
};

// Looks for them. An authorized_keys file counts when it was changed in the day before `now_sec`.
// Units:  now_sec: seconds since 1970; home: empty when unknown.
// Errors: none returned; Persistence::troubles has them.
[[nodiscard]] Persistence find_persistence(const std::string& user,
                                           const std::vector<std::uint32_t>& uids,
                                           const std::string& home, std::int64_t now_sec);

}  // namespace pam_revoke
