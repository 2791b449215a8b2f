// history.hpp - who withdrew or gave back whose access, when and why: one JSON object a line.
//
// Pure: a record to a line and back.
// Source: revoke-user(8), RECORDS.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pam_revoke {

// What is done, and how far it came. Programs read these words.
enum class HistoryAction : std::uint8_t { revoke, undo, end, import, break_glass, end_break_glass };
enum class HistoryResult : std::uint8_t { begun, done, planned, incomplete, failed };

// The words for these in a record.
// Errors: none.
[[nodiscard]] const char* action_word(HistoryAction action);
[[nodiscard]] const char* result_word(HistoryResult result);

// One thing that was done, or was about to be. Units: at_sec: seconds since 1970.
struct HistoryRecord {
    std::int64_t at_sec = 0;
    std::string action;  // the word of a HistoryAction, or another that a later version has
    std::string target;  // user:alice
    std::string by;
    std::string ref;
    std::string reason;
    std::string result;  // the word of a HistoryResult
    std::string detail;  // for people
};

// A record as one line, without a newline.
// Errors: none.
[[nodiscard]] std::string print_record(const HistoryRecord& record);

// Reads a line that print_record() wrote; other fields are ignored.
// Errors: none; nothing for a line that is no record.
[[nodiscard]] std::optional<HistoryRecord> parse_record(std::string_view line);

}  // namespace pam_revoke
