// run_program.hpp - runs another program and reads its output.
//
// The only user of <spawn.h>. No shell, no PATH, no input, and only LC_ALL=C as environment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "revoke/base/result.hpp"

namespace pam_revoke {

struct Ran {
    int code = -1;     // its exit code; 128 plus the signal if it was killed
    std::string said;  // its output, with standard error
};

// Runs the program words[0] with `words`, and waits for it; no value if it does not exist. Kills it
// if it takes longer or writes more.
// Units:  limit_msec: from its start; max_bytes: of its output.
// Errors: io (object: words[0]); busy if it took too long; too_large.
[[nodiscard]] Result<std::optional<Ran>> run_program(const std::vector<std::string>& words,
                                                     int limit_msec, std::size_t max_bytes);

}  // namespace pam_revoke
