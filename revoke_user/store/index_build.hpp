// index_build.hpp - an index in memory, on its way to its file.
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
    std::vector<IndexSlot> slots;
};

// Takes from a line what the gate looks up. Returns why the list can have no index, or nothing.
// Errors: none.
[[nodiscard]] const char* take_line(const Line& line, const LinePlace& place, IndexBuild& build);

// Sorts the slots, and sets the number of pages that they are spread over.
// Errors: none.
void sort_slots(IndexBuild& build);

// Writes header and pages for the text of identity `source`.
// Errors: none returned; false, with errno, when that fails.
[[nodiscard]] bool write_build(int fd, IndexBuild& build, const FileIdentity& source);

// Reads all pages of an index, many at once.
// Errors: as Index::read_pages().
[[nodiscard]] Result<void> check_pages(const Index& index);

}  // namespace pam_revoke
