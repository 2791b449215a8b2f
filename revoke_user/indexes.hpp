// indexes.hpp - the lists that the gate reads, and their indexes.
#pragma once

#include <string>
#include <vector>

#include "context.hpp"

namespace pam_revoke {

// Returns the paths of all lists that the gate reads, sorted.
// Errors: insecure, io (object: the directory).
[[nodiscard]] Result<std::vector<std::string>> list_paths(const Context& context);

// Rebuilds the index of console.list, unless another process holds the lock.
// Errors: none returned; prints a warning, because the gate then reads the text.
void refresh_index(const Context& context);

}  // namespace pam_revoke
