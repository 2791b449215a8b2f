// break_glass.hpp - a time in which nobody is kept out because something could not be checked.
//
// Edge: the file run_dir/break-glass, which revoke-user writes and the gate reads. It lets nobody in who is listed. Its end is told by the
// clock of this boot, which nobody sets, and the file is gone with the boot.
// Source: pam_revoke.conf(5), break_glass; revoke-user(8), --break-glass; CLOCK_BOOTTIME of clock_gettime(2).
// Layer: edge.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>

#include "revoke/result.hpp"

namespace pam_revoke {

inline constexpr const char* kBreakGlassName = "break-glass";

// What the file says. Units: until_sec: seconds since the boot.
[[nodiscard]] FixedText<64> print_break_glass(std::int64_t until_sec);

// Units: seconds since the boot, suspended ones among them.
[[nodiscard]] std::int64_t since_boot_sec();

// For how long the glass is still broken; 0 when it is not.
// Units:  most_sec: the longest that the configuration allows; what asks for longer is not believed.
// Errors: none; what can not be read or is not understood is no broken glass.
[[nodiscard]] std::int64_t broken_for_sec(std::string_view run_dir, uid_t owner, std::int64_t most_sec);

}  // namespace pam_revoke
