// store.hpp - writing files so that readers see the old or the new one, and no failure leaves a third.
//
// Edge: temporary file, mode, fsync, rename, fsync of the folder; for the commands, never for the module.
// Source: rename(2), fsync(2), flock(2).
// Layer: edge.
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
class Folder {
public:
    // Errors: insecure, io (object: path); also that it is not there.
    [[nodiscard]] static Result<Folder> open(const std::string& path, uid_t owner);

    // Waits for the folder's lock, at most `wait_msec`; it is held until the returned descriptor is closed.
    // Errors: busy when somebody else holds it for longer; insecure, io (object: path of the lock).
    [[nodiscard]] Result<Fd> lock(int wait_msec) const;

    // Reads the file `name`; empty text when it is missing.
    // Units:  max_bytes: the largest size that is accepted.
    // Errors: busy, insecure, too_large, io (object: its path).
    [[nodiscard]] Result<std::string> read(const std::string& name, std::uint64_t max_bytes) const;

    // The same, with the state that the file was in; nothing when it is missing.
    // Errors: busy when somebody else writes in it again and again; as above.
    [[nodiscard]] Result<std::optional<Snapshot>> read_snapshot(const std::string& name, std::uint64_t max_bytes) const;

    // True when the file `name` still is in that state; the state of a file that is missing is FileIdentity().
    [[nodiscard]] bool has(const std::string& name, const FileIdentity& identity) const;

    // Replaces the file `name` by `text`. To be called with the lock held. False when the new file is there, but the
    // folder could not be synced: it may not survive a power cut.
    // Errors: io (object: its path) when any step before the rename fails; the old file is then untouched.
    [[nodiscard]] Result<bool> replace(const std::string& name, std::string_view text, mode_t mode) const;

    // The same, with a text that is too large to be held: `write` writes it to the descriptor, and says whether it did, with errno.
    // Errors: as replace().
    [[nodiscard]] Result<bool> replace_by(const std::string& name, mode_t mode, const std::function<bool(int fd)>& write) const;

    // Replaces a file that is made again when it is lost: nothing is synced, and after a power cut it may be there in part.
    // Errors: as replace().
    [[nodiscard]] Result<void> replace_cache(const std::string& name, mode_t mode, const std::function<bool(int fd)>& write) const;

    // Makes the file `name`, empty, if it is missing. That it can not be made is found out when it is wanted.
    void keep(const char* name) const;

    // Keeps files that take the place of others where the file system has no room for a new one: whoever may write anywhere on it can use
    // up its inodes. To be called with the lock held.
    void keep_spares() const;

    // Removes the file `name`; that it is not there is no error.
    // Errors: io (object: its path).
    [[nodiscard]] Result<void> remove(const std::string& name) const;

    // Appends `line` and a newline to the file `name`, which is made if missing. To be called with the lock held.
    // Errors: insecure, io (object: its path); the file is then as long as before.
    [[nodiscard]] Result<void> append(const std::string& name, std::string_view line, mode_t mode) const;

    [[nodiscard]] int fd() const { return directory_.get(); }
    [[nodiscard]] std::string full(const std::string& name) const { return path_ + "/" + name; }

private:
    [[nodiscard]] Fd take_spare(const std::string& name) const;
    [[nodiscard]] bool put(const std::string& temporary, const std::string& name, bool is_spare) const;

    Folder(std::string path, uid_t owner, Fd directory) : path_(std::move(path)), owner_(owner), directory_(std::move(directory)) {}

    std::string path_;
    uid_t owner_;
    Fd directory_;
};

// Writes all of `text`; false, with errno, when that could not be done.
[[nodiscard]] bool write_all(int fd, std::string_view text);

// Reads a whole trusted file, for commands that show or check it; nothing when it is missing.
// Errors: insecure, too_large, io (object: path).
[[nodiscard]] Result<std::optional<std::string>> read_file(const std::string& path, std::uint64_t max_bytes, uid_t owner);

// Reads to its end what the operator vouches for, whoever owns it: a file, a pipe, or standard input for "-".
// Errors: too_large, io (object: path).
[[nodiscard]] Result<std::string> read_input(const std::string& path, std::uint64_t max_bytes);

}  // namespace pam_revoke
