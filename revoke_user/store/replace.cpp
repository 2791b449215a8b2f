// replace.cpp - replaces a file of a directory, on a full file system by means of spare files.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

Error io_error(const std::string& path, const char* reason) {
    return make_error(Fault::io, path, reason, errno);
}

// Two: a new file replaces no old one that could become the next spare.
constexpr std::array kSpares = {".spare", ".spare2"};

}  // namespace

Result<bool> Directory::replace(const std::string& name, std::string_view text, mode_t mode) const {
    return replace_by(name, mode, [text](int fd) { return write_all(fd, text); });
}

Result<bool> Directory::replace_by(const std::string& name, mode_t mode,
                                   const std::function<bool(int fd)>& write) const {
    const auto replaced =
        replace_cache(name, mode, [&write](int fd) { return write(fd) && fsync(fd) == 0; });
    if (!replaced.ok()) return replaced.error();
    return fsync(directory_.get()) == 0;
}

Result<void> Directory::replace_cache(const std::string& name, mode_t mode,
                                      const std::function<bool(int fd)>& write) const {
    const std::string temporary = "." + name + ".new";
    // Left by a killed run: we hold the lock, so it is not in use.
    if (unlinkat(directory_.get(), temporary.c_str(), 0) != 0 && errno != ENOENT)
        return io_error(full(temporary), "cannot remove");
    Fd fd(openat(directory_.get(), temporary.c_str(),
                 O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    const bool is_spare = fd.get() < 0 && (errno == ENOSPC || errno == EDQUOT);
    if (is_spare) fd = take_spare(temporary);
    if (fd.get() < 0) return io_error(full(temporary), "cannot create");
    if (fchmod(fd.get(), mode) == 0 && write(fd.get()) && put(temporary, name, is_spare)) return {};
    const Error error = io_error(full(name), "cannot replace");
    if (!is_spare ||
        renameat(directory_.get(), temporary.c_str(), directory_.get(), kSpares[0]) != 0)
        unlinkat(directory_.get(), temporary.c_str(), 0);
    return error;
}

// If no spare is usable, errno stays that of the full disk.
Fd Directory::take_spare(const std::string& name) const {
    const int full_errno = errno;
    const int directory = directory_.get();
    for (const char* spare : kSpares) {
        struct stat status {};
        Fd fd(openat(directory, spare, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        const bool is_ours = fd.get() >= 0 && fstat(fd.get(), &status) == 0 &&
                             S_ISREG(status.st_mode) && status.st_uid == owner_ &&
                             status.st_nlink == 1 && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
        if (is_ours && renameat(directory, spare, directory, name.c_str()) == 0 &&
            ftruncate(fd.get(), 0) == 0)
            return fd;
    }
    errno = full_errno;
    return Fd(-1);
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

void Directory::reserve_spares() const {
    for (const char* spare : kSpares) keep(spare);
}

}  // namespace pam_revoke
