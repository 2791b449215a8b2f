// list_change.hpp - changes console.list and writes the history.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "context.hpp"
#include <vector>
#include "revoke/store/edit.hpp"
#include "revoke/store/history.hpp"
#include "revoke/logind/ending.hpp"

namespace pam_revoke {

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
                                             const std::string& target, const Change& change);

// Adds `entry` to console.list.
// Errors: as change_list(); refused for a shorter period without --force.
[[nodiscard]] Result<ListUpdate> deny(const Context& context, const Entry& entry);

// Removes the entries like `like` (target, serial=, keyid=) from console.list.
// Units:  name: for the history.
// Errors: as change_list().
[[nodiscard]] Result<ListUpdate> remove_entries(const Context& context, const Entry& like,
                                                const std::string& name);

// Creates the spare files for the next change while there is space.
// Errors: none; the next change reports them.
void reserve_spares(const Context& context);

// Logs a record to the journal and appends it to the history, after a record of `evidence`.
// Errors: busy if another process holds the lock; insecure, io (object: the path).
[[nodiscard]] Result<void> remember(const Context& context, HistoryAction action,
                                    const std::string& target, HistoryResult result,
                                    const std::string& detail,
                                    const std::vector<ProcessRecord>& evidence = {});

}  // namespace pam_revoke
