// compile.hpp - making the index of a list, out of its text alone.
//
// Join: puts together lines, index format and storing; for the commands, never for the module.
// Source: pam_revoke.list(5), THE INDEX.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "revoke/base/file.hpp"
#include "revoke/base/result.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {

// Makes the index of the list at `path` in `folder`, whose lock is held, and says how many entries
// it has; nothing when there is no such list. A list that is so small that the gate reads it line
// by line gets none, and an index that it had is removed; one that fits and is whole in every page
// is kept.
// Units:  owner: who must own the list; the text is read once, and 16 bytes are held for each
//         entry, and again for each uid=.
// Errors: insecure, too_large, io as of the list; malformed when it is no list, was cut, or is of
//         another version: the gate must read such a text itself; busy when it is written again and
//         again. Object: path. The old index is then untouched.
[[nodiscard]] Result<std::optional<std::uint64_t>> compile_index(const std::string& path,
                                                                 const Directory& directory,
                                                                 uid_t owner);

// Writes the index of the open list `list`, which is in the state `identity`, to the empty file
// `index`; says how many entries it has.
// Units:  path: for messages.
// Errors: malformed, as above; io (object: path) when one cannot be read or the other not be
//         written.
[[nodiscard]] Result<std::uint64_t> write_index(int list, const std::string& path,
                                                const FileIdentity& identity, int index);

}  // namespace pam_revoke
