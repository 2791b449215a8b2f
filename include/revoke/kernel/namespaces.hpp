// namespaces.hpp - the namespaces of a process.
//
// The kernel names the owner of each user namespace. A process cannot leave one that it is in.
// Source: namespaces(7), user_namespaces(7), ioctl_ns(2).
#pragma once

#include <cstdint>
#include <vector>

namespace pam_revoke {

// True if a process is in our PID namespace, or if its namespace cannot be read.
// Units:  directory: /proc/PID, open.
// Errors: none.
[[nodiscard]] bool shares_pid_namespace(int directory);

// The owners of a process's user namespace and of those around it, up to ours.
// Units:  directory: /proc/PID, open.
// Errors: none; the result ends where a namespace cannot be read.
[[nodiscard]] std::vector<std::uint32_t> makers_of_namespaces(int directory);

}  // namespace pam_revoke
