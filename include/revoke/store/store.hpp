// store.hpp - replaces files atomically: even after a failure, a file is the old or the new one.
//
// Writes a temporary file, syncs and renames it, and syncs the directory; for the commands, never
// for the module.
// Source: rename(2), fsync(2), flock(2).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "revoke/base/file.hpp"
#include "revoke/base/result.hpp"

namespace pam_revoke {

// This host's own list, written by revoke-user, in lists.d of the state directory.
inline constexpr const char* kConsoleList = "console.list";

// The text of a file in one state.
struct Snapshot {
    std::string text;
    FileIdentity identity;
};

// A directory that only its owner can write.
class Directory {
public:
    // Opens the directory at `path`.
    // Errors: insecure, io (object: path), also if it is missing.
    [[nodiscard]] static Result<Directory> open(const std::string& path, uid_t owner);

    // Waits for the lock of the directory, which is held until the returned descriptor is closed.
    // Units:  wait_msec: the longest wait, in milliseconds.
    // Errors: busy if another process holds it for longer; io. Object: the path of the lock.
    [[nodiscard]] Result<Fd> lock(int wait_msec) const;

    // Reads the file `name`; a missing file is empty.
    // Units:  max_bytes: the largest size accepted.
    // Errors: busy, insecure, too_large, io (object: its path).
    [[nodiscard]] Result<std::string> read(const std::string& name, std::uint64_t max_bytes) const;

    // Reads the file `name` with its state; no value if it is missing.
    // Units:  max_bytes: the largest size accepted.
    // Errors: busy if another process keeps writing to it; as above.
    [[nodiscard]] Result<std::optional<Snapshot>> read_snapshot(const std::string& name,
                                                                std::uint64_t max_bytes) const;

    // True if the file `name` is still in that state; a missing file has the state FileIdentity().
    // Errors: none; false if its state cannot be read.
    [[nodiscard]] bool has(const std::string& name, const FileIdentity& identity) const;

    // Replaces the file `name` by `text`; the lock must be held. Returns false if the directory
    // could not be synced: the new file may not survive a power failure.
    // Errors: io (object: its path) if any step before the rename fails; the old file is then
    //         unchanged.
    [[nodiscard]] Result<bool> replace(const std::string& name, std::string_view text,
                                       mode_t mode) const;

    // Replaces the file by what `write` writes to the descriptor, from start to end, for a text too
    // large for memory; `write` returns false, with errno, if that fails. It can be called twice.
    // Errors: as replace().
    [[nodiscard]] Result<bool> replace_by(const std::string& name, mode_t mode,
                                          const std::function<bool(int fd)>& write) const;

    // Replaces a file that can be made again: nothing is synced, and it may be incomplete after a
    // power failure.
    // Errors: as replace().
    [[nodiscard]] Result<void> replace_cache(const std::string& name, mode_t mode,
                                             const std::function<bool(int fd)>& write) const;

    // Creates the file `name`, empty, if it is missing.
    // Errors: none; a failure shows when the file is needed.
    void keep(const char* name) const;

    // Creates spare files with blocks for a text somewhat larger than the file `name`. replace()
    // uses them if the file system has no free inode or block: any user may use these up. The lock
    // must be held.
    // Errors: none; a failure shows when they are needed.
    void reserve_spares(const char* name) const;

    // Allocates blocks for the next records of the file `name`, which only append() changes.
    // Errors: none; a failure shows when they are needed.
    void reserve_growth(const char* name) const;

    // Removes the file `name`; a missing file is not an error.
    // Errors: io (object: its path).
    [[nodiscard]] Result<void> remove(const std::string& name) const;

    // Appends `line` and a newline to the file `name`, which is created if missing; the lock must
    // be held.
    // Errors: insecure, io (object: its path); the file then keeps its old length.
    [[nodiscard]] Result<void> append(const std::string& name, std::string_view line,
                                      mode_t mode) const;

    [[nodiscard]] int fd() const { return directory_.get(); }
    [[nodiscard]] std::string full(const std::string& name) const { return path_ + "/" + name; }

private:
    [[nodiscard]] Result<void> replace_once(const std::string& name, mode_t mode,
                                            const std::function<bool(int fd)>& write,
                                            bool uses_spare, bool& is_full) const;
    [[nodiscard]] Fd take_spare(const std::string& name) const;
    [[nodiscard]] bool put(const std::string& temporary, const std::string& name,
                           bool is_spare) const;

    Directory(std::string path, uid_t owner, Fd directory)
        : path_(std::move(path)), owner_(owner), directory_(std::move(directory)) {}

    std::string path_;
    uid_t owner_;
    Fd directory_;
};

// Writes all of `text`.
// Errors: none returned; false, with errno, on failure.
[[nodiscard]] bool write_all(int fd, std::string_view text);

// Reads a trusted file, for commands that print or check it; no value if it is missing.
// Units:  max_bytes: the largest size accepted.
// Errors: insecure, too_large, io (object: path).
[[nodiscard]] Result<std::optional<std::string>> read_file(const std::string& path,
                                                           std::uint64_t max_bytes, uid_t owner);

// Reads all of a file, a pipe, or standard input for "-", with any owner, as named by the operator.
// Units:  max_bytes: the largest size accepted.
// Errors: too_large, io (object: path).
[[nodiscard]] Result<std::string> read_input(const std::string& path, std::uint64_t max_bytes);

}  // namespace pam_revoke
