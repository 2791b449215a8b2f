// list_change.hpp - changes console.list and writes the history.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "context.hpp"
#include "revoke/logind/ending.hpp"
#include "revoke/store/edit.hpp"
#include "revoke/store/history.hpp"

namespace pam_revoke {

// How long a change waits for other changes.
// Units: milliseconds.
inline constexpr int kLockMsec = 10'000;
inline constexpr int kPatientLockMsec = std::numeric_limits<int>::max();

struct ListUpdate {
    bool changed = false;  // the list was written
    bool durable = true;   // false: the change may be lost in a power failure
};

// Returns the edits for the text of a list; without edits the list is not written.
// Errors: object: the path of the list.
using Change = std::function<Result<Edits>(std::string_view text)>;

// Writes the history, then changes console.list, both under the lock.
// Units:  action, target: for the history.
// Errors: any; the list is unchanged.
[[nodiscard]] Result<ListUpdate> change_list(const Context& context, HistoryAction action,
                                             const std::string& target, const Change& change,
                                             int lock_msec = kLockMsec);

// For --log-out: how long logins are denied if the ending does not finish.
// Units: seconds; less than kClockSlackSec.
inline constexpr std::int64_t kLogOutSec = 290;

// For --log-out. Units: seconds since 1970.
struct LogOutTime {
    std::int64_t not_before_sec = 0;
    std::optional<std::int64_t> own_sec;  // not-before= of the entry that it replaces
};

// Adds an entry for what `like` names to console.list, with the dates and texts of the operator.
// Units:  lock_msec: how long it waits for the lock.
// Errors: as change_list(); refused for a shorter period without --force, and for --log-out of a
//         user that is revoked.
[[nodiscard]] Result<ListUpdate> deny(const Context& context, const Entry& like,
                                      int lock_msec = kLockMsec,
                                      const std::optional<LogOutTime>& log_out = {});

// Removes the entries like `like` (target, serial=, keyid=) from console.list.
// Units:  name: for the history.
// Errors: as change_list().
[[nodiscard]] Result<ListUpdate> remove_entries(const Context& context, const Entry& like,
                                                const std::string& name);

// Creates the spare files for the next change while there is space.
// Errors: none; the next change reports them.
void reserve_spares(const Context& context);

// Logs a record to the journal and appends it to the history; `evidence` goes into a file of its
// own, which can be rotated.
// Errors: busy if another process holds the lock; insecure, io (object: the path).
[[nodiscard]] Result<void> remember(const Context& context, HistoryAction action,
                                    const std::string& target, HistoryResult result,
                                    const std::string& detail,
                                    const GatheredEvidence& evidence = {});

}  // namespace pam_revoke
