// root.hpp - the location of /proc and /sys/fs/cgroup.
//
// Tests use their own trees. System calls stay real: process count, signals, our own namespaces.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace pam_revoke {

// Sets the directory below which /proc and /sys/fs/cgroup are read and written. For tests only: no
// command, option or variable sets it. Call it before other threads read.
// Errors: none.
void set_kernel_root(std::string_view root);

// Returns the path below that root. Units: path: absolute. Errors: none.
[[nodiscard]] std::string kernel_path(std::string_view path);

// Returns the path of /proc/PID/NAME below that root; without a name, the directory.
// Errors: none.
[[nodiscard]] std::string process_path(pid_t pid, std::string_view name = {});

}  // namespace pam_revoke
