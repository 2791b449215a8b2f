// by_index.hpp - the question, asked of a list's index: which of its lines are to be judged.
//
// Join: list file, index and judge.
// Layer: join.
#pragma once

#include <string_view>

#include "judge.hpp"
#include "revoke/file.hpp"

namespace pam_revoke {

// A list as it was found in its folder.
struct ListFile {
    int directory = -1;
    const char* name = nullptr;
    std::string_view path;
    FileIdentity identity;
};

// Opens the list, and tells its identity, which may be another by now.
// Errors: as open_trusted_file().
[[nodiscard]] inline Result<Fd> open_list(const ListFile& list, uid_t owner, FileIdentity& identity) {
    return open_trusted_file(list.directory, list.name, list.path, kMaxListBytes, owner, &identity);
}

// Hands to the judge what the index of the list has for the person. The list itself is opened only for lines that it has.
// Errors: none returned; false when the index can not answer: the text must be read.
[[nodiscard]] bool by_index(const ListFile& list, Judge& judge);

}  // namespace pam_revoke
