// operation.hpp - plan, confirm, revoke, end, look again, report: one way for a user, a key and
// selected sessions.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "context.hpp"
#include "revoke/logind/ending.hpp"
#include "revoke/logind/persistence.hpp"
#include "revoke/store/history.hpp"

namespace pam_revoke {

// What came of it. Units: as in EndReport.
struct Outcome {
    bool denied = false;   // the gate now says no
    bool changed = false;  // the list
    bool indexed = false;  // and its index is up to it
    bool planned = false;  // in force later
    bool linger = false;   // lingering was on, and is switched off
    EndReport report;
    Persistence persistence;
    std::vector<std::string> errors;  // beyond those of the report
    [[nodiscard]] bool complete() const {
        return errors.empty() && report.verified() && !report.own_left;
    }
    [[nodiscard]] HistoryResult result() const {
        return !complete() ? HistoryResult::incomplete
               : planned   ? HistoryResult::planned
                           : HistoryResult::done;
    }
};

enum class OperationKind : std::uint8_t { user, key, sessions };

// What differs between the subjects, after the plan has been printed and the safeguards have
// passed.
struct Operation {
    OperationKind kind = OperationKind::user;
    bool ends = false;      // sessions are ended now
    Entry entry{};          // what revokes; nothing for sessions
    std::string name{};     // of the user or key, printable
    Activity there{};       // what the plan was made from
    const char* idle = "";  // what is said when there was nothing to do
    std::string planned{};  // what is said when it is in force later
    std::vector<std::uint32_t> uids{};
    std::function<Decision()> ask_gate{};
    std::function<void(Outcome&)> end{};
    std::function<void()> end_own{};
    std::function<void(Outcome&)> remember{};  // where one record under `entry` is not enough
};

// True when the entry is in force later.
// Errors: none.
[[nodiscard]] bool begins_later(const Context& context);

// Confirms, revokes, ends, looks again, records and reports, or says what would be done.
// Errors: none returned; the exit code says it.
[[nodiscard]] ExitCode carry_out(const Context& context, const Operation& operation);

// The outcome as one JSON object.
// Errors: none.
[[nodiscard]] std::string outcome_json(const Operation& operation, const Outcome& outcome,
                                       const char* result, ExitCode code);

}  // namespace pam_revoke
