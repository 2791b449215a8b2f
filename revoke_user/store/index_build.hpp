// index_build.hpp - an index in memory, on its way to its file or from it.
//
// Layer: join.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "revoke/store/compile.hpp"
#include "revoke/list/index.hpp"
#include "revoke/list/list.hpp"
#include "revoke/base/result.hpp"

namespace pam_revoke {

// Units: header.pages: 0 until the slots are sorted for the first time.
struct IndexBuild {
    IndexHeader header;
    std::vector<IndexSlot> slots;
};

// Takes all that the gate would want to know of a line. Says why the list can have no index, or nothing.
[[nodiscard]] const char* take_line(const Line& line, const LinePlace& place, IndexBuild& build);

// Slots as they stand in pages: by hash, then by place.
[[nodiscard]] bool is_before(const IndexSlot& a, const IndexSlot& b);

// Sorts the slots, and says how many pages they are spread over.
void sort_slots(IndexBuild& build);

// True while the pages that there are have room enough for the slots that there are.
[[nodiscard]] bool has_room(const IndexBuild& build);

// Writes header and pages for the text of identity `source`; false, with errno, when that could not be done.
[[nodiscard]] bool write_build(int fd, IndexBuild& build, const FileIdentity& source);

// Shows each page of an index, one after the other, many read at once.
// Errors: as Index::read_pages().
[[nodiscard]] Result<void> each_page(const Index& index, const std::function<void(const IndexPage&)>& visit);

// All that an index holds.
// Errors: as Index::read_pages().
[[nodiscard]] Result<IndexBuild> load_index(const Index& index);

// Brings what was made of a list's old text up to `change`; false when that is not worth it, or can not be done: it is then spoilt.
// What kinds of entries are left is not asked: a kind of which none is left stays marked until the list is compiled.
[[nodiscard]] bool update_build(IndexBuild& build, const ListChange& change);

}  // namespace pam_revoke
