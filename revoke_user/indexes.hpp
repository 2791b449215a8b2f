// indexes.hpp - the lists that the gate reads, and their indexes.
#pragma once

#include <string>
#include <vector>

#include "context.hpp"

namespace pam_revoke {

// The paths of all lists, sorted, as the gate would find them.
// Errors: insecure, io (object: the folder).
[[nodiscard]] Result<std::vector<std::string>> list_paths(const Context& context);

// Makes the index of this host's own list again, unless another process is at work on the indexes.
// Errors: none returned; printed as a warning, for the gate then reads the text.
void refresh_index(const Context& context);

}  // namespace pam_revoke
