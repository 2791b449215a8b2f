// login_records.hpp - the logins that the gate has recorded: which processes they are, and ending
// those that are no session of logind's.
//
// Join: records, /proc and pidfds. A process is meant only with the moment at which it began: no
// other is ever hit.
// Source: revoke-user(8), KEYS.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "revoke/base/result.hpp"

namespace pam_revoke {

// One process, whatever number others have had. Units: start_ticks: as in start_in().
struct PidRef {
    pid_t pid = 0;
    std::uint64_t start_ticks = 0;

    friend bool operator==(const PidRef&, const PidRef&) = default;
};

// The process that has this number now; nothing when there is none, or it is dead and not yet
// buried.
// Errors: none.
[[nodiscard]] std::optional<PidRef> pid_ref_of(pid_t pid);

// SSH_AUTH_INFO_0 as the gate has recorded it for the process `leader`; nothing when there is no
// record of this very process.
// Errors: insecure, io, too_large.
[[nodiscard]] Result<std::optional<std::string>> recorded_auth_info(pid_t leader,
                                                                    const std::string& path,
                                                                    uid_t owner);

struct RecordedLogin {
    PidRef process;
    std::string auth_info;
};
struct RecordedLogins {
    std::vector<RecordedLogin> logins;  // that live
    std::vector<Error> errors;          // records that could not be read
};
// The logins of all records whose processes live.
// Errors: none returned; RecordedLogins::troubles has them. A directory that is not there has no
//         records.
[[nodiscard]] RecordedLogins recorded_logins(const std::string& path, uid_t owner);

// True while that very process lives.
// Errors: none; false when that cannot be read.
[[nodiscard]] bool is_alive(const PidRef& process);

// Kills that very process and all below it, but never this one or one above it.
// Errors: none: is_alive() tells.
void kill_tree(const PidRef& process);

// Removes the records of processes that are no more.
// Errors: none: it is tidying up.
void tidy_records(const std::string& path, uid_t owner);

}  // namespace pam_revoke
