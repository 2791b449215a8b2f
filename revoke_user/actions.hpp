// actions.hpp - what the commands do. Each returns the exit code.
//
// Source: revoke-user(8), revokectl(8).
#pragma once

#include "context.hpp"

namespace pam_revoke {

// Each prints what it did, and what went wrong.
// Errors: none returned; the exit code says it.
[[nodiscard]] ExitCode revoke_person(Job& job);
[[nodiscard]] ExitCode revoke_key(const Job& job);
[[nodiscard]] ExitCode end_selected(Job& job);
[[nodiscard]] ExitCode undo_person(Job& job);
[[nodiscard]] ExitCode import_file(const Job& job);
[[nodiscard]] ExitCode import_krl(const Job& job);
[[nodiscard]] ExitCode export_krl(const Job& job);
[[nodiscard]] ExitCode break_glass(const Job& job);
[[nodiscard]] ExitCode compile_lists(const Job& job);
[[nodiscard]] ExitCode show_list(const Job& job);
[[nodiscard]] ExitCode show_check(const Job& job);
[[nodiscard]] ExitCode show_sessions(const Job& job);
[[nodiscard]] ExitCode show_check_list(const Job& job);
[[nodiscard]] ExitCode show_history(const Job& job);
[[nodiscard]] ExitCode show_doctor(Job& job);

}  // namespace pam_revoke
