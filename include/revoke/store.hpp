// store.hpp - writing files so that readers see the old or the new one, and no failure leaves a third.
//
// Edge: temporary file, mode, fsync, rename, fsync of the folder; for the commands, never for the module.
// Source: rename(2), fsync(2), flock(2).
// Layer: edge.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "revoke/file.hpp"
#include "revoke/result.hpp"

namespace pam_revoke {

// A folder that nobody but its owner could have written in.
class Folder {
public:
    // Errors: missing, insecure, io (object: path).
    [[nodiscard]] static Result<Folder> open(const std::string& path, uid_t owner);

    // Waits for the folder's lock, at most `wait_msec`; it is held until the returned descriptor is closed.
    // Errors: busy when somebody else holds it for longer; insecure, io (object: path of the lock).
    [[nodiscard]] Result<Fd> lock(int wait_msec) const;

    // Reads the file `name`; empty text when it is missing.
    // Units:  max_bytes: the largest size that is accepted.
    // Errors: insecure, too_large, io (object: its path).
    [[nodiscard]] Result<std::string> read(const std::string& name, std::uint64_t max_bytes) const;

    // Replaces the file `name` by `text`. To be called with the lock held. False when the new file is there, but the
    // folder could not be synced: it may not survive a power cut.
    // Errors: io (object: its path) when any step before the rename fails; the old file is then untouched.
    [[nodiscard]] Result<bool> replace(const std::string& name, std::string_view text, mode_t mode) const;

    // Appends `line` and a newline to the file `name`, which is made if missing. To be called with the lock held.
    // Errors: insecure, io (object: its path); the file is then as long as before.
    [[nodiscard]] Result<Done> append(const std::string& name, std::string_view line, mode_t mode) const;

private:
    Folder(std::string path, uid_t owner, Fd directory) : path_(std::move(path)), owner_(owner), directory_(std::move(directory)) {}
    [[nodiscard]] std::string full(const std::string& name) const { return path_ + "/" + name; }

    std::string path_;
    uid_t owner_;
    Fd directory_;
};

// Reads a whole trusted file, for commands that show or check it.
// Errors: missing, insecure, too_large, io (object: path).
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::uint64_t max_bytes, uid_t owner);

}  // namespace pam_revoke
