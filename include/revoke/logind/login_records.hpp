// login_records.hpp - reads the gate's login records, and kills logins without a logind session.
//
// A process is identified by PID and start time: a reused PID is never signalled.
// Source: revoke-user(8), KEYS.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "revoke/base/result.hpp"

namespace pam_revoke {

// A process, safe against PID reuse. Units: start_ticks: as in start_in().
struct PidRef {
    pid_t pid = 0;
    std::uint64_t start_ticks = 0;

    friend bool operator==(const PidRef&, const PidRef&) = default;
};

// Returns the process that has this PID now; nothing for a zombie or an unused PID.
// Errors: none.
[[nodiscard]] std::optional<PidRef> pid_ref_of(pid_t pid);

// Returns the SSH_AUTH_INFO_0 that the gate recorded for `leader`; nothing without a record of this
// very process.
// Errors: insecure, io, too_large.
[[nodiscard]] Result<std::optional<std::string>> recorded_auth_info(pid_t leader,
                                                                    const std::string& path,
                                                                    uid_t owner);

struct RecordedLogin {
    PidRef process;
    std::string auth_info;
};
struct RecordedLogins {
    std::vector<RecordedLogin> logins;
    std::vector<Error> errors;  // records that could not be read
};
// Returns all recorded logins with a living process.
// Errors: none returned; see RecordedLogins::errors. A missing directory is no error.
[[nodiscard]] RecordedLogins recorded_logins(const std::string& path, uid_t owner);

// True if the process is alive: the PID has the same start time and is no zombie.
// Errors: none; false when that cannot be read.
[[nodiscard]] bool is_alive(const PidRef& process);

// Kills the process and its descendants, but never this process or its ancestors.
// Errors: none: check with is_alive().
void kill_tree(const PidRef& process);

// Removes the records of exited processes.
// Errors: none: best effort.
void tidy_records(const std::string& path, uid_t owner);

}  // namespace pam_revoke
