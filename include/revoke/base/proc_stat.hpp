// proc_stat.hpp - the fields of /proc/PID/stat.
//
// Pure, and for the gate as for the commands: text in, values out; no allocation. The command,
// which is the second field, may hold anything, blanks and brackets among it: what follows is
// counted from the last bracket.
// Source: proc_pid_stat(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/text.hpp"

namespace pam_revoke {

enum class StatField : int { state = 3, parent = 4, terminal = 7, threads = 20, start = 22 };

// One field as it is written.
// Errors: none; empty when the text ends before it.
[[nodiscard]] inline std::string_view stat_field(std::string_view stat, StatField field) {
    const std::size_t command_end = stat.rfind(") ");
    if (command_end == std::string_view::npos) return {};
    stat.remove_prefix(command_end + 2);
    for (int before = static_cast<int>(StatField::state); before < static_cast<int>(field);
         ++before)
        (void)take_until(stat, ' ');
    return take_until(stat, ' ');
}

// When the process began: tells the holders of a PID apart.
// Units:  clock ticks since the machine started.
// Errors: none; nothing when the text is none of a process.
[[nodiscard]] inline std::optional<std::uint64_t> start_in(std::string_view stat) {
    return parse_number<std::uint64_t>(stat_field(stat, StatField::start));
}

}  // namespace pam_revoke
