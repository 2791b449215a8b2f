// index_build.hpp - an index in memory, before it is written.
#pragma once

#include <cstdint>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/list/index.hpp"
#include "revoke/list/list.hpp"
#include "revoke/store/compile.hpp"

namespace pam_revoke {

struct IndexBuild {
    IndexHeader header;
    std::vector<IndexSlot> groups;
    std::vector<IndexSlot> slots;
};

// Adds the keys of a line; returns why the list cannot have an index, or nullptr.
// Errors: none.
[[nodiscard]] const char* take_line(const Line& line, const LinePlace& place, IndexBuild& build);

// Sorts the slots and sets the number of pages for them.
// Errors: none.
void sort_slots(IndexBuild& build);

// Writes header and pages for the text of identity `source`.
// Errors: none returned; false, with errno, on failure.
[[nodiscard]] bool write_build(int fd, IndexBuild& build, const FileIdentity& source);

// Checks all pages of an index, many at a time.
// Errors: as Index::read_pages().
[[nodiscard]] Result<void> check_pages(const Index& index);

}  // namespace pam_revoke
