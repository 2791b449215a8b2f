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
        EXPECT_ROW(is_system_uid(row.uid) == row.is_system, std::to_string(row.uid));
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
