// evidence.hpp - what processes were, read before they are killed: nobody can ask the dead.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "revoke/logind/ending.hpp"

namespace pam_revoke {

// Limits for one ending.
// Units: kEvidenceBytes: bytes of one answer; kEvidenceUsec: in all, so that an ending waits no
//        longer.
inline constexpr std::size_t kEvidenceProcesses = 512;
inline constexpr std::size_t kEvidenceBytes = std::size_t{1} << 20U;
inline constexpr std::uint64_t kEvidenceUsec = 300'000;

class Evidence {
public:
    // Reads parent, executable, start, cgroup, terminal, connections and arguments of each process
    // that was not read before. A child reads: arguments can be in a file system of the user, which
    // need not answer. Half of the time that is left is kept for later calls.
    // Units:  owner_uid: of the account or session that is ended.
    // Errors: none; what cannot be read in time counts as left out.
    void gather(const std::vector<pid_t>& pids, std::uint32_t owner_uid);

    // Returns what was read, sorted by PID.
    // Errors: none.
    [[nodiscard]] GatheredEvidence gathered() const;

private:
    void take(std::string_view answer);

    struct Known {
        std::uint32_t owner_uid = 0;
        int answers = 0;      // facts, arguments
        std::string members;  // of a JSON object
    };
    std::uint64_t left_usec_ = kEvidenceUsec;
    std::map<pid_t, Known> known_;
    std::size_t too_many_ = 0;
};

}  // namespace pam_revoke
