#include "revoke/kernel/subuid.hpp"

#include <string>

#include "unit.hpp"

using namespace pam_revoke;

Test(subuid, uids_of_users_and_of_services) {
    const struct {
        std::uint32_t uid;
        bool is_system;
    } rows[] = {{0, true},      {33, true},    {999, true},    {1000, false},
                {61183, false}, {61184, true}, {65519, true},  {65520, false},
                {65533, false}, {65534, true}, {65535, false}, {100000, false}};
    for (const auto& row : rows)
        EXPECT_ROW(is_system_uid_below(1000, row.uid) == row.is_system, std::to_string(row.uid));
    cr_expect(is_system_uid(545) && !is_system_uid(1000) && uid_min() <= 1000);
    cr_expect(!is_system_uid_below(500, 545) && is_system_uid_below(500, 499));
}

Test(subuid, uid_min_of_login_defs) {
    const struct {
        const char* text;
        std::uint32_t uid_min;
    } rows[] = {
        {"", 1000},
        {"UID_MIN\t\t\t 1000\nUID_MAX 60000\n", 1000},
        {"# UID_MIN 300\nUID_MIN 500\n", 500},
        {"UID_MIN 500\nUID_MIN 600", 600},
        {"  UID_MIN 500  \r\n", 500},
        {"UID_MIN 5000\n", 1000},  // accounts from 1000 on are still users
        {"UID_MIN 0\n", 1000},
        {"UID_MIN many\n", 1000},
        {"UID_MIN\n", 1000},
        {"SYS_UID_MIN 100\nUID_MINIMUM 5\n", 1000},
    };
    for (const auto& row : rows) EXPECT_ROW(parse_uid_min(row.text) == row.uid_min, row.text);
}

Test(subuid, ranges) {
    const std::vector<UidRange> ranges{{100'000, 10}, {4'294'967'290U, 100}, {0, 1'000}, {7, 0}};
    const struct {
        std::uint32_t uid;
        bool is_in;
    } rows[] = {
        {99'999, false},         {100'000, true},        {100'009, true}, {100'010, false},
        {4'294'967'289U, false}, {4'294'967'295U, true}, {5, false}};  // a system account's,
                                                                       // even if in a range
    for (const auto& row : rows)
        EXPECT_ROW(is_in(ranges, row.uid) == row.is_in, std::to_string(row.uid));
    cr_expect(!is_in({}, 100'000));
}

Test(subuid, a_user_without_ranges) {
    cr_expect(subordinate_uids("no such user", 4'242'424).empty());
}
