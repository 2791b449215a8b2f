// store.hpp - writing files so that readers see the old or the new one, and no failure leaves a
// third.
//
// Edge: temporary file, mode, fsync, rename, fsync of the folder; for the commands, never for the
// module.
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

// This host's own list, which revoke-user writes; in the folder lists.d of the state.
inline constexpr const char* kConsoleList = "console.list";

// A text in one state of its file.
struct Snapshot {
    std::string text;
    FileIdentity identity;
};

// A folder that nobody but its owner could have written in.
class Directory {
public:
    // Errors: insecure, io (object: path); also that it is not there.
    [[nodiscard]] static Result<Directory> open(const std::string& path, uid_t owner);

    // Waits for the lock of the directory; it is held until the returned descriptor is closed.
    // Units:  wait_msec: the longest wait, in milliseconds.
    // Errors: busy when another process holds it for longer; io. Object: the path of the lock.
    [[nodiscard]] Result<Fd> lock(int wait_msec) const;

    // Reads the file `name`; empty text when it is missing.
    // Units:  max_bytes: the largest size that is accepted.
    // Errors: busy, insecure, too_large, io (object: its path).
    [[nodiscard]] Result<std::string> read(const std::string& name, std::uint64_t max_bytes) const;

    // The same, with the state that the file was in; nothing when it is missing.
    // Units:  max_bytes: the largest size that is accepted.
    // Errors: busy when somebody else writes in it again and again; as above.
    [[nodiscard]] Result<std::optional<Snapshot>> read_snapshot(const std::string& name,
                                                                std::uint64_t max_bytes) const;

    // True when the file `name` still is in that state; a missing file has the state
    // FileIdentity().
    // Errors: none; false when its state cannot be read.
    [[nodiscard]] bool has(const std::string& name, const FileIdentity& identity) const;

    // Replaces the file `name` by `text`. To be called with the lock held. False when the new file
    // is there, but the folder could not be synced: it may not survive a power cut.
    // Errors: io (object: its path) when any step before the rename fails; the old file is then
    //         untouched.
    [[nodiscard]] Result<bool> replace(const std::string& name, std::string_view text,
                                       mode_t mode) const;

    // The same, with a text that is too large to be held: `write` writes it to the descriptor, and
    // says whether it did, with errno.
    // Errors: as replace().
    [[nodiscard]] Result<bool> replace_by(const std::string& name, mode_t mode,
                                          const std::function<bool(int fd)>& write) const;

    // Replaces a file that is made again when it is lost: nothing is synced, and after a power cut
    // it may be there in part.
    // Errors: as replace().
    [[nodiscard]] Result<void> replace_cache(const std::string& name, mode_t mode,
                                             const std::function<bool(int fd)>& write) const;

    // Makes the file `name`, empty, if it is missing.
    // Errors: none; that it cannot be made is found when it is needed.
    void keep(const char* name) const;

    // Keeps files that replace() falls back to where the file system has no inode for a new one:
    // any user who may write on it can use them up. To be called with the lock held.
    // Errors: none; that they cannot be made is found when they are needed.
    void reserve_spares() const;

    // Removes the file `name`; that it is not there is no error.
    // Errors: io (object: its path).
    [[nodiscard]] Result<void> remove(const std::string& name) const;

    // Appends `line` and a newline to the file `name`, which is made if missing. To be called with
    // the lock held.
    // Errors: insecure, io (object: its path); the file is then as long as before.
    [[nodiscard]] Result<void> append(const std::string& name, std::string_view line,
                                      mode_t mode) const;

    [[nodiscard]] int fd() const { return directory_.get(); }
    [[nodiscard]] std::string full(const std::string& name) const { return path_ + "/" + name; }

private:
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
// Errors: none returned; false, with errno, when that fails.
[[nodiscard]] bool write_all(int fd, std::string_view text);

// Reads a whole trusted file, for commands that show or check it; nothing when it is missing.
// Units:  max_bytes: the largest size that is accepted.
// Errors: insecure, too_large, io (object: path).
[[nodiscard]] Result<std::optional<std::string>> read_file(const std::string& path,
                                                           std::uint64_t max_bytes, uid_t owner);

// Reads to its end what the operator names, whoever owns it: a file, a pipe, or standard input for
// "-".
// Units:  max_bytes: the largest size that is accepted.
// Errors: too_large, io (object: path).
[[nodiscard]] Result<std::string> read_input(const std::string& path, std::uint64_t max_bytes);

}  // namespace pam_revoke
