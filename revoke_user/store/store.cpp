#include "revoke/store/store.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <limits>
#include <thread>

namespace pam_revoke {
namespace {

Result<std::string> read_all(int fd, const std::string& path, std::uint64_t max_bytes) {
    struct stat status {};
    if (fstat(fd, &status) != 0) return io_error(path, "cannot examine");
    std::string text;
    text.reserve(static_cast<std::size_t>(status.st_size) + 1);
    text.resize(text.capacity());
    for (;;) {
        const ssize_t count = pread(fd, text.data(), text.size(), 0);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return io_error(path, "cannot read");
        if (static_cast<std::size_t>(count) < text.size()) {
            text.resize(static_cast<std::size_t>(count));
            return text;
        }
        if (text.size() > max_bytes) return make_error(Fault::too_large, path, "too large");
        text.resize(text.size() * 2);
    }
}

constexpr int kMaxRounds = 4;  // for files that change while they are read
constexpr std::chrono::milliseconds kTick{10};

constexpr int kInputMsec = 10'000;

bool is_readable_within(int fd, int limit_msec) {
    pollfd ready{fd, POLLIN, 0};
    const int count = poll(&ready, 1, limit_msec);
    if (count == 0) errno = ETIMEDOUT;
    return count > 0 || (count < 0 && errno == EINTR);
}

}  // namespace

bool write_all(int fd, std::string_view text) {
    while (!text.empty()) {
        const ssize_t count = write(fd, text.data(), text.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

Result<Directory> Directory::open(const std::string& path, uid_t owner) {
    auto directory = TRY(required(open_trusted_directory(path.c_str(), owner), path));
    return Directory(path, owner, std::move(directory));
}

Result<Fd> Directory::lock(int wait_msec) const {
    Fd fd(openat(directory_.get(), "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
                 0600));
    if (fd.get() < 0) return io_error(full("lock"), "cannot open");
    // In the queue of the kernel: a later command does not overtake.
    const bool has_limit = wait_msec != std::numeric_limits<int>::max();
    while (!has_limit && flock(fd.get(), LOCK_EX) != 0)
        if (errno != EINTR) return io_error(full("lock"), "cannot lock");
    if (!has_limit) return fd;
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + std::chrono::milliseconds(wait_msec);
    while (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return io_error(full("lock"), "cannot lock");
        if (Clock::now() >= deadline)
            return make_error(Fault::busy, full("lock"),
                              "held by another revoke-user or revokectl; try again");
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return fd;
}

Result<std::string> Directory::read(const std::string& name, std::uint64_t max_bytes) const {
    auto snapshot = TRY(read_snapshot(name, max_bytes));
    return snapshot ? std::move(snapshot->text) : std::string();
}

Result<std::optional<Snapshot>> Directory::read_snapshot(const std::string& name,
                                                         std::uint64_t max_bytes) const {
    for (int rounds = 0; rounds < kMaxRounds; ++rounds) {
        Snapshot snapshot;
        const auto file = TRY(open_trusted_file(directory_.get(), name.c_str(), full(name),
                                                max_bytes, owner_, &snapshot.identity));
        if (!file) return std::optional<Snapshot>();
        snapshot.text = TRY(read_all(file->get(), full(name), max_bytes));
        const auto after = identity_of(file->get(), full(name));
        if (after.ok() && after.value() == snapshot.identity)
            return std::optional(std::move(snapshot));
        std::this_thread::sleep_for(kTick);
    }
    return make_error(Fault::busy, full(name), "being written in place by another program");
}

bool Directory::has(const std::string& name, const FileIdentity& identity) const {
    const Fd fd(openat(directory_.get(), name.c_str(), O_PATH | O_CLOEXEC | O_NOFOLLOW));
    if (fd.get() < 0) return errno == ENOENT && identity == FileIdentity();
    const auto now = identity_of(fd.get(), full(name));
    return now.ok() && now.value() == identity;
}

Result<void> Directory::remove(const std::string& name) const {
    if (unlinkat(directory_.get(), name.c_str(), 0) != 0 && errno != ENOENT)
        return io_error(full(name), "cannot remove");
    return {};
}

Result<void> Directory::append(const std::string& name, std::string_view line, mode_t mode) const {
    const Fd fd(openat(directory_.get(), name.c_str(),
                       O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, mode));
    if (fd.get() < 0) return io_error(full(name), "cannot open for writing");
    struct stat status {};
    if (fstat(fd.get(), &status) != 0) return io_error(full(name), "cannot examine");
    if (!S_ISREG(status.st_mode) || status.st_uid != owner_ ||
        (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return make_error(Fault::insecure, full(name),
                          "not a regular file that only its owner can write");
    // A new file is durable only after the directory is synced, too.
    const bool written = write_all(fd.get(), std::string(line) + "\n") && fsync(fd.get()) == 0;
    if (written && (status.st_size > 0 || fsync(directory_.get()) == 0)) return {};
    const Error error = io_error(full(name), "cannot write");
    if (ftruncate(fd.get(), status.st_size) != 0)
        return io_error(full(name), "cannot remove an incomplete record");
    return error;
}

Result<std::optional<std::string>> read_file(const std::string& path, std::uint64_t max_bytes,
                                             uid_t owner) {
    const auto file = TRY(open_trusted_file(AT_FDCWD, path.c_str(), path, max_bytes, owner));
    if (!file) return std::optional<std::string>();
    return std::optional(TRY(read_all(file->get(), path, max_bytes)));
}

Result<std::string> read_input(const std::string& path, std::uint64_t max_bytes) {
    const Fd opened(path == "-" ? -1
                                : open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    const int fd = path == "-" ? STDIN_FILENO : opened.get();
    if (fd < 0) return io_error(path, "cannot open");
    std::string text;
    std::array<char, 65536> block;
    for (;;) {
        const ssize_t count = ::read(fd, block.data(), block.size());
        if (count < 0 && errno == EINTR) continue;
        // Of a pipe, as from <(command) of a shell.
        if (count < 0 && errno == EAGAIN && is_readable_within(fd, kInputMsec)) continue;
        if (count < 0) return io_error(path, "cannot read");
        if (count == 0) return text;
        text.append(block.data(), static_cast<std::size_t>(count));
        if (text.size() > max_bytes) return make_error(Fault::too_large, path, "too large");
    }
}

}  // namespace pam_revoke
