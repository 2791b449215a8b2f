// index_lookup.hpp - finds the lines for a request in the index of a list.
#pragma once

#include <string_view>

#include "evaluator.hpp"
#include "revoke/base/file.hpp"

namespace pam_revoke {

// An open list, and its identity when it was opened.
struct ListFile {
    int fd = -1;
    std::string_view path;
    FileIdentity identity;
};

// Evaluates the lines that the index has for the user.
// Errors: none returned; false if the index is unusable and the text must be read.
[[nodiscard]] bool look_up_in_index(const ListFile& list, Evaluator& evaluator);

}  // namespace pam_revoke
