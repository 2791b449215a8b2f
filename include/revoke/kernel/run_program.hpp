// run_program.hpp - another program, run to its end and read.
//
// Edge: the only home of <spawn.h>. No shell, no PATH: its own path and words; nothing to read, and
// of our environment nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "revoke/base/result.hpp"

namespace pam_revoke {

struct Ran {
    int code = -1;     // its exit code; 128 and the signal when it was killed
    std::string said;  // what it wrote, complaints among it
};

// Runs the program words[0] with `words`, and waits for its end; nothing when there is no such
// program. It is killed when it takes longer, or says more.
// Units:  limit_msec: from its start; max_bytes: of what it says.
// Errors: io (object: words[0]); busy when it took too long; too_large.
[[nodiscard]] Result<std::optional<Ran>> run_program(const std::vector<std::string>& words,
                                                     int limit_msec, std::size_t max_bytes);

}  // namespace pam_revoke
