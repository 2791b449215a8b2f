// time.hpp - UTC dates of lists and operators, and the clock for deadlines.
//
// Only monotonic_usec() reads a clock; the current date is always a parameter.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

// Reads YYYY-MM-DDTHH:MM:SSZ.
// Units:  returns seconds since 1970-01-01T00:00:00Z; years 1970 to 9999.
// Errors: none; no value for an invalid date.
// Source: RFC 3339, the form with Z and without fractions.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text);

// Returns a time in the format of parse_time().
// Units:  time_sec: 0 to the end of year 9999; other values print as "?".
// Errors: none.
[[nodiscard]] FixedText<24> print_time(std::int64_t time_sec);

// Reads a number followed by s, m, h, d or w.
// Units:  returns seconds, from 1 to 3660 days.
// Errors: none; no value for an invalid duration.
[[nodiscard]] std::optional<std::int64_t> parse_duration(std::string_view text);

// Reads a time as an operator types it: +7d, 2026-12-01, 2026-12-01T10:00Z, 2026-12-01T10:00:00Z.
// Units:  now_sec and the result: seconds since 1970; a bare date is its first second, UTC.
// Errors: none; no value for an invalid time.
[[nodiscard]] std::optional<std::int64_t> parse_moment(std::string_view text, std::int64_t now_sec);

// Returns the time of the clock for deadlines.
// Units:  CLOCK_MONOTONIC, in microseconds.
// Errors: none.
[[nodiscard]] std::uint64_t monotonic_usec();

}  // namespace pam_revoke
