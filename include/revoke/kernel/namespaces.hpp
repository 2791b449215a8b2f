// namespaces.hpp - the namespaces of a process.
//
// The kernel reports the owner of each user namespace. A process cannot leave its namespace.
// Source: namespaces(7), user_namespaces(7), ioctl_ns(2).
#pragma once

#include <cstdint>
#include <vector>

namespace pam_revoke {

// True if a process is in our PID namespace, or if its namespace cannot be read.
// Units:  directory: /proc/PID, open.
// Errors: none.
[[nodiscard]] bool shares_pid_namespace(int directory);

// Returns the owners of a process's user namespaces, innermost first, without ours.
// Units:  directory: /proc/PID, open.
// Errors: none; the result is incomplete if a namespace cannot be read.
[[nodiscard]] std::vector<std::uint32_t> makers_of_namespaces(int directory);

}  // namespace pam_revoke
