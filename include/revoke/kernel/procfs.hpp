// procfs.hpp - reads small text files of the kernel: /proc/PID/*, cgroup.*.
//
// A process can choose the content of some. Keys of status match only at the start of a line.
// Source: proc(5), cgroups(7).
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace pam_revoke {

// Reads a small file below `directory`; empty if it is gone or cannot be read.
// Units:  most: bytes.
// Errors: none.
[[nodiscard]] std::string read_small(int directory, const char* name, std::size_t most = 8192);

// Returns the target of a symbolic link below `directory`, such as exe or ns/net.
// Units:  at most 256 bytes; a longer target is truncated.
// Errors: none; empty if it is gone or cannot be read.
[[nodiscard]] std::string read_link(int directory, const char* name);

// Returns the rest of the line after `key` ("\nKey:"). `text` begins with a newline.
// Errors: none; empty if there is no such key.
[[nodiscard]] std::string_view value_of(std::string_view text, std::string_view key);

// Returns a process's path in the unified hierarchy, or in systemd's with v1; "/" if in neither.
// Units:  directory: /proc/PID, open.
// Errors: none; empty if the process is gone.
[[nodiscard]] std::string cgroup_of(int directory);

// Returns the cgroup of this process.
// Errors: none; empty if it cannot be read.
[[nodiscard]] std::string own_cgroup();

// Returns the controlling pseudo-terminal of `pid` (pts/0); empty for another terminal or none.
// Errors: none.
// Source: proc_pid_stat(5), tty_nr.
[[nodiscard]] std::string pseudo_terminal_of(pid_t pid);

// Returns the PIDs of this process and its ancestors.
// Errors: none; the result ends where a process cannot be read.
[[nodiscard]] std::set<pid_t> own_line();

}  // namespace pam_revoke
