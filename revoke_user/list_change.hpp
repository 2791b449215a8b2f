// list_change.hpp - changing this host's own list, and writing the history that goes before it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "context.hpp"
#include "revoke/store/edit.hpp"
#include "revoke/store/history.hpp"

namespace pam_revoke {

struct ListUpdate {
    bool changed = false;  // false: the list is as it was
    bool durable = true;   // false: done, but it may not survive a power cut
};

// How to change the text of a list; no edits leave it as it is.
// Errors: object: the path of the list.
using Change = std::function<Result<Edits>(std::string_view text)>;

// Changes this host's own list under its lock, history first.
// Units:  action, target: for the history.
// Errors: whatever kept the list as it was.
[[nodiscard]] Result<ListUpdate> change_list(const Context& context, HistoryAction action,
                                             const std::string& target, const Change& change);

// Puts `entry` into this host's own list, history first. Errors: whatever kept the list as it was.
[[nodiscard]] Result<ListUpdate> deny(const Context& context, const Entry& entry);

// Takes the entries that are `like` one out of this host's own list, history first.
// Units:  name: for the history.
// Errors: as change_list().
[[nodiscard]] Result<ListUpdate> remove_entries(const Context& context, const Entry& like,
                                                const std::string& name);

// Makes the files that the next change will need, while there is space for them.
// Errors: none; the change that needs them reports it.
void reserve_spares(const Context& context);

// Adds a line to the history, and logs it to the journal.
// Errors: busy when another process holds the lock; insecure, io (object: the path).
[[nodiscard]] Result<void> remember(const Context& context, HistoryAction action,
                                    const std::string& target, HistoryResult result,
                                    const std::string& detail);

}  // namespace pam_revoke
