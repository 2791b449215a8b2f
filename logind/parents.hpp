// parents.hpp - the programs that started processes of a user and still run.
//
// A supervisor that runs as another user starts again what an ending has killed.
// Source: revokectl(8), ENDING.
#pragma once

#include <sys/types.h>

#include <map>
#include <set>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/kernel/processes.hpp"

namespace pam_revoke {

class Parents {
public:
    // Remembers the parent of `process`, which runs as the user.
    // Errors: none; a parent that has exited is not remembered.
    void add(const Process& process);
    // Returns an error for each parent that still runs and is not in `theirs`, nor an ancestor of
    // this process. Waits for a second at most: su and cron exit after their child.
    // Errors: none.
    [[nodiscard]] std::vector<Error> running(const std::set<pid_t>& theirs) const;

private:
    std::set<pid_t> seen_;
    std::map<pid_t, Process> parents_;
};

}  // namespace pam_revoke
