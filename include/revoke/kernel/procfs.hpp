// procfs.hpp - reading the kernel's small text files: /proc/PID/*, cgroup.*.
//
// Ground: open, read. What a file says may be chosen by the process it is about; keys are looked
// for at the start of a line.
// Source: proc(5), cgroups(7).
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

namespace pam_revoke {

// Reads a small file below `directory`; empty when it has gone, or cannot be read.
// Units:  most: bytes.
// Errors: none.
[[nodiscard]] std::string read_small(int directory, const char* name, std::size_t most = 8192);

// The value of "\nKey:" in `text`, up to the end of its line; `text` begins with a newline.
// Errors: none; empty when there is no such key.
[[nodiscard]] std::string_view value_of(std::string_view text, std::string_view key);

// The control group of the process whose /proc folder is open: the path in the unified hierarchy,
// or in systemd's own where v1 is in use; "/" when there is neither, empty when the process has
// gone.
// Errors: none.
[[nodiscard]] std::string cgroup_of(int directory);

// The same of this very process.
// Errors: none; empty when unknown.
[[nodiscard]] std::string own_cgroup();

// The pseudo-terminal that controls process `pid`: pts/0; empty for another terminal, or none.
// Errors: none.
// Source: proc_pid_stat(5), tty_nr.
[[nodiscard]] std::string pseudo_terminal_of(pid_t pid);

// This process, the one that started it, and so on up.
// Errors: none; what cannot be read ends the line.
[[nodiscard]] std::set<pid_t> own_line();

}  // namespace pam_revoke
