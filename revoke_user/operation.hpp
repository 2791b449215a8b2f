// operation.hpp - confirms, revokes, ends, verifies and reports, for a user, a key or selected
// sessions.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "context.hpp"
#include "list_writer.hpp"
#include "revoke/doctor/open_services.hpp"
#include "revoke/logind/ending.hpp"
#include "revoke/logind/persistence.hpp"
#include "revoke/store/history.hpp"

namespace pam_revoke {

// Limits for what is written in a child.
inline constexpr int kWriteMsec = 1'000;  // then sessions are ended without the entry
inline constexpr int kLateMsec = 5'000;   // after the ending

// The outcome of an operation. Units: as in EndReport.
struct Outcome {
    bool denied = false;   // the gate's verdict is revoked
    bool changed = false;  // the list was written
    bool indexed = false;  // the index was updated
    bool is_recorded = true;
    bool is_late = false;  // not recorded yet: the file system does not answer
    bool planned = false;  // the entry is not in force yet
    bool linger = false;   // lingering was enabled and is disabled now
    std::shared_ptr<ListWriter> linger_record{};
    std::int64_t log_out_sec = 0;             // with --log-out: not-before= of the first entry
    std::optional<std::int64_t> allowed_sec;  // logins are possible from this second on
    EndReport report;
    std::vector<std::string> held;  // units that are held off
    Persistence persistence;
    std::vector<std::string> errors;  // in addition to report.errors
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

// An operation, after its plan was printed and its safeguards passed.
struct Operation {
    OperationKind kind = OperationKind::user;
    bool ends = false;      // sessions are ended now
    Entry entry{};          // empty for sessions
    std::string name{};     // of the user or key, printable
    Activity there{};       // at the time of the plan
    const char* idle = "";  // printed if there was nothing to do
    std::string planned{};  // printed if the entry is not in force yet
    std::vector<std::uint32_t> uids{};
    std::function<Decision()> ask_gate{};
    std::function<OpenServices()> ask_services{};  // empty for a key
    std::function<void(Outcome&)> end{};
    std::function<void()> end_own{};
    std::function<void(Outcome&)> remember{};  // replaces the record for `entry`
};

// True if the entry is not in force yet.
// Errors: none.
[[nodiscard]] bool begins_later(const Context& context);

// Confirms, revokes, ends, records and reports; with --dry-run, prints what would be done.
// Errors: none returned; the exit code shows them.
[[nodiscard]] ExitCode carry_out(const Context& context, const Operation& operation);

// Returns the options for ending from the configuration and the command line.
// Errors: none.
[[nodiscard]] EndOptions end_options(const Context& context);

// Returns a callback that shows progress on the terminal.
// Errors: none.
[[nodiscard]] OnProgress show_progress(const Context& context);

// Prints what would be done, also the errors: "0 sessions" would be wrong if the bus does not
// answer.
// Errors: none returned; the exit code shows them.
[[nodiscard]] ExitCode foresee(const Context& context, const Operation& operation);

// Prints what was revoked and ended, what is left, and the next step.
// Errors: none.
void print_outcome(const Context& context, const Operation& operation, const Outcome& outcome);

// Returns the outcome as one JSON object.
// Errors: none.
[[nodiscard]] std::string outcome_json(const Operation& operation, const Outcome& outcome,
                                       const char* result, ExitCode code);

}  // namespace pam_revoke
