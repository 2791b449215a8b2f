// outcome.hpp - one revocation on its way: what it is about, what came of it, and both in words and
// JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "context.hpp"
#include "revoke/logind/ending.hpp"
#include "revoke/logind/persistence.hpp"
#include "revoke/store/history.hpp"

namespace pam_revoke {

// What was typed of an entry, as it stands between quotes; an entry looks into it.
struct EntryText {
    std::string reason;
    std::string ref;
    std::string by;
    explicit EntryText(const Context& context)
        : reason(quoted(context.arguments.reason)),
          ref(quoted(context.arguments.ref)),
          by(quoted(context.by.name)) {}

    // `entry` with what was typed; it points into this.
    // Errors: none.
    [[nodiscard]] Entry of(const Context& context, Entry entry) const {
        entry.from_sec = context.arguments.from_sec;
        entry.until_sec = context.arguments.until_sec;
        entry.at_sec = context.now_sec;
        entry.reason = reason;
        entry.ref = ref;
        entry.by = by;
        return entry;
    }
};

// What one revocation needs to know on its way.
struct Revocation {
    Target target;
    Account account;
    Result<Bus> bus;
    std::optional<Error> doubt;  // why the account could not be looked up
    std::string name;            // what people call the person
    EntryText words;

    // The entry that revokes the target; it points into this.
    // Errors: none.
    [[nodiscard]] Entry entry(const Context& context) const {
        Entry entry;
        entry.target = target;
        if (target.kind == TargetKind::user && account.uids.size() == 1)
            entry.uid = account.uids.front();
        return words.of(context, entry);
    }
};

// What came of it. Units: as in EndReport.
struct Outcome {
    bool denied = false;   // the gate now says no
    bool changed = false;  // the list
    bool indexed = false;  // and its index is up to it
    bool planned = false;  // in force later
    bool ended = false;    // ending was tried
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

// Prints what will be changed and ended, before anything is.
// Errors: none.
void print_plan(const Context& context, const Revocation& revocation, const Activity& there);

// Prints a table of sessions; nothing for none.
// Errors: none.
void print_sessions(const Context& context, const std::vector<Session>& sessions, bool with_user);

// Prints what is still there after an ending, and what is not known.
// Errors: none.
void print_left(const Context& context, const EndReport& report, const std::string& name);

// The outcome in words, and as one JSON object.
// Errors: none.
void print_outcome(const Context& context, const Revocation& revocation, const Outcome& outcome);
[[nodiscard]] std::string outcome_json(const Revocation& revocation, const Outcome& outcome,
                                       int code);

}  // namespace pam_revoke
