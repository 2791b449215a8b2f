#include "revoke/base/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace pam_revoke {
namespace {

// Returns no value if openat(2) failed because the object is missing, else the error.
Result<std::optional<Fd>> not_opened(std::string_view object, int os_error) {
    if (os_error == ENOENT || os_error == ENOTDIR) return std::optional<Fd>();
    if (os_error == ELOOP)
        return make_error(Fault::insecure, object, "is a symbolic link", os_error);
    return make_error(Fault::io, object, "cannot open", os_error);
}

const char* why_not_trusted(const struct stat& status, uid_t owner) {
    if (status.st_uid != owner) return owner == 0 ? "not owned by root" : "not owned by the caller";
    if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) return "writable by group or others";
    return nullptr;
}

// Repeats a read that a signal interrupted.
ssize_t read_some(int fd, char* buffer, std::size_t size, std::uint64_t offset) {
    ssize_t count = -1;
    do count = pread(fd, buffer, size, static_cast<off_t>(offset));
    while (count < 0 && errno == EINTR);
    return count;
}

constexpr std::int64_t kSecondNsec = 1'000'000'000;

std::int64_t nsec_of(const timespec& time) { return time.tv_sec * kSecondNsec + time.tv_nsec; }

FileIdentity identity_in(const struct stat& status) {
    return {status.st_dev, status.st_ino, static_cast<std::uint64_t>(status.st_size),
            nsec_of(status.st_mtim), nsec_of(status.st_ctim)};
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
}

Fd::~Fd() {
    if (fd_ >= 0) close(fd_);
}

Result<std::optional<Fd>> open_trusted_directory(const char* path, uid_t owner,
                                                 FileIdentity* identity) {
    Fd fd(openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (fd.get() < 0) {
        struct stat status {};
        const int os_error = errno;
        // ENOTDIR also means a symbolic link or a file; a missing path cannot be opened with
        // O_PATH.
        const Fd other(os_error == ENOTDIR ? openat(AT_FDCWD, path, O_PATH | O_CLOEXEC | O_NOFOLLOW)
                                           : -1);
        if (other.get() >= 0 && fstat(other.get(), &status) == 0)
            return make_error(Fault::insecure, path,
                              S_ISLNK(status.st_mode) ? "is a symbolic link" : "not a directory");
        return not_opened(path, os_error);
    }
    struct stat status {};
    if (fstat(fd.get(), &status) != 0) return io_error(path, "cannot examine");
    if (const char* reason = why_not_trusted(status, owner))
        return make_error(Fault::insecure, path, reason);
    if (identity != nullptr) *identity = identity_in(status);
    return std::optional<Fd>(std::move(fd));
}

Result<std::optional<Fd>> open_trusted_file(int directory, const char* name,
                                            std::string_view object, std::uint64_t max_bytes,
                                            uid_t owner, FileIdentity* identity) {
    Fd fd(openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
    if (fd.get() < 0) return not_opened(object, errno);
    struct stat status {};
    if (fstat(fd.get(), &status) != 0) return io_error(object, "cannot examine");
    if (!S_ISREG(status.st_mode)) return make_error(Fault::insecure, object, "not a regular file");
    if (const char* reason = why_not_trusted(status, owner))
        return make_error(Fault::insecure, object, reason);
    if (static_cast<std::uint64_t>(status.st_size) > max_bytes)
        return make_error(Fault::too_large, object, "too large");
    if (identity != nullptr) *identity = identity_in(status);
    return std::optional<Fd>(std::move(fd));
}

Result<FileIdentity> identity_of(int fd, std::string_view object) {
    struct stat status {};
    if (fstat(fd, &status) != 0) return io_error(object, "cannot examine");
    return identity_in(status);
}

bool is_fresh(const FileIdentity& identity) {
    timespec now{};
    if (clock_gettime(CLOCK_REALTIME_COARSE, &now) != 0) return true;
    // Whole seconds usually mean a file system without a finer clock (ext4 with small inodes; FAT:
    // 2 s).
    const std::int64_t tick_nsec = identity.ctime_nsec % kSecondNsec == 0 ? 2 * kSecondNsec : 0;
    // A time further ahead is from before the clock was set back: a write now would change it.
    return identity.ctime_nsec + tick_nsec >= nsec_of(now) &&
           identity.ctime_nsec <= nsec_of(now) + 2 * kSecondNsec;
}

Result<std::size_t> read_at(int fd, std::span<char> buffer, std::uint64_t offset,
                            std::string_view object) {
    std::size_t filled = 0;
    while (filled < buffer.size()) {
        const ssize_t count =
            read_some(fd, buffer.data() + filled, buffer.size() - filled, offset + filled);
        if (count < 0) return io_error(object, "cannot read");
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
    }
    return filled;
}

Result<std::size_t> read_all(int fd, std::span<char> buffer, std::string_view object) {
    const auto size = read_at(fd, buffer, 0, object);
    if (size.ok() && size.value() == buffer.size())
        return make_error(Fault::too_large, object, "too large");
    return size;
}

Result<const char*> DirectoryReader::next() {
    if (at_ == filled_) {
        const ssize_t count = getdents64(fd_, buffer_.data(), buffer_.size());
        if (count < 0) return io_error("directory", "cannot read");
        at_ = 0;
        filled_ = static_cast<std::size_t>(count);
        if (count == 0) return static_cast<const char*>(nullptr);
    }
    const auto* entry = reinterpret_cast<const dirent64*>(buffer_.data() + at_);
    at_ += entry->d_reclen;
    is_directory_ = entry->d_type == DT_DIR;
    return static_cast<const char*>(entry->d_name);
}

bool LineReader::fill() {
    if (begin_ > 0) {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (read_offset_ >= size_bytes_) return false;
    const auto wanted = static_cast<std::size_t>(
        std::min<std::uint64_t>(buffer_.size() - end_, size_bytes_ - read_offset_));
    const ssize_t count = read_some(fd_, buffer_.data() + end_, wanted, read_offset_);
    if (count < 0) os_error_ = errno;
    if (count <= 0) return false;
    end_ += static_cast<std::size_t>(count);
    read_offset_ += static_cast<std::uint64_t>(count);
    return true;
}

bool LineReader::next_of_new(std::string_view& line) {
    // A line that does not fit keeps the first half of the buffer; the second half is filled again.
    constexpr std::size_t kKept = sizeof(buffer_) / 2;
    bool overlong = false;
    std::size_t searched = 0;
    line_offset_ = next_offset_;
    for (;;) {
        const std::string_view unsearched(buffer_.data() + begin_ + searched,
                                          end_ - begin_ - searched);
        const std::size_t newline = unsearched.find('\n');
        if (newline != std::string_view::npos) {
            line = std::string_view(buffer_.data() + begin_, overlong ? kKept : searched + newline);
            begin_ += searched + newline + 1;
            next_offset_ = read_offset_ - (end_ - begin_);
            return true;
        }
        searched = end_ - begin_;
        if (searched == buffer_.size()) {
            overlong = true;
            end_ = searched = kKept;
        }
        if (fill()) continue;
        if (begin_ == end_ || os_error_ != 0) return false;
        truncated_ = true;
        line = std::string_view(buffer_.data() + begin_, end_ - begin_);
        begin_ = end_;
        return true;
    }
}

}  // namespace pam_revoke
