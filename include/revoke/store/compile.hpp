// compile.hpp - makes the index of a list from its text, for the commands.
//
// Source: pam_revoke.list(5), THE INDEX.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "revoke/base/file.hpp"
#include "revoke/base/result.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {

// Makes the index of the list at `path` in `directory`, which must be locked; returns the number of
// entries, or no value if the list is missing. A list that the gate reads line by line gets no
// index, and an old one is removed. A matching index without damage is kept.
// Units:  owner: required owner of the list; the text is read once, and each entry takes 16 bytes
//         of memory, and 16 more for uid=.
// Errors: insecure, too_large, io as of the list; refused if the path is too long; malformed if it
//         is not a list, truncated or of an unsupported version: the gate must read such a text
//         itself; busy if it keeps changing. Object: path. The old index is then unchanged.
[[nodiscard]] Result<std::optional<std::uint64_t>> compile_index(const std::string& path,
                                                                 const Directory& directory,
                                                                 uid_t owner);

// Writes the index of the open list `list` with the identity `identity` to the empty file `index`;
// returns the number of entries.
// Units:  path: for messages.
// Errors: malformed, as above; io (object: path) if the list cannot be read or the index cannot be
//         written.
[[nodiscard]] Result<std::uint64_t> write_index(int list, const std::string& path,
                                                const FileIdentity& identity, int index);

}  // namespace pam_revoke
