// namespaces.hpp - in whose namespaces a process is.
//
// Ground: the kernel names the owner of each user namespace. A process can leave none that it was
// put into.
// Source: namespaces(7), user_namespaces(7), ioctl_ns(2).
#pragma once

#include <cstdint>
#include <vector>

namespace pam_revoke {

// True when the process whose /proc folder is open has our pid namespace; also when that cannot be
// told.
// Errors: none.
[[nodiscard]] bool shares_pid_namespace(int directory);

// Who made the user namespace of a process, and those around it, up to ours; none when it is in
// ours.
// Errors: none; what cannot be asked ends the line.
[[nodiscard]] std::vector<std::uint32_t> makers_of_namespaces(int directory);

}  // namespace pam_revoke
