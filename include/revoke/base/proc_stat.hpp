// proc_stat.hpp - the fields of /proc/PID/stat, for the gate and the commands.
//
// Nothing here allocates. The command (field 2) may contain blanks and parentheses, so that fields
// are counted from the last parenthesis.
// Source: proc_pid_stat(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/text.hpp"

namespace pam_revoke {

enum class StatField : int { state = 3, parent = 4, terminal = 7, threads = 20, start = 22 };

// Returns one field as written.
// Errors: none; empty if the text ends before it.
[[nodiscard]] inline std::string_view stat_field(std::string_view stat, StatField field) {
    const std::size_t command_end = stat.rfind(") ");
    if (command_end == std::string_view::npos) return {};
    stat.remove_prefix(command_end + 2);
    for (int before = static_cast<int>(StatField::state); before < static_cast<int>(field);
         ++before)
        (void)take_until(stat, ' ');
    return take_until(stat, ' ');
}

// Returns the start time of the process, which distinguishes processes with the same PID.
// Units:  clock ticks since boot.
// Errors: none; no value if the text is invalid.
[[nodiscard]] inline std::optional<std::uint64_t> start_in(std::string_view stat) {
    return parse_number<std::uint64_t>(stat_field(stat, StatField::start));
}

}  // namespace pam_revoke
