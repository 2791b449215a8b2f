// break_glass.hpp - a time in which nobody is kept out because something could not be checked.
//
// Edge: the file run_dir/break-glass, which revoke-user writes and the gate reads. It lets nobody
// in who is listed. Its end is told by the clock of this boot, which nobody sets; another boot does
// not believe it, nor who is allowed less than it asks for.
// Source: pam_revoke.conf(5), break_glass; revokectl(8), BREAK-GLASS; CLOCK_BOOTTIME of
//         clock_gettime(2).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

inline constexpr const char* kBreakGlassFile = "break-glass";

// What the file says when the glass is broken now.
// Units:  for_sec: seconds.
// Errors: none; an empty text where this boot cannot be told from another.
[[nodiscard]] FixedText<128> print_break_glass(std::int64_t for_sec);

// For how long the glass is still broken, in seconds; 0 when it is not.
// Units:  most_sec: the longest that the configuration allows; what was asked for longer is not
//         believed, also later.
// Errors: none; what cannot be read or is not understood is no broken glass.
[[nodiscard]] std::int64_t break_glass_left_sec(std::string_view run_dir, uid_t owner,
                                                std::int64_t most_sec);

}  // namespace pam_revoke
