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
inline constexpr std::size_t kEvidenceBytes = std::size_t{256} << 10U;
inline constexpr std::uint64_t kEvidenceUsec = 300'000;

class Evidence {
public:
    // Reads parent, executable, start, cgroup, terminal, connections and arguments of each process
    // that was not read before. A child reads: arguments can be in a file system of the user, which
    // need not answer.
    // Errors: none; what cannot be read in time is missing.
    void gather(const std::vector<pid_t>& pids);

    // Returns what was read, sorted by PID.
    // Errors: none.
    [[nodiscard]] std::vector<ProcessRecord> records() const;

private:
    void take(std::string_view answer);

    std::uint64_t left_usec_ = kEvidenceUsec;
    struct Known {
        std::uint32_t uid = 0;
        std::string members;  // of a JSON object
    };
    std::map<pid_t, Known> known_;
};

}  // namespace pam_revoke
