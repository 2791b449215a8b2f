// time.hpp - dates as lists and operators write them: UTC only, no time zones; and the clock that
// deadlines are set by.
//
// Pure but for monotonic_usec(): the present date is always a parameter.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

// Reads YYYY-MM-DDTHH:MM:SSZ; a date that the calendar does not have is none.
// Units:  returns seconds since 1970-01-01T00:00:00Z; years 1970 to 9999.
// Errors: none.
// Source: RFC 3339, the form with Z and without fractions.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text);

// Writes a moment as parse_time reads it.
// Units:  time_sec: 0 to the end of year 9999; anything else prints as "?".
// Errors: none.
[[nodiscard]] FixedText<24> print_time(std::int64_t time_sec);

// Reads a number and one of s, m, h, d, w.
// Units:  returns seconds, more than 0, at most ten years.
// Errors: none.
[[nodiscard]] std::optional<std::int64_t> parse_duration(std::string_view text);

// Reads what an operator types for a moment: +7d, 2026-12-01, 2026-12-01T10:00Z,
// 2026-12-01T10:00:00Z.
// Units:  now_sec and the result: seconds since 1970; a bare date is its first second, UTC.
// Errors: none.
[[nodiscard]] std::optional<std::int64_t> parse_moment(std::string_view text, std::int64_t now_sec);

// The moment, by the clock that deadlines are set by.
// Units:  CLOCK_MONOTONIC, in microseconds.
// Errors: none.
[[nodiscard]] std::uint64_t monotonic_usec();

}  // namespace pam_revoke
