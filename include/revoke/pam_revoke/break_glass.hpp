// break_glass.hpp - allows logins that cannot be checked, for a limited time.
//
// revoke-user writes the file run_dir/break-glass, the gate reads it. Revoked users are still
// denied. The end is measured by a clock that cannot be set. The file is ignored after a reboot,
// and if it asks for more time than the configuration allows.
// Source: pam_revoke.conf(5), break_glass; revokectl(8), BREAK-GLASS; CLOCK_BOOTTIME of
//         clock_gettime(2).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

inline constexpr const char* kBreakGlassFile = "break-glass";

// Returns the content of the file that enables break-glass from now on.
// Units:  for_sec: seconds.
// Errors: none; empty if the boot ID cannot be read.
[[nodiscard]] FixedText<128> print_break_glass(std::int64_t for_sec);

// Returns for how many seconds break-glass stays enabled; 0 if it is disabled.
// Units:  most_sec: the maximum in the configuration; a file that asks for more is ignored.
// Errors: none; an unreadable or invalid file means disabled.
[[nodiscard]] std::int64_t break_glass_left_sec(std::string_view run_dir, uid_t owner,
                                                std::int64_t most_sec);

}  // namespace pam_revoke
