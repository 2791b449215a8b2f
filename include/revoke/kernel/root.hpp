// root.hpp - the location of /proc and /sys/fs/cgroup.
//
// Tests use their own trees. Process counts, signals and our own namespaces are always real.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace pam_revoke {

// Sets the root of /proc and /sys/fs/cgroup. For tests only: no command, option or variable sets
// it. Must be called before other threads read.
// Errors: none.
void set_kernel_root(std::string_view root);

// Returns the absolute `path` below that root.
// Errors: none.
[[nodiscard]] std::string kernel_path(std::string_view path);

// Returns the path of /proc/PID/NAME below that root; without a name, the directory.
// Errors: none.
[[nodiscard]] std::string process_path(pid_t pid, std::string_view name = {});

}  // namespace pam_revoke
