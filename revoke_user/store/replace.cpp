// replace.cpp - replaces a file of a directory, on a full file system by means of spare files.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

// Two: a new file replaces no old one that could become the next spare.
constexpr std::array kSpares = {".spare", ".spare2"};
constexpr off_t kGrowthBytes = off_t{64} << 10U;  // for the next changes
constexpr off_t kBlockBytes = 512;                // of st_blocks
constexpr std::uint64_t kShareOfSpace = 4;        // of free space that one spare may take

bool is_out_of_space() { return errno == ENOSPC || errno == EDQUOT; }

// Cuts the file after what was written: a spare is longer.
bool cut(int fd) {
    const off_t end = lseek(fd, 0, SEEK_CUR);
    return end >= 0 && ftruncate(fd, end) == 0;
}

struct Spare {
    const char* name = nullptr;
    Fd fd{-1};
    off_t allocated_bytes = -1;
};

// Opens a spare that only its owner can have written.
Spare open_spare(int directory, const char* name, uid_t owner) {
    struct stat status {};
    Fd fd(openat(directory, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    const bool is_ours = fd.get() >= 0 && fstat(fd.get(), &status) == 0 &&
                         S_ISREG(status.st_mode) && status.st_uid == owner &&
                         status.st_nlink == 1 && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
    if (!is_ours) return {};
    return {name, std::move(fd), off_t{status.st_blocks} * kBlockBytes};
}

// A spare of an older version has another group than a new file. If this fails, members of the
// group cannot read the file, and nobody else is affected.
void take_group(int directory, int fd) {
    struct stat wanted {};
    struct stat status {};
    if (fstat(directory, &wanted) == 0 && fstat(fd, &status) == 0 &&
        (wanted.st_mode & S_ISGID) != 0 && wanted.st_gid != status.st_gid)
        (void)!fchown(fd, static_cast<uid_t>(-1), wanted.st_gid);
}

}  // namespace

Result<bool> Directory::replace(const std::string& name, std::string_view text, mode_t mode) const {
    return replace_by(name, mode, [text](int fd) { return write_all(fd, text); });
}

Result<bool> Directory::replace_by(const std::string& name, mode_t mode,
                                   const std::function<bool(int fd)>& write) const {
    const auto synced = [&write](int fd) { return write(fd) && cut(fd) && fsync(fd) == 0; };
    bool is_full = false;
    auto replaced = replace_once(name, mode, synced, false, is_full);
    if (!replaced.ok() && is_full) {
        const Error first = replaced.error();
        bool is_spare_full = false;
        replaced = replace_once(name, mode, synced, true, is_spare_full);
        if (!replaced.ok() && is_spare_full) return first;
    }
    if (!replaced.ok()) return replaced.error();
    return fsync(directory_.get()) == 0;
}

Result<void> Directory::replace_cache(const std::string& name, mode_t mode,
                                      const std::function<bool(int fd)>& write) const {
    bool is_full = false;
    return replace_once(name, mode, write, false, is_full);
}

// `is_full` is set to true if the file system has no free inode or block, or there is no spare.
Result<void> Directory::replace_once(const std::string& name, mode_t mode,
                                     const std::function<bool(int fd)>& write, bool uses_spare,
                                     bool& is_full) const {
    const std::string temporary = "." + name + ".new";
    // Left by a killed run: we hold the lock, so it is not in use.
    if (unlinkat(directory_.get(), temporary.c_str(), 0) != 0 && errno != ENOENT)
        return io_error(full(temporary), "cannot remove");
    const Fd fd = uses_spare ? take_spare(temporary)
                             : Fd(openat(directory_.get(), temporary.c_str(),
                                         O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (fd.get() < 0) {
        is_full = uses_spare || is_out_of_space();
        return io_error(full(temporary), "cannot create");
    }
    if (uses_spare) take_group(directory_.get(), fd.get());
    if (fchmod(fd.get(), mode) == 0 && write(fd.get()) && put(temporary, name, uses_spare))
        return {};
    is_full = is_out_of_space();
    const Error error = io_error(full(name), "cannot replace");
    if (!uses_spare ||
        renameat(directory_.get(), temporary.c_str(), directory_.get(), kSpares[0]) != 0)
        unlinkat(directory_.get(), temporary.c_str(), 0);
    return error;
}

// Takes the spare with the most blocks. They stay allocated: it is cut after it is written.
Fd Directory::take_spare(const std::string& name) const {
    const int directory = directory_.get();
    Spare most;
    for (const char* each : kSpares) {
        Spare spare = open_spare(directory, each, owner_);
        if (spare.allocated_bytes > most.allocated_bytes) most = std::move(spare);
    }
    if (most.name == nullptr) return Fd(-1);
    // The file that it replaces will be the first spare.
    if (most.name != kSpares[0] &&
        renameat2(directory, most.name, directory, kSpares[0], RENAME_EXCHANGE) == 0)
        most.name = kSpares[0];
    if (renameat(directory, most.name, directory, name.c_str()) != 0) return Fd(-1);
    return std::move(most.fd);
}

// The replaced file becomes the next spare: if it were removed, another user could take its inode.
bool Directory::put(const std::string& temporary, const std::string& name, bool is_spare) const {
    const int fd = directory_.get();
    if (!is_spare || renameat2(fd, temporary.c_str(), fd, name.c_str(), RENAME_EXCHANGE) != 0)
        return renameat(fd, temporary.c_str(), fd, name.c_str()) == 0;
    // If this fails, the next replacement removes the leftover.
    (void)renameat(fd, temporary.c_str(), fd, kSpares[0]);
    return true;
}

void Directory::keep(const char* name) const {
    const Fd made(
        openat(directory_.get(), name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
}

void Directory::reserve_spares(const char* name) const {
    struct stat status {};
    if (fstatat(directory_.get(), name, &status, AT_SYMLINK_NOFOLLOW) != 0) status.st_size = 0;
    const off_t wanted_bytes = status.st_size + kGrowthBytes;
    struct statvfs space {};
    const bool has_room = fstatvfs(directory_.get(), &space) == 0 &&
                          std::uint64_t{space.f_bavail} * space.f_frsize / kShareOfSpace >
                              static_cast<std::uint64_t>(wanted_bytes);
    for (const char* each : kSpares) {
        keep(each);
        const Spare spare = open_spare(directory_.get(), each, owner_);
        // Where this is not possible, the spare has an inode only.
        if (has_room && spare.fd.get() >= 0 && spare.allocated_bytes < wanted_bytes)
            (void)fallocate(spare.fd.get(), 0, 0, wanted_bytes);
    }
}

void Directory::reserve_growth(const char* name) const {
    struct stat status {};
    const Fd fd(openat(directory_.get(), name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (fd.get() < 0 || fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    if (off_t{status.st_blocks} * kBlockBytes - status.st_size < kGrowthBytes / 2)
        (void)fallocate(fd.get(), FALLOC_FL_KEEP_SIZE, status.st_size, kGrowthBytes);
}

}  // namespace pam_revoke
