// actions.hpp - the actions of the commands. Each returns the exit code.
//
// Source: revoke-user(8), revokectl(8).
#pragma once

#include <cstddef>
#include <string>

#include "context.hpp"

namespace pam_revoke {

// Each prints its result and its errors.
// Errors: none returned; the exit code shows them.
[[nodiscard]] ExitCode revoke_user(const Context& context);
[[nodiscard]] ExitCode revoke_key(const Context& context);
[[nodiscard]] ExitCode end_selected(const Context& context);
[[nodiscard]] ExitCode undo_user(const Context& context);
[[nodiscard]] ExitCode import_file(const Context& context);
[[nodiscard]] ExitCode import_krl(const Context& context);
[[nodiscard]] ExitCode export_krl(const Context& context);
[[nodiscard]] ExitCode break_glass(const Context& context);
[[nodiscard]] ExitCode compile_lists(const Context& context);
[[nodiscard]] ExitCode show_list(const Context& context);
[[nodiscard]] ExitCode show_check(const Context& context);
[[nodiscard]] ExitCode show_sessions(const Context& context);
[[nodiscard]] ExitCode show_check_list(const Context& context);
[[nodiscard]] ExitCode show_history(const Context& context);
[[nodiscard]] ExitCode show_doctor(const Context& context);

// Imports `text` into console.list.
// Units:  left_out: lines of the file that `text` does not contain.
// Errors: as above.
[[nodiscard]] ExitCode import_text(const Context& context, const std::string& text,
                                   std::size_t left_out);

}  // namespace pam_revoke
