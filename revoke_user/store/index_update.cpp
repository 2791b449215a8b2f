// index_update.cpp - an index after a small change of its list, without reading the whole list line by line.

#include <algorithm>
#include <cstddef>

#include "index_build.hpp"
#include "revoke/store/list_edit.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMostEdits = 16;
constexpr std::size_t kMostBytes = 65536;  // that come or go; more is as quickly compiled

// Where an edit ends in the old text, and by how much everything behind it moves. Units: offset: bytes.
struct Shift {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::uint64_t offset = 0;  // these two wrap around where it moves forward
    std::uint64_t number = 0;
};

std::uint64_t lines_in(std::string_view text) { return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n')); }

bool is_small(const Edits& edits) {
    std::size_t bytes = 0;
    for (const Edit& edit : edits) bytes += edit.size + edit.text.size();
    return edits.size() <= kMostEdits && bytes <= kMostBytes;
}

std::vector<Shift> shifts_of(const ListChange& change) {
    std::vector<Shift> shifts;
    Shift sum;
    for (const Edit& edit : change.edits) {
        sum.begin = edit.begin;
        sum.end = edit.begin + edit.size;
        sum.offset += edit.text.size() - edit.size;
        sum.number += lines_in(edit.text) - lines_in(std::string_view(change.text).substr(edit.begin, edit.size));
        shifts.push_back(sum);
    }
    return shifts;
}

// The number that the line at `begin` has, counted from the last entry before it.
std::uint64_t number_at(const IndexBuild& build, std::string_view text, std::size_t begin) {
    LinePlace last{0, 1};
    for (const IndexSlot& slot : build.slots) {
        const LinePlace place = LinePlace::unpack(slot.place);
        if (place.offset < begin && place.offset > last.offset) last = place;
    }
    return last.number + lines_in(text.substr(last.offset, begin - last.offset));
}

// What an index would hold of some lines, the first of which stands at `place`. Nothing when they are more than entries and comments.
std::optional<IndexBuild> build_of(const IndexHeader& header, std::string_view lines, LinePlace place) {
    IndexBuild build{header, {}};
    build.header.entries = 0;
    bool plain = true;
    for_each_line(lines, [&](std::string_view text, std::uint64_t) {
        const Line line = parse_line(text);
        plain = plain && (line.kind == LineKind::entry || line.kind == LineKind::blank) && take_line(line, place, build) == nullptr;
        place.offset += text.size() + 1;
        ++place.number;
    });
    return plain ? std::optional(std::move(build)) : std::nullopt;
}

void take_out(IndexBuild& build, const IndexBuild& gone) {
    build.header.entries -= gone.header.entries;
    for (const IndexSlot& slot : gone.slots) {
        const auto at = std::lower_bound(build.slots.begin(), build.slots.end(), slot, is_before);
        if (at != build.slots.end() && at->hash == slot.hash && at->place == slot.place) build.slots.erase(at);
    }
}

// False when one does not fit any more.
bool move_places(IndexBuild& build, const std::vector<Shift>& shifts) {
    bool all_fit = true;
    const auto moved = [&](std::uint64_t packed) {
        LinePlace place = LinePlace::unpack(packed);
        const auto behind = std::find_if(shifts.rbegin(), shifts.rend(), [&](const Shift& shift) { return shift.end <= place.offset; });
        if (behind == shifts.rend()) return packed;
        place.offset += behind->offset;
        place.number += behind->number;
        all_fit = all_fit && place.fits();
        return place.pack();
    };
    for (IndexSlot& slot : build.slots) slot.place = moved(slot.place);
    if (build.header.bad_lines > 0) build.header.first_bad = moved(build.header.first_bad);
    return all_fit;
}

}  // namespace

bool update_build(IndexBuild& build, const ListChange& change) {
    if (!is_small(change.edits)) return false;
    const std::string_view text = change.text;
    const std::vector<Shift> shifts = shifts_of(change);
    std::vector<IndexBuild> added;
    for (std::size_t i = 0; i < shifts.size(); ++i) {
        const Edit& edit = change.edits[i];
        const LinePlace place{edit.begin, number_at(build, text, edit.begin)};
        const auto gone = build_of(build.header, text.substr(edit.begin, edit.size), place);
        const LinePlace moved{place.offset + (i == 0 ? 0 : shifts[i - 1].offset), place.number + (i == 0 ? 0 : shifts[i - 1].number)};
        auto come = build_of(build.header, edit.text, moved);
        if (!gone || !come) return false;
        const std::size_t slots = build.slots.size();
        take_out(build, *gone);
        if (slots - build.slots.size() != gone->slots.size()) return false;
        added.push_back(std::move(*come));
    }
    if (!move_places(build, shifts)) return false;
    for (const IndexBuild& come : added) {
        build.header.kinds |= come.header.kinds;
        build.header.entries += come.header.entries;
        const auto old_size = static_cast<std::ptrdiff_t>(build.slots.size());
        build.slots.insert(build.slots.end(), come.slots.begin(), come.slots.end());
        std::sort(build.slots.begin() + old_size, build.slots.end(), is_before);
        std::inplace_merge(build.slots.begin(), build.slots.begin() + old_size, build.slots.end(), is_before);
    }
    return has_room(build);
}

}  // namespace pam_revoke
