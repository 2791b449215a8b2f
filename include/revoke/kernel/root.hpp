// root.hpp - where /proc and /sys/fs/cgroup are.
//
// Ground: text. A test has trees of its own, in which processes do what it needs. What the kernel
// is asked by system calls stays real: its count of processes, signals, our own namespaces.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

namespace pam_revoke {

// Sets the directory below which /proc and /sys/fs/cgroup are read and written. For tests: no
// command calls it, and no option or variable leads to it. To be called before other threads read.
// Errors: none.
void set_kernel_root(std::string_view root);

// The path below that root. Units: path: absolute. Errors: none.
[[nodiscard]] std::string kernel_path(std::string_view path);

// The path of a file of a process: /proc/PID/NAME below that root; without a name, the directory.
// Errors: none.
[[nodiscard]] std::string process_path(pid_t pid, std::string_view name = {});

}  // namespace pam_revoke
