// index.hpp - the index of a list: where in the text the lines about somebody stand, found in
// constant time.
//
// Edge: the only home of the format. The index is a cache: it says which lines to read, never what
// they mean, and a verdict is always that of the line in the text. It carries the identity of the
// text it was made from, and a checksum in its header and in each page, so that "is not here" is as
// certain as "is here"; whatever is off is an Error, and the caller reads the text. It is read with
// pread(2), never mapped: one that is shortened meanwhile ends early, and there is no page that
// could raise SIGBUS. No allocation.
// Source: pam_revoke.list(5), THE INDEX. libcdb was looked at: it cannot tell a damaged table from
//         "not here",
// wants three reads for one key, and ends at 4 GiB.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "revoke/base/file.hpp"
#include "revoke/base/result.hpp"
#include "revoke/list/target.hpp"

namespace pam_revoke {

// Lists up to this size are read line by line, which is no slower than asking an index.
// Units: bytes.
inline constexpr std::uint64_t kUnindexedBytes = 1024;

inline constexpr std::string_view kIndexMagic = "pam_revoke index 3\n";

// Of a list that does not say when it was issued, or when it ends.
inline constexpr std::int64_t kNoDate = std::numeric_limits<std::int64_t>::max();

// Where a line stands in the text.
// Units: offset: bytes from the start, below 2^36; number: counted from 1, below 2^28.
struct LinePlace {
    std::uint64_t offset = 0;
    std::uint64_t number = 0;

    [[nodiscard]] static LinePlace unpack(std::uint64_t packed) {
        return {packed >> 28U, packed & ((std::uint64_t{1} << 28U) - 1)};
    }
    [[nodiscard]] std::uint64_t pack() const { return offset << 28U | number; }
    [[nodiscard]] bool fits() const { return offset >> 36U == 0 && number >> 28U == 0; }
};

// One key of one line.
struct IndexSlot {
    std::uint64_t hash = 0;
    std::uint64_t place = 0;  // LinePlace, packed
};

// The start of the file. Only of 8-byte words, so that no byte of it is undefined.
// Units:  *_sec: seconds since 1970, of several lines the first; kNoDate when the list has no
//         %expires, no %issued.
struct IndexHeader {
    std::uint64_t checksum = 0;
    std::array<char, 24> magic{};
    FileIdentity source;
    std::uint64_t seed = 0;
    std::uint64_t pages = 0;  // that keys are spread over
    std::uint64_t kinds =
        0;  // bit 1 << TargetKind: there are such entries; the bit of uid also for uid=
    std::uint64_t entries = 0;
    std::uint64_t bad_lines = 0;
    std::uint64_t first_bad = 0;  // LinePlace, packed
    std::int64_t expires_sec = 0;
    std::int64_t issued_sec = 0;
    std::int64_t issued_last_sec = 0;

    [[nodiscard]] bool has(TargetKind kind) const {
        return (kinds >> static_cast<unsigned>(kind) & 1U) != 0;
    }
    [[nodiscard]] bool has_keys() const {
        return has(TargetKind::key) || has(TargetKind::certificate) || has(TargetKind::ca);
    }
};

// A page of slots, sorted by hash. Word 0: checksum; word 1: twice the number of slots, plus 1 when
// the next page goes on with keys of this one; then hash and place of each slot.
using IndexPage = std::array<std::uint64_t, 128>;
inline constexpr std::size_t kSlotsPerPage = (std::tuple_size_v<IndexPage> - 2) / 2;

// The hash of a key; the same when an index is written and when it is searched.
// Units:  name: the target's name, or the four bytes of a UID.
// Errors: none.
[[nodiscard]] std::uint64_t index_hash(std::uint64_t seed, TargetKind kind, std::string_view name);
[[nodiscard]] std::uint64_t index_hash(std::uint64_t seed, std::uint32_t uid);
[[nodiscard]] std::uint64_t index_hash(std::uint64_t seed, const Target& target);

// The page where the slots of `hash` begin; grows with the hash.
[[nodiscard]] inline std::uint64_t page_of(std::uint64_t hash, std::uint64_t pages) {
    return (hash >> 32U) * pages >> 32U;
}

// The checksum of a header, and of page `number`: of all words but the first. A change of one word
// always shows. That of a page depends on its header's, so that no page of another index matches.
// Errors: none.
[[nodiscard]] std::uint64_t header_checksum(const IndexHeader& header);
[[nodiscard]] std::uint64_t page_checksum(const IndexPage& page, const IndexHeader& header,
                                          std::uint64_t number);

// The name of the index file for the list at `path`: etc-pam_revoke-lists.d-fleet.list.index.
// Units:  at most 240 bytes; a longer name is truncated, was_truncated() is true, and the list has
//         no index.
// Errors: none.
// Source: systemd-escape(1), --path.
[[nodiscard]] FixedText<240> index_name(std::string_view path);

// An index that was found to be whole and to belong to the text as it is.
class Index {
public:
    // Opens the index at `path` for the text of identity `source`.
    // Errors: stale (made from another state of the text); malformed (cut, damaged, another
    //         version); insecure, too_large, io. Object: path. That there is none is an outcome.
    [[nodiscard]] static Result<std::optional<Index>> open(const char* path,
                                                           const FileIdentity& source, uid_t owner);

    [[nodiscard]] const IndexHeader& header() const { return header_; }
    // Reads as many pages as `pages` has room for, from page `number` on, and says how many there
    // were.
    // Errors: malformed (object: "index") when there is none, or one is not as it was written; io.
    [[nodiscard]] Result<std::size_t> read_pages(std::uint64_t number,
                                                 std::span<IndexPage> pages) const;

private:
    Index(Fd fd, const IndexHeader& header) : fd_(std::move(fd)), header_(header) {}

    Fd fd_;
    IndexHeader header_;
};

// The lines that have one key, one after the other.
class IndexSearch {
public:
    IndexSearch(const Index& index, std::uint64_t hash)
        : index_(index), hash_(hash), number_(page_of(hash, index.header().pages)) {}
    // Sets `place` and says true, or says false when there is none left.
    // Errors: as read_pages().
    [[nodiscard]] Result<bool> next(LinePlace& place);

private:
    const Index& index_;
    std::uint64_t hash_;
    std::uint64_t number_;  // of the page to read next
    std::size_t slot_ = 0;
    std::size_t count_ = 0;
    bool goes_on_ = true;
    IndexPage page_;
};

}  // namespace pam_revoke
