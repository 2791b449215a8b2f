#include "revoke/base/proc_stat.hpp"

#include <string>

#include "unit.hpp"

using namespace pam_revoke;

// Source: proc_pid_stat(5). Here, each field from 4 on contains its number.
Test(proc_stat, fields_are_counted_behind_the_command) {
    std::string fields = "S";
    for (int field = 4; field <= 52; ++field) fields += " " + std::to_string(field);
    for (const std::string command : {"bash", "a b", ") S 1 2", "x) Z 9 9 9", "(("}) {
        const std::string stat = "17 (" + command + ") " + fields + "\n";
        EXPECT_ROW(stat_field(stat, StatField::state) == "S", command);
        EXPECT_ROW(stat_field(stat, StatField::parent) == "4", command);
        EXPECT_ROW(stat_field(stat, StatField::terminal) == "7", command);
        EXPECT_ROW(stat_field(stat, StatField::threads) == "20", command);
        EXPECT_ROW(start_in(stat) == 22U, command);
    }
    for (const std::string_view stat :
         {"", "17", "17 (bash", "17 (bash)", "17 (bash) S", "17 (bash) S 4 5"})
        EXPECT_ROW(!start_in(stat) && stat_field(stat, StatField::threads).empty(), stat);
}

Test(proc_stat, when_a_process_began) {
    const struct {
        const char* stat;
        std::uint64_t start;  // 0: unknown
    } rows[] = {
        {"7 (sshd) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 99 1", 4711},
        {"7 (a) b) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4712 99 1", 4712},
        {"7 (sshd) S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0", 0},
        {"7 sshd S 1", 0},
        {"", 0},
    };
    for (const auto& row : rows) EXPECT_ROW(start_in(row.stat).value_or(0) == row.start, row.stat);
}
