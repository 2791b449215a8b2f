#include "revoke/list/index.hpp"

#include <fcntl.h>

#include <bit>
#include <cstring>
#include <type_traits>

namespace pam_revoke {
namespace {

constexpr std::uint64_t kPageBytes = sizeof(IndexPage);
constexpr std::uint64_t kMaxIndexBytes = std::uint64_t{1} << 36U;
constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15U;

static_assert(std::has_unique_object_representations_v<IndexHeader>);
static_assert(sizeof(IndexHeader) <= kPageBytes);

// A bijection in `sum` and in `word`: a change of a single word always changes the result.
std::uint64_t mix(std::uint64_t sum, std::uint64_t word) {
    sum = (sum ^ word) * kOdd;
    return sum ^ sum >> 29U;
}

const char* why_not_ours(const IndexHeader& header) {
    if (std::string_view(header.magic.data(), kIndexMagic.size()) != kIndexMagic)
        return "unsupported version";
    const bool is_sound = header.checksum == header_checksum(header) && header.pages > 0 &&
                          header.groups <= header.entries &&
                          header.has(TargetKind::group) == (header.groups > 0);
    return is_sound ? nullptr : "damaged";
}

}  // namespace

std::uint64_t index_hash(std::uint64_t seed, TargetKind kind, std::string_view name) {
    std::uint64_t sum = mix(seed, static_cast<std::uint64_t>(kind) << 32U | name.size());
    while (!name.empty()) {
        std::uint64_t word = 0;
        const std::size_t size = name.size() < sizeof word ? name.size() : sizeof word;
        std::memcpy(&word, name.data(), size);
        name.remove_prefix(size);
        sum = mix(sum, word);
    }
    return mix(mix(sum, 0), 0);
}

std::uint64_t index_hash(std::uint64_t seed, std::uint32_t uid) {
    return index_hash(seed, TargetKind::uid, {reinterpret_cast<const char*>(&uid), sizeof uid});
}

std::uint64_t index_hash(std::uint64_t seed, const Target& target) {
    return target.kind == TargetKind::uid ? index_hash(seed, target.uid)
                                          : index_hash(seed, target.kind, target.name);
}

std::uint64_t header_checksum(const IndexHeader& header) {
    const auto words =
        std::bit_cast<std::array<std::uint64_t, sizeof(IndexHeader) / sizeof(std::uint64_t)>>(
            header);
    std::uint64_t sum = kOdd;
    for (std::size_t i = 1; i < words.size(); ++i) sum = mix(sum, words[i]);
    return sum;
}

std::uint64_t page_checksum(const IndexPage& page, const IndexHeader& header,
                            std::uint64_t number) {
    std::uint64_t sum = mix(header.checksum, number);
    for (std::size_t i = 1; i < page.size(); ++i) sum = mix(sum, page[i]);
    return sum;
}

FixedText<240> index_name(std::string_view path) {
    FixedText<240> name;
    while (path.starts_with('/')) path.remove_prefix(1);
    // Escaped as by systemd-escape(1): no two paths have the same name.
    while (!path.empty()) {
        std::size_t plain = 0;
        while (plain < path.size() && path[plain] != '/' && path[plain] != '-') ++plain;
        name.append(std::string_view(path.data(), plain));
        path.remove_prefix(plain);
        if (path.empty()) break;
        name.append(path.front() == '-' ? "\\x2d" : "-");
        const bool is_slash = path.front() == '/';
        path.remove_prefix(1);
        while (is_slash && path.starts_with('/')) path.remove_prefix(1);
    }
    return name.append(".index");
}

Result<std::optional<Index>> Index::open(const char* path, const FileIdentity& source,
                                         uid_t owner) {
    auto fd = TRY(open_trusted_file(AT_FDCWD, path, path, kMaxIndexBytes, owner));
    if (!fd) return std::optional<Index>();
    IndexHeader header;
    std::array<char, sizeof header> bytes;
    const auto size = read_at(fd->get(), bytes, 0, path);
    if (!size.ok()) return size.error();
    if (size.value() < bytes.size()) return make_error(Fault::malformed, path, "truncated");
    header = std::bit_cast<IndexHeader>(bytes);
    if (const char* reason = why_not_ours(header))
        return make_error(Fault::malformed, path, reason);
    if (!(header.source == source))
        return make_error(Fault::stale, path, "made from another state of the list");
    return std::optional<Index>(Index(std::move(*fd), header));
}

Result<std::size_t> Index::read_pages(std::uint64_t number, std::span<IndexPage> pages) const {
    const std::span<char> bytes(reinterpret_cast<char*>(pages.data()), pages.size_bytes());
    const auto size = TRY(read_at(fd_.get(), bytes, (number + 1) * kPageBytes, "index"));
    if (size < kPageBytes || size % kPageBytes != 0)
        return make_error(Fault::malformed, "index", "truncated");
    const std::size_t count = size / kPageBytes;
    for (const IndexPage& page : pages.first(count)) {
        if (page[0] != page_checksum(page, header_, number++) || page[1] / 2 > kSlotsPerPage)
            return make_error(Fault::malformed, "index", "damaged");
    }
    return count;
}

Result<bool> IndexSearch::next(LinePlace& place) {
    for (;;) {
        while (slot_ < count_) {
            const std::size_t at = 2 + 2 * slot_++;
            if (hash_ && page_[at] != *hash_) continue;
            place = LinePlace::unpack(page_[at + 1]);
            return true;
        }
        if (!goes_on_) return false;
        TRY(index_.read_pages(number_++, {&page_, 1}));
        slot_ = 0;
        count_ = static_cast<std::size_t>(page_[1] / 2);
        goes_on_ = page_[1] % 2 != 0;
    }
}

}  // namespace pam_revoke
