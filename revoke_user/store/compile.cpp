#include "revoke/store/compile.hpp"

#include <fcntl.h>
#include <sys/random.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "index_build.hpp"
#include "revoke/list/index.hpp"
#include "revoke/list/list.hpp"

namespace pam_revoke {
namespace {

constexpr mode_t kIndexMode = 0640;            // for the group of the directory
constexpr int kMaxWaits = 600;                 // for a file system with whole seconds
constexpr std::chrono::milliseconds kWait{4};  // a tick of the file system clock, at most 10

// Returns an identity that every later write changes.
Result<FileIdentity> settled_identity(int fd, const std::string& path) {
    for (int waits = 0; waits < kMaxWaits; ++waits) {
        const auto identity = identity_of(fd, path);
        if (!identity.ok() || !is_fresh(identity.value())) return identity;
        std::this_thread::sleep_for(kWait);
    }
    return make_error(Fault::busy, path, "changed again during each attempt to read it");
}

// Reads all lines of the open list.
Result<IndexBuild> scan(int fd, const std::string& path, std::uint64_t size_bytes) {
    IndexBuild build;
    IndexHeader& header = build.header;
    std::copy(kIndexMagic.begin(), kIndexMagic.end(), header.magic.begin());
    header.expires_sec = kNoDate;
    header.issued_sec = kNoDate;
    header.issued_last_sec = kNoDate;
    if (getrandom(&header.seed, sizeof header.seed, 0) != sizeof header.seed)
        return io_error(path, "cannot read random bytes for the index");
    LineReader lines(fd, size_bytes);
    std::string_view text;
    bool is_list = false;
    for (std::uint64_t number = 1; lines.next(text); ++number) {
        const Line line = parse_line(text);
        is_list = is_list || line.kind == LineKind::header || line.kind == LineKind::entry;
        if (const char* reason = take_line(line, {lines.offset(), number}, build))
            return make_error(Fault::malformed, path, reason);
    }
    if (lines.os_error() != 0) return make_error(Fault::io, path, "cannot read", lines.os_error());
    if (!is_list) return make_error(Fault::malformed, path, "empty or not a revocation list");
    if (lines.truncated())
        return make_error(Fault::malformed, path, "truncated: no newline at the end");
    sort_slots(build);
    return build;
}

// Returns the number of entries of the index at `path`, if it matches the list and has no damage.
std::optional<std::uint64_t> current_entries(const std::string& path, const FileIdentity& identity,
                                             uid_t owner) {
    const auto index = Index::open(path.c_str(), identity, owner);
    if (!index.ok() || !index.value()) return std::nullopt;
    if (!check_pages(*index.value()).ok()) return std::nullopt;
    return index.value()->header().entries;
}

Result<std::optional<Fd>> open_list(const std::string& path, uid_t owner) {
    if (index_name(path).was_truncated())
        return make_error(Fault::refused, path, "path too long for an index");
    return open_trusted_file(AT_FDCWD, path.c_str(), path, kMaxListBytes, owner);
}

// Writes the index of the open list `list`, if the list has not changed.
Result<void> publish(int list, const std::string& path, const Directory& directory,
                     const FileIdentity& settled, IndexBuild& build) {
    bool is_same = true;
    const auto written =
        directory.replace_cache(index_name(path).c_str(), kIndexMode, [&](int index) {
            if (!write_build(index, build, settled)) return false;  // with errno
            const auto after = identity_of(list, path);
            is_same = after.ok() && after.value() == settled;
            return is_same;
        });
    if (!is_same) return make_error(Fault::busy, path, "changed in place during reading");
    return written;
}

}  // namespace

Result<std::uint64_t> write_index(int list, const std::string& path, const FileIdentity& identity,
                                  int index) {
    auto build = TRY(scan(list, path, identity.size_bytes));
    if (!write_build(index, build, identity)) return io_error(path, "cannot write the index");
    return build.header.entries;
}

Result<std::optional<std::uint64_t>> compile_index(const std::string& path,
                                                   const Directory& directory, uid_t owner) {
    const auto list = TRY(open_list(path, owner));
    if (!list) return std::optional<std::uint64_t>();
    const int fd = list->get();
    const std::string name(index_name(path).view());
    // A matching index proves that the text had settled when the index was made.
    const auto now = TRY(identity_of(fd, path));
    if (const auto current = current_entries(directory.full(name), now, owner)) return current;
    const auto settled = TRY(settled_identity(fd, path));
    auto build = scan(fd, path, settled.size_bytes);
    if (settled.size_bytes <= kUnindexedBytes) TRY(directory.remove(name));
    if (!build.ok()) return build.error();
    if (settled.size_bytes > kUnindexedBytes)
        TRY(publish(fd, path, directory, settled, build.value()));
    return std::optional(build.value().header.entries);
}

}  // namespace pam_revoke
