// file.hpp - reading files that decide who gets in, so that nobody but their owner could have
// written them.
//
// Ground: open, fstat, read, getdents; every edge may stand on it. A file is opened once, never
// through a link, and then the descriptor is asked, so that nothing can be exchanged between look
// and use. Files are read, never mapped: one that is shortened meanwhile ends early and cannot
// raise SIGBUS in the login process. Nothing here allocates.
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

// What tells one state of a file from the next: a write, a replacement and a move each change one
// of these.
// Units:  *_nsec: nanoseconds since 1970, as coarse as the file system keeps them.
struct FileIdentity {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t size_bytes = 0;
    std::int64_t mtime_nsec = 0;
    std::int64_t ctime_nsec = 0;

    friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// Asks for the identity of an open file or directory.
// Errors: io. Object: `object`.
[[nodiscard]] Result<FileIdentity> identity_of(int fd, std::string_view object);

// True when the file may be written again without its identity showing it: it was changed in this
// very tick of the clock that file systems use.
// Errors: none; true when the clock cannot be read.
// Source: stat(2); "racy" entries of git-update-index(1).
[[nodiscard]] bool is_fresh(const FileIdentity& identity);

// Opens the directory `path` for reading, and tells its `identity` where that is wanted.
// Errors: insecure (a link, not a directory, not owned by `owner`, writable by others); io. Object:
//         path. That it is not there is an outcome.
[[nodiscard]] Result<std::optional<Fd>> open_trusted_directory(const char* path, uid_t owner,
                                                               FileIdentity* identity = nullptr);

// Opens the regular file `name` in `directory` (or AT_FDCWD) for reading, and tells its `identity`
// where that is wanted; never blocks, not even on a FIFO.
// Units:  max_bytes: the largest size that is accepted.
// Errors: insecure (a link, not a regular file, not owned by `owner`, writable by group or others);
//         too_large; io. Object: `object`, which is what a person would call the file. That it is
//         not there is an outcome.
[[nodiscard]] Result<std::optional<Fd>> open_trusted_file(int directory, const char* name,
                                                          std::string_view object,
                                                          std::uint64_t max_bytes, uid_t owner,
                                                          FileIdentity* identity = nullptr);

// Reads the whole of `fd` into `buffer`, and says how much it was.
// Errors: too_large when the buffer is full and more follows; io.
[[nodiscard]] Result<std::size_t> read_all(int fd, std::span<char> buffer, std::string_view object);

// Reads into `buffer` what stands at `offset`, and says how much it was: less than asked for only
// at the end of the file.
// Errors: io. Object: `object`.
[[nodiscard]] Result<std::size_t> read_at(int fd, std::span<char> buffer, std::uint64_t offset,
                                          std::string_view object);

// The names in a directory, one after the other; a descriptor can be read once.
class DirectoryReader {
public:
    explicit DirectoryReader(int fd) : fd_(fd) {}
    // Returns the next name, or nullptr at the end; valid until the next call.
    // Errors: io.
    [[nodiscard]] Result<const char*> next();
    // True when the last name is a folder's, where the file system says so at once, as the kernel's
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

// The lines of a file, one after the other, without their newlines.
class LineReader {
public:
    // Units: size_bytes: where the file ends; what is written behind that meanwhile is not read.
    LineReader(int fd, std::uint64_t size_bytes) : fd_(fd), size_bytes_(size_bytes) {}
    // Sets `line` and returns true; returns false at the end, or when the file cannot be read. A
    // line longer than the buffer is truncated, and still longer than any valid line.
    // Errors: none returned; os_error() holds that of the failed read.
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
    // Why the file could not be read: errno, 0 when it could.
    [[nodiscard]] int os_error() const { return os_error_; }
    // True when the last line that was given had no newline: the file may have been cut.
    [[nodiscard]] bool truncated() const { return truncated_; }
    // Where the last line that was given begins. Units: bytes from the start of the file.
    [[nodiscard]] std::uint64_t offset() const { return line_offset_; }

private:
    [[nodiscard]] bool next_of_new(std::string_view& line);
    [[nodiscard]] bool fill();

    std::array<char, 16384> buffer_;  // not cleared: a page that is not used is not touched
    int fd_;
    int os_error_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t line_offset_ = 0;
    std::uint64_t next_offset_ = 0;  // of the line after it
    std::uint64_t read_offset_ = 0;
    std::uint64_t size_bytes_;
    bool truncated_ = false;
};

}  // namespace pam_revoke
