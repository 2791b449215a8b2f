// index_lookup.hpp - the question, asked of a list's index: which of its lines are to be judged.
//
// Join: list file, index and judge.
#pragma once

#include <string_view>

#include "evaluator.hpp"
#include "revoke/base/file.hpp"

namespace pam_revoke {

// A list that was opened, and what it was then.
struct ListFile {
    int fd = -1;
    std::string_view path;
    FileIdentity identity;
};

// Hands to the judge what the index of the list has for the person.
// Errors: none returned; false when the index cannot answer: the text must be read.
[[nodiscard]] bool look_up_in_index(const ListFile& list, Evaluator& evaluator);

}  // namespace pam_revoke
