#include "revoke/base/time.hpp"

#include <ctime>

#include "unit.hpp"

using namespace pam_revoke;

Test(time, valid_times) {
    cr_expect(parse_time("1970-01-01T00:00:00Z") == 0);
    cr_expect(parse_time("2026-11-21T02:00:00Z") == 1795226400);
    cr_expect(parse_time("2024-02-29T23:59:59Z") == 1709251199);
    cr_expect(parse_time("2000-02-29T00:00:00Z") == 951782400);
    cr_expect(parse_time("9999-12-31T23:59:59Z") == 253402300799);
}

Test(time, invalid_times) {
    for (const std::string_view text :
         {"2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
          "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
          "2026-01-32T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
          "2026-01-01T00:00:60Z", "1969-12-31T23:59:59Z", "2026-01-01T00:00:00",
          "2026-01-01 00:00:00Z", "2026-01-01T00:00:00z", "2026-1-1T00:00:00Z",
          "2026-01-01T00:00:00+01:00", "+026-01-01T00:00:00Z", "", "Z"})
        EXPECT_ROW(!parse_time(text), text);
}

// Every day of 200 years, against the C library's calendar.
Test(time, agrees_with_the_c_library) {
    for (std::int64_t day = 0; day < 73050; ++day) {
        const std::time_t at = day * 86400 + (day * 7919) % 86400;
        std::tm parts{};
        gmtime_r(&at, &parts);
        char text[32];
        std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
        if (print_time(at).view() != text)
            cr_assert_fail("%s printed as %s", text, print_time(at).c_str());
        if (parse_time(text) != at) cr_assert_fail("%s parsed wrongly", text);
    }
}

Test(time, prints_an_unprintable_time_as_a_question_mark) {
    cr_expect(print_time(-1).view() == "?");
    cr_expect(print_time(253402300800).view() == "?");
}

Test(time, durations) {
    cr_expect(parse_duration("2s") == 2);
    cr_expect(parse_duration("90m") == 5400);
    cr_expect(parse_duration("7d") == 604800);
    cr_expect(parse_duration("2w") == 1209600);
    for (const std::string_view text : {"", "s", "2", "2 s", "-2s", "0s", "2S", "2ss", "1e3s",
                                        "99999999999999999999s", "9223372036854775807w", "4000d"})
        EXPECT_ROW(!parse_duration(text), text);
}

Test(time, times_on_the_command_line) {
    cr_expect(parse_moment("+7d", 100) == 100 + 604800);
    cr_expect(parse_moment("2026-12-01", 0) == parse_time("2026-12-01T00:00:00Z"));
    cr_expect(parse_moment("2026-12-01T10:00Z", 0) == parse_time("2026-12-01T10:00:00Z"));
    for (const std::string_view text :
         {"", "+", "7d", "+7", "tomorrow", "2026-02-30", "2026-12-01T10:00", "01.12.2026"})
        EXPECT_ROW(!parse_moment(text, 0), text);
}
