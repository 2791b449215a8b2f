// history.hpp - operator, target, time and reason of each action, one JSON object per line.
//
// Source: revoke-user(8), RECORDS.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pam_revoke {

// The action and its result. Programs read the words for these.
enum class HistoryAction : std::uint8_t { revoke, undo, end, import, break_glass, end_break_glass };
enum class HistoryResult : std::uint8_t { begun, done, planned, incomplete, failed };

// Return the words for these in a record.
// Errors: none.
[[nodiscard]] const char* action_word(HistoryAction action);
[[nodiscard]] const char* result_word(HistoryResult result);

// One action, done or about to be done. Units: at_sec: seconds since 1970.
struct HistoryRecord {
    std::int64_t at_sec = 0;
    std::string action;  // word of a HistoryAction, or of a later version
    std::string target;  // user:alice
    std::string by;
    std::string ref;
    std::string reason;
    std::string result;  // word of a HistoryResult
    std::string detail;  // for the operator
};

// Returns a record as one line, without a newline.
// Errors: none.
[[nodiscard]] std::string print_record(const HistoryRecord& record);

// Reads a line written by print_record(); other fields are ignored.
// Errors: none; no value if the line is not a record.
[[nodiscard]] std::optional<HistoryRecord> parse_record(std::string_view line);

}  // namespace pam_revoke
