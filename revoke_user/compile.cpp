#include "revoke/compile.hpp"

#include <fcntl.h>
#include <sys/random.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <limits>
#include <thread>
#include <vector>

#include "revoke/file.hpp"
#include "revoke/index.hpp"
#include "revoke/list.hpp"

namespace pam_revoke {
namespace {

// Pages are filled to this part on average, so that hardly one in ten thousand goes on in the next.
constexpr std::uint64_t kSlotsWanted = kSlotsPerPage * 7 / 10;
constexpr int kMostWaits = 600;                // for a file system that keeps whole seconds
constexpr std::chrono::milliseconds kWait{4};  // a tick of the clock that file systems use, at most 10

struct Found {
    IndexHeader header;
    std::vector<IndexSlot> slots;
};

// The identity of the text as it is from now on: whatever is written after this shows.
Result<FileIdentity> settled_identity(int fd, const std::string& path) {
    for (int waits = 0; waits < kMostWaits; ++waits) {
        const auto identity = identity_of(fd, path);
        if (!identity.ok() || !is_fresh(identity.value())) return identity;
        std::this_thread::sleep_for(kWait);
    }
    return make_error(Fault::busy, path, "is written again and again");
}

void take_entry(const Entry& entry, std::uint64_t place, Found& found) {
    IndexHeader& header = found.header;
    ++header.entries;
    header.kinds |= std::uint64_t{1} << static_cast<unsigned>(entry.target.kind);
    found.slots.push_back({index_hash(header.seed, entry.target), place});
    if (!entry.uid) return;
    header.kinds |= std::uint64_t{1} << static_cast<unsigned>(TargetKind::uid);
    found.slots.push_back({index_hash(header.seed, *entry.uid), place});
}

// Sorts all that the gate would want to know of a line. Says why the list can have no index.
const char* take_line(const Line& line, const LinePlace& place, Found& found) {
    if (line.kind == LineKind::foreign) return line.reason;
    if (!place.fits()) return "has more lines than an index holds";
    if (line.kind == LineKind::entry) take_entry(line.entry, place.pack(), found);
    if (line.kind == LineKind::expires) found.header.expires_sec = std::min(found.header.expires_sec, line.number);
    if (line.kind == LineKind::bad && found.header.bad_lines++ == 0) found.header.first_bad = place.pack();
    return nullptr;
}

Result<Found> scan(int fd, const std::string& path, std::uint64_t size_bytes) {
    Found found;
    IndexHeader& header = found.header;
    std::copy(kIndexMagic.begin(), kIndexMagic.end(), header.magic.begin());
    header.expires_sec = std::numeric_limits<std::int64_t>::max();
    if (getrandom(&header.seed, sizeof header.seed, 0) != sizeof header.seed)
        return make_error(Fault::io, path, "gets no random number for its index", errno);
    LineReader lines(fd, size_bytes);
    std::string_view text;
    bool is_list = false;
    for (std::uint64_t number = 1; lines.next(text); ++number) {
        const Line line = parse_line(text);
        is_list = is_list || line.kind == LineKind::header || line.kind == LineKind::entry;
        if (const char* reason = take_line(line, {lines.offset(), number}, found)) return make_error(Fault::malformed, path, reason);
    }
    if (lines.os_error() != 0) return make_error(Fault::io, path, "can not be read", lines.os_error());
    if (!is_list) return make_error(Fault::malformed, path, "is empty or not a revocation list");
    if (lines.cut()) return make_error(Fault::malformed, path, "has no newline at its end and may have been cut");
    return found;
}

template <typename Words>
bool write_words(int fd, const Words& words) {
    return write_all(fd, std::string_view(reinterpret_cast<const char*>(words.data()), words.size() * sizeof words[0]));
}

// What the page `number` holds of the slots from `next` on, which is moved behind them.
IndexPage fill_page(const Found& found, std::uint64_t number, std::size_t& next) {
    IndexPage page{};
    const auto is_here = [&] { return next < found.slots.size() && page_of(found.slots[next].hash, found.header.pages) <= number; };
    std::size_t count = 0;
    for (; count < kSlotsPerPage && is_here(); ++count, ++next) {
        page[2 + 2 * count] = found.slots[next].hash;
        page[3 + 2 * count] = found.slots[next].place;
    }
    page[1] = 2 * count + (is_here() ? 1 : 0);
    page[0] = page_checksum(page, found.header.seed, number);
    return page;
}

bool write_pages(int fd, const Found& found) {
    constexpr std::size_t kPagesAtOnce = 64;
    std::vector<IndexPage> pages(1);
    const auto words = std::bit_cast<std::array<std::uint64_t, sizeof(IndexHeader) / sizeof(std::uint64_t)>>(found.header);
    std::copy(words.begin(), words.end(), pages.front().begin());
    std::size_t next = 0;
    for (std::uint64_t number = 0; number < found.header.pages || next < found.slots.size(); ++number) {
        pages.push_back(fill_page(found, number, next));
        if (pages.size() < kPagesAtOnce) continue;
        if (!write_words(fd, pages)) return false;
        pages.clear();
    }
    return write_words(fd, pages);
}

void sort_slots(Found& found) {
    std::sort(found.slots.begin(), found.slots.end(),
              [](const IndexSlot& a, const IndexSlot& b) { return a.hash != b.hash ? a.hash < b.hash : a.place < b.place; });
    found.header.pages = found.slots.size() / kSlotsWanted + 1;
}

// How many entries the index at `path` has, if it fits the list and each page is as it was written.
std::optional<std::uint64_t> current_entries(const std::string& path, const FileIdentity& identity, uid_t owner) {
    const auto index = Index::open(path.c_str(), identity, owner);
    if (!index.ok()) return std::nullopt;
    const IndexHeader& header = index.value().header();
    IndexPage page{};
    for (std::uint64_t number = 0; number < header.pages || page[1] % 2 != 0; ++number)
        if (!index.value().read_page(number, page).ok()) return std::nullopt;
    return header.entries;
}

}  // namespace

Result<std::uint64_t> write_index(int list, const std::string& path, const FileIdentity& identity, int index) {
    auto found = scan(list, path, identity.size_bytes);
    if (!found.ok()) return found.error();
    sort_slots(found.value());
    IndexHeader& header = found.value().header;
    header.source = identity;
    header.checksum = header_checksum(header);
    if (!write_pages(index, found.value())) return make_error(Fault::io, path, "has an index that can not be written", errno);
    return header.entries;
}

Result<std::uint64_t> compile_index(const std::string& path, const Folder& folder, uid_t owner) {
    const auto name = index_name(path);
    if (name.was_cut()) return make_error(Fault::refused, path, "has too long a path for an index");
    const auto file = open_trusted_file(AT_FDCWD, path.c_str(), path, kMaxListBytes, owner);
    if (!file.ok()) return file.error();
    const int fd = file.value().get();
    // An index that fits proves that the text had settled when it was made.
    const auto now = identity_of(fd, path);
    if (!now.ok()) return now.error();
    if (const auto current = current_entries(folder.full(name.c_str()), now.value(), owner)) return *current;
    const auto before = settled_identity(fd, path);
    if (!before.ok()) return before.error();
    if (before.value().size_bytes <= kUnindexedBytes) {
        const auto found = scan(fd, path, before.value().size_bytes);
        const auto removed = folder.remove(name.c_str());
        if (!removed.ok()) return removed.error();
        return found.ok() ? Result<std::uint64_t>(found.value().header.entries) : found.error();
    }
    Result<std::uint64_t> entries = std::uint64_t{0};
    const auto written = folder.replace_by(name.c_str(), 0600, [&](int index) {
        entries = write_index(fd, path, before.value(), index);
        const auto after = identity_of(fd, path);
        if (entries.ok() && (!after.ok() || !(after.value() == before.value())))
            entries = make_error(Fault::busy, path, "was written in place while it was read");
        return entries.ok();
    });
    return entries.ok() && !written.ok() ? written.error() : entries;
}

}  // namespace pam_revoke
