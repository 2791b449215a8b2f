// claim.hpp - why a process is a user's, by its status, cgroup, namespaces and login UID.
//
// Source: proc(5), proc_pid_status(5).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/kernel/processes.hpp"

namespace pam_revoke {

inline constexpr std::size_t kRealUid = 0;
inline constexpr std::size_t kSavedUid = 2;

// Returns the real, effective, saved and file system UID.
// Units:  status: the text of /proc/PID/status, after a newline; also below.
// Errors: none; UINT32_MAX for each UID that is missing.
[[nodiscard]] std::array<std::uint32_t, 4> uids_of(std::string_view status);

// Returns the name that the process chose.
// Errors: none; empty if it is missing.
[[nodiscard]] std::string name_of(std::string_view status);

// Returns the user name that the client of a connection sent to sshd. Between the account and the
// session phase, nothing but the title connects a process of sshd to a user; only root can set the
// title of a root process.
// Units:  directory: /proc/PID, open; also below.
// Errors: none; empty for other processes.
[[nodiscard]] std::string client_of(int directory, std::string_view status);

struct Claim {
    Tie tie = Tie::slice;
    std::uint32_t owner_uid = 0;  // Tie::subordinate: the UID in the ranges
    bool descends = false;
};

// Returns why the process is the user's; no value if it is not.
// Errors: none; what cannot be read makes no claim.
[[nodiscard]] std::optional<Claim> claim_on(int directory, std::string_view status,
                                            std::string_view cgroup, std::uint32_t uid,
                                            const std::vector<UidRange>& subordinate);

}  // namespace pam_revoke
