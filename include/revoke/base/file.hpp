// file.hpp - reads files that only their owner can write.
//
// A file is opened once, never through a symbolic link, and checked through its descriptor, so that
// it cannot be replaced between check and use. Files are read, not mapped: a file truncated
// meanwhile ends early and cannot raise SIGBUS in the login process. Nothing here allocates.
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

class Fd {
public:
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
    Fd(const Fd&) = delete;
    Fd& operator=(const Fd&) = delete;
    Fd& operator=(Fd&& other) noexcept;
    ~Fd();
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_;
};

// The state of a file. A write, a replacement and a move each change one of the fields.
// Units:  *_nsec: nanoseconds since 1970, with the precision of the file system.
struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size_bytes = 0;
    std::int64_t mtime_nsec = 0;
    std::int64_t ctime_nsec = 0;

    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// Returns the identity of an open file or directory.
// Errors: io. Object: `object`.
[[nodiscard]] Result<FileIdentity> identity_of(int fd, std::string_view object);

// True if the next write may not change the identity: the last change was in the current tick of
// the file system clock.
// Errors: none; true if the clock cannot be read.
// Source: stat(2); "racy" entries of git-update-index(1).
[[nodiscard]] bool is_fresh(const FileIdentity& identity);

// Opens the directory `path` for reading, and sets `*identity` unless it is null.
// Errors: insecure (a symbolic link, not a directory, not owned by `owner`, writable by others);
//         io. Object: path. A missing directory is not an error.
[[nodiscard]] Result<std::optional<Fd>> open_trusted_directory(const char* path, uid_t owner,
                                                               FileIdentity* identity = nullptr);

// Opens the regular file `name` in `directory` (or AT_FDCWD) for reading, and sets `*identity`
// unless it is null; never blocks, not even on a FIFO.
// Units:  max_bytes: the largest size accepted.
// Errors: insecure (a symbolic link, not a regular file, not owned by `owner`, writable by group or
//         others); too_large; io. Object: `object`, the file's name in messages. A missing file is
//         not an error.
[[nodiscard]] Result<std::optional<Fd>> open_trusted_file(int directory, const char* name,
                                                          std::string_view object,
                                                          std::uint64_t max_bytes, uid_t owner,
                                                          FileIdentity* identity = nullptr);

// Reads all of `fd` into `buffer` and returns the size.
// Errors: too_large if the data fills the buffer; io.
[[nodiscard]] Result<std::size_t> read_all(int fd, std::span<char> buffer, std::string_view object);

// Reads into `buffer` from `offset` on, and returns the size, which is smaller than the buffer only
// at the end of the file.
// Errors: io. Object: `object`.
[[nodiscard]] Result<std::size_t> read_at(int fd, std::span<char> buffer, std::uint64_t offset,
                                          std::string_view object);

// The names in a directory; a descriptor can be read once.
class DirectoryReader {
public:
    explicit DirectoryReader(int fd) : fd_(fd) {}
    // Returns the next name, or nullptr at the end; valid until the next call.
    // Errors: io.
    [[nodiscard]] Result<const char*> next();
    // True if the last name is a directory, on file systems that report the type, as the kernel's
    // own do.
    // Source: getdents(2), d_type.
    [[nodiscard]] bool is_directory() const { return is_directory_; }

private:
    alignas(8) std::array<char, 2048> buffer_;
    int fd_;
    std::size_t at_ = 0;
    std::size_t filled_ = 0;
    bool is_directory_ = false;
};

// Calls visit(name) for each name in a directory.
// Errors: io.
template <typename Visit>
[[nodiscard]] Result<void> for_each_name(int fd, Visit visit) {
    DirectoryReader names(fd);
    for (;;) {
        const auto name = TRY(names.next());
        if (name == nullptr) return {};
        visit(std::string_view(name));
    }
}

// The lines of a file, without their newlines.
class LineReader {
public:
    // Units:  size_bytes: where reading ends, even if the file grows meanwhile.
    LineReader(int fd, std::uint64_t size_bytes) : fd_(fd), size_bytes_(size_bytes) {}
    // Sets `line` and returns true, or returns false at the end or if the file cannot be read. A
    // line longer than the buffer is truncated, but still longer than any valid line.
    // Errors: none returned; os_error() is that of the failed read.
    [[nodiscard]] bool next(std::string_view& line) {
        const char* begin = buffer_.data() + begin_;
        const auto* newline = static_cast<const char*>(std::memchr(begin, '\n', end_ - begin_));
        if (newline == nullptr) return next_of_new(line);
        line = std::string_view(begin, static_cast<std::size_t>(newline - begin));
        begin_ += line.size() + 1;
        line_offset_ = next_offset_;
        next_offset_ += line.size() + 1;
        return true;
    }
    // errno of the failed read, or 0.
    [[nodiscard]] int os_error() const { return os_error_; }
    // True if the last line had no newline: the file may be truncated.
    [[nodiscard]] bool truncated() const { return truncated_; }
    // Offset of the last line. Units: bytes from the start of the file.
    [[nodiscard]] std::uint64_t offset() const { return line_offset_; }

private:
    [[nodiscard]] bool next_of_new(std::string_view& line);
    [[nodiscard]] bool fill();

    std::array<char, 16384> buffer_;  // not cleared: unused pages are not touched
    int fd_;
    int os_error_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t line_offset_ = 0;
    std::uint64_t next_offset_ = 0;  // of the following line
    std::uint64_t read_offset_ = 0;
    std::uint64_t size_bytes_;
    bool truncated_ = false;
};

}  // namespace pam_revoke
