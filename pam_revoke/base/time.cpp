#include "revoke/base/time.hpp"

#include <time.h>

#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr std::int64_t kDaySec = 86400;
constexpr std::int64_t kLastSec = 253402300799;  // 9999-12-31T23:59:59Z

// Days from 1970-01-01 in the proleptic Gregorian calendar, counted from March: the leap day is
// last.
constexpr std::int64_t days_from_date(std::int64_t year, std::int64_t month, std::int64_t day) {
    const std::int64_t y = month <= 2 ? year - 1 : year;
    const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - 719468;
}

constexpr std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
    const std::int64_t next_year = month == 12 ? year + 1 : year;
    const std::int64_t next_month = month == 12 ? 1 : month + 1;
    return days_from_date(next_year, next_month, 1) - days_from_date(year, month, 1);
}

std::optional<std::int64_t> digits(std::string_view text, std::size_t at, std::size_t count) {
    std::int64_t number = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

std::optional<std::int64_t> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    const auto year = digits(text, 0, 4);
    const auto month = digits(text, 5, 2);
    const auto day = digits(text, 8, 2);
    if (!year || !month || !day || *year < 1970 || *month < 1 || *month > 12) return std::nullopt;
    if (*day < 1 || *day > days_in_month(*year, *month)) return std::nullopt;
    return days_from_date(*year, *month, *day) * kDaySec;
}

template <std::size_t N>
void append_padded(FixedText<N>& text, std::int64_t number, std::int64_t least) {
    for (std::int64_t limit = least; limit > 1 && number < limit; limit /= 10) text.append('0');
    text.append_number(number);
}

}  // namespace

std::optional<std::int64_t> parse_time(std::string_view text) {
    if (text.size() != 20 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
        text[19] != 'Z')
        return std::nullopt;
    const auto date = parse_date(std::string_view(text.data(), 10));
    const auto hour = digits(text, 11, 2);
    const auto minute = digits(text, 14, 2);
    const auto second = digits(text, 17, 2);
    if (!date || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59)
        return std::nullopt;
    return *date + *hour * 3600 + *minute * 60 + *second;
}

FixedText<24> print_time(std::int64_t time_sec) {
    if (time_sec < 0 || time_sec > kLastSec) return FixedText<24>("?");
    const std::int64_t days = time_sec / kDaySec;
    std::int64_t year = 1970 + days / 366;
    while (days_from_date(year + 1, 1, 1) <= days) ++year;
    std::int64_t month = 1;
    while (month < 12 && days_from_date(year, month + 1, 1) <= days) ++month;
    FixedText<24> text;
    append_padded(text, year, 1000);
    append_padded(text.append('-'), month, 10);
    append_padded(text.append('-'), days - days_from_date(year, month, 1) + 1, 10);
    const std::int64_t second = time_sec % kDaySec;
    append_padded(text.append('T'), second / 3600, 10);
    append_padded(text.append(':'), second / 60 % 60, 10);
    append_padded(text.append(':'), second % 60, 10);
    return text.append('Z');
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
    const auto number = take_number<std::int64_t>(text);
    if (!number || *number <= 0 || text.size() != 1) return std::nullopt;
    constexpr std::string_view kUnits = "smhdw";
    constexpr std::int64_t kUnitSec[] = {1, 60, 3600, kDaySec, 7 * kDaySec};
    const std::size_t unit = kUnits.find(text.front());
    if (unit == std::string_view::npos) return std::nullopt;
    const std::int64_t unit_sec = kUnitSec[unit];
    if (*number > 3660 * kDaySec / unit_sec) return std::nullopt;
    return *number * unit_sec;
}

std::optional<std::int64_t> parse_moment(std::string_view text, std::int64_t now_sec) {
    if (text.starts_with('+')) {
        const auto duration = parse_duration(std::string_view(text.data() + 1, text.size() - 1));
        return duration ? std::optional(now_sec + *duration) : std::nullopt;
    }
    if (text.size() == 10) return parse_date(text);
    if (text.size() == 17 && text.ends_with('Z')) {
        FixedText<24> full(std::string_view(text.data(), 16));
        return parse_time(full.append(":00Z").view());
    }
    return parse_time(text);
}

std::uint64_t monotonic_usec() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

}  // namespace pam_revoke
