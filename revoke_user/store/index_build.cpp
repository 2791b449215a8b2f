#include "index_build.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

// The average fill of a page: hardly one page in a hundred continues in the next.
constexpr std::uint64_t kSlotsWanted = kSlotsPerPage * 7 / 10;
constexpr std::size_t kPagesAtOnce = 256;

void take_entry(const Entry& entry, std::uint64_t place, IndexBuild& build) {
    IndexHeader& header = build.header;
    ++header.entries;
    header.kinds |= std::uint64_t{1} << static_cast<unsigned>(entry.target.kind);
    build.slots.push_back({index_hash(header.seed, entry.target), place});
    if (entry.target.kind == TargetKind::group) {
        build.groups.push_back(build.slots.back());
        ++header.groups;
    }
    if (!entry.uid) return;
    header.kinds |= std::uint64_t{1} << static_cast<unsigned>(TargetKind::uid);
    build.slots.push_back({index_hash(header.seed, *entry.uid), place});
}

template <typename EntryText>
bool write_words(int fd, const EntryText& words) {
    return write_all(fd, std::string_view(reinterpret_cast<const char*>(words.data()),
                                          words.size() * sizeof words[0]));
}

// Returns page `number` with slots from `next` on, and moves `next` behind them. Pages of groups
// take all of `groups` in turn.
IndexPage fill_page(const IndexBuild& build, std::uint64_t number, std::size_t& next) {
    IndexPage page{};
    const bool is_of_groups = number < group_pages(build.header);
    const auto& slots = is_of_groups ? build.groups : build.slots;
    const auto is_here = [&] {
        return next < slots.size() &&
               (is_of_groups || page_of(slots[next].hash, build.header) <= number);
    };
    std::size_t count = 0;
    for (; count < kSlotsPerPage && is_here(); ++count, ++next) {
        page[2 + 2 * count] = slots[next].hash;
        page[3 + 2 * count] = slots[next].place;
    }
    page[1] = 2 * count + (is_here() ? 1 : 0);
    page[0] = page_checksum(page, build.header, number);
    return page;
}

}  // namespace

const char* take_line(const Line& line, const LinePlace& place, IndexBuild& build) {
    if (line.kind == LineKind::unsupported) return line.reason;
    if (!place.fits()) return "too many lines for an index";
    if (line.kind == LineKind::entry) take_entry(line.entry, place.pack(), build);
    if (line.kind == LineKind::expires)
        build.header.expires_sec = std::min(build.header.expires_sec, line.number);
    if (line.kind == LineKind::issued) {
        IndexHeader& header = build.header;
        header.issued_last_sec = header.issued_sec == kNoDate
                                     ? line.number
                                     : std::max(header.issued_last_sec, line.number);
        header.issued_sec = std::min(header.issued_sec, line.number);
    }
    if (line.kind == LineKind::bad && build.header.bad_lines++ == 0)
        build.header.first_bad = place.pack();
    return nullptr;
}

void sort_slots(IndexBuild& build) {
    const auto is_before = [](const IndexSlot& a, const IndexSlot& b) {
        return a.hash != b.hash ? a.hash < b.hash : a.place < b.place;
    };
    std::sort(build.slots.begin(), build.slots.end(), is_before);
    build.header.pages = build.slots.size() / kSlotsWanted + 1;
}

bool write_build(int fd, IndexBuild& build, const FileIdentity& source) {
    build.header.source = source;
    build.header.checksum = header_checksum(build.header);
    std::vector<IndexPage> pages(1);
    const auto words =
        std::bit_cast<std::array<std::uint64_t, sizeof(IndexHeader) / sizeof(std::uint64_t)>>(
            build.header);
    std::copy(words.begin(), words.end(), pages.front().begin());
    const std::uint64_t first = group_pages(build.header);
    std::size_t next = 0;
    for (std::uint64_t number = 0; number < first + build.header.pages || next < build.slots.size();
         ++number) {
        if (number == first) next = 0;
        pages.push_back(fill_page(build, number, next));
        if (pages.size() < kPagesAtOnce) continue;
        if (!write_words(fd, pages)) return false;
        pages.clear();
    }
    return write_words(fd, pages);
}

Result<void> check_pages(const Index& index) {
    std::vector<IndexPage> pages(kPagesAtOnce);
    bool goes_on = false;  // the last page continues in the next
    const std::uint64_t at_least = group_pages(index.header()) + index.header().pages;
    for (std::uint64_t number = 0; number < at_least || goes_on;) {
        const auto count = TRY(index.read_pages(number, pages));
        goes_on = pages[count - 1][1] % 2 != 0;
        number += count;
    }
    return {};
}

}  // namespace pam_revoke
