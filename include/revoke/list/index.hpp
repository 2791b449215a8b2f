// index.hpp - the index of a list, which finds the lines of a target in constant time.
//
// The index is a cache: it returns which lines to read, and the verdict comes from the lines only.
// It contains the identity of the list, and a checksum in the header and in each page. A missing
// key is therefore as certain as a present one. Any mismatch is an Error, and the caller reads the
// text. The index is read with pread(2), not mapped: a truncated one ends early and cannot raise
// SIGBUS. The format is defined here only. Nothing here allocates.
// Source: pam_revoke.list(5), THE INDEX. libcdb cannot distinguish a damaged table from a missing
//         key, needs three reads per key, and is limited to 4 GiB.
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

// Lists up to this size are read line by line, which is no slower than an index.
// Units:  bytes.
inline constexpr std::uint64_t kUnindexedBytes = 1024;

inline constexpr std::string_view kIndexMagic = "pam_revoke index 5\n";

// A list without %issued or %expires.
inline constexpr std::int64_t kNoDate = std::numeric_limits<std::int64_t>::max();

// Position of a line in the text.
// Units:  offset: bytes from the start, below 2^36; number: counted from 1, below 2^28.
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

// The start of the file, in 8-byte words, so that no byte is undefined.
// Units:  *_sec: seconds since 1970, the first if there are several lines; kNoDate without %expires
//         or %issued.
struct IndexHeader {
    std::uint64_t checksum = 0;
    std::array<char, 24> magic{};
    FileIdentity source;
    std::uint64_t seed = 0;
    std::uint64_t pages = 0;  // of hashes, without overflow pages
    // Bit 1 << TargetKind is set if there are such entries; the bit of uid also for uid=.
    std::uint64_t kinds = 0;
    std::uint64_t entries = 0;
    std::uint64_t bad_lines = 0;
    std::uint64_t first_bad = 0;  // LinePlace, packed
    std::int64_t expires_sec = 0;
    std::int64_t issued_sec = 0;
    std::int64_t issued_last_sec = 0;
    std::uint64_t groups = 0;  // entries of groups

    [[nodiscard]] bool has(TargetKind kind) const {
        return (kinds >> static_cast<unsigned>(kind) & 1U) != 0;
    }
    [[nodiscard]] bool has_keys() const {
        return has(TargetKind::key) || has(TargetKind::certificate) || has(TargetKind::ca);
    }
};

// A page of slots, sorted by hash. Word 0: checksum. Word 1: twice the number of slots, plus 1 if
// the next page continues this one. Then hash and place of each slot.
using IndexPage = std::array<std::uint64_t, 128>;
inline constexpr std::size_t kSlotsPerPage = (std::tuple_size_v<IndexPage> - 2) / 2;

// Returns the number of pages with the entries of all groups; they come before those of the hashes.
[[nodiscard]] inline std::uint64_t group_pages(const IndexHeader& header) {
    return (header.groups + kSlotsPerPage - 1) / kSlotsPerPage;
}

// Returns the hash of a key, for writing and for searching an index.
// Units:  name: the target's name, or the four bytes of a UID.
// Errors: none.
[[nodiscard]] std::uint64_t index_hash(std::uint64_t seed, TargetKind kind, std::string_view name);
[[nodiscard]] std::uint64_t index_hash(std::uint64_t seed, std::uint32_t uid);
[[nodiscard]] std::uint64_t index_hash(std::uint64_t seed, const Target& target);

// Returns the first page for `hash`; it grows with the hash.
[[nodiscard]] inline std::uint64_t page_of(std::uint64_t hash, const IndexHeader& header) {
    return group_pages(header) + ((hash >> 32U) * header.pages >> 32U);
}

// Return the checksum of a header, or of page `number`, over all words but the first. It detects
// any change of one word. A page's checksum includes its header's, so that no page of another index
// matches.
// Errors: none.
[[nodiscard]] std::uint64_t header_checksum(const IndexHeader& header);
[[nodiscard]] std::uint64_t page_checksum(const IndexPage& page, const IndexHeader& header,
                                          std::uint64_t number);

// Returns the name of the index for the list at `path`: etc-pam_revoke-lists.d-fleet.list.index.
// Units:  at most 240 bytes; a longer name is truncated, was_truncated() is true, and the list has
//         no index.
// Errors: none.
// Source: systemd-escape(1), --path.
[[nodiscard]] FixedText<240> index_name(std::string_view path);

// An index with a valid header that matches the current text.
class Index {
public:
    // Opens the index at `path` for the text of identity `source`.
    // Errors: stale (made from another state of the text); malformed (truncated, damaged,
    //         unsupported version); insecure, too_large, io. Object: path. A missing index is not
    //         an error.
    [[nodiscard]] static Result<std::optional<Index>> open(const char* path,
                                                           const FileIdentity& source, uid_t owner);

    [[nodiscard]] const IndexHeader& header() const { return header_; }
    // Reads pages from `number` on until `pages` is full or the index ends; returns the count.
    // Errors: malformed (object: "index") if there is none, or one is damaged; io.
    [[nodiscard]] Result<std::size_t> read_pages(std::uint64_t number,
                                                 std::span<IndexPage> pages) const;

private:
    Index(Fd fd, const IndexHeader& header) : fd_(std::move(fd)), header_(header) {}

    Fd fd_;
    IndexHeader header_;
};

// The lines of one key, or those of all groups.
class IndexSearch {
public:
    IndexSearch(const Index& index, std::uint64_t hash)
        : index_(index), hash_(hash), number_(page_of(hash, index.header())) {}
    // Units:  index: must have entries of groups.
    explicit IndexSearch(const Index& index) : index_(index) {}
    // Sets `place` and returns true, or returns false if there are no more lines.
    // Errors: as read_pages().
    [[nodiscard]] Result<bool> next(LinePlace& place);

private:
    const Index& index_;
    std::optional<std::uint64_t> hash_;
    std::uint64_t number_ = 0;  // of the page to read next
    std::size_t slot_ = 0;
    std::size_t count_ = 0;
    bool goes_on_ = true;
    IndexPage page_;
};

}  // namespace pam_revoke
