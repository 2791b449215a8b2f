// procfs.hpp - reads small text files of the kernel: /proc/PID/*, cgroup.*.
//
// A process can choose what some of these files say. Keys are searched at the start of a line.
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

// The value of "\nKey:" in `text`, up to the end of its line. `text` begins with a newline.
// Errors: none; empty if there is no such key.
[[nodiscard]] std::string_view value_of(std::string_view text, std::string_view key);

// The cgroup of the process with this open /proc directory: its path in the unified hierarchy, or
// in systemd's own with v1. "/" if there is neither, empty if the process is gone.
// Errors: none.
[[nodiscard]] std::string cgroup_of(int directory);

// The cgroup of this process.
// Errors: none; empty if unknown.
[[nodiscard]] std::string own_cgroup();

// The pseudo-terminal that controls process `pid`: pts/0. Empty for another terminal or none.
// Errors: none.
// Source: proc_pid_stat(5), tty_nr.
[[nodiscard]] std::string pseudo_terminal_of(pid_t pid);

// This process, its parent, and so on.
// Errors: none; the result ends where a process cannot be read.
[[nodiscard]] std::set<pid_t> own_line();

}  // namespace pam_revoke
