// module_line.hpp - the settings of the gate for one line of a PAM stack.
//
// The module and revoke-user call the same code: an option of the line can change the verdict.
#pragma once

#include <sys/types.h>

#include <span>
#include <string_view>

#include "revoke/conf/settings.hpp"

namespace pam_revoke {

// The options after the name of the module.
using LineArguments = std::span<const char* const>;

// Returns the configuration that the line names, with the options of the line on top.
// Units:  service: as in read_settings().
// Errors: none returned; Settings::error holds the first, of the file or of an option.
// Source: pam_revoke(8), OPTIONS.
[[nodiscard]] Settings settings_of_line(LineArguments arguments, std::string_view service,
                                        uid_t owner);

}  // namespace pam_revoke
