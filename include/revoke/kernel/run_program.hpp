// run_program.hpp - runs another program and reads its output.
//
// Nothing else uses <spawn.h>. No shell, no PATH, no input, and only LC_ALL=C as environment.
#pragma once

#include <string>
#include <vector>

#include "revoke/base/result.hpp"

namespace pam_revoke {

struct Ran {
    int code = -1;       // its exit code, or 128 plus its signal
    std::string output;  // standard output and standard error
};

// Runs words[0] with the argument vector `words` and waits for it, killing it at a limit; no value
// if the program does not exist.
// Units:  limit_msec: from its start; max_bytes: of its output.
// Errors: io, busy (limit_msec) or too_large (max_bytes); object: words[0].
[[nodiscard]] Result<std::optional<Ran>> run_program(const std::vector<std::string>& words,
                                                     int limit_msec, std::size_t max_bytes);

}  // namespace pam_revoke
