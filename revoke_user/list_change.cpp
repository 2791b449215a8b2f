// list_change.cpp - changes console.list; the history is written first.

#include "list_change.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

#include "context.hpp"
#include "events.hpp"
#include "revoke/base/json.hpp"
#include "revoke/store/history.hpp"
#include "revoke/store/list_edit.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

constexpr int kLockMsec = 10'000;
// For the group of the directory: pam-revoke, or root.
constexpr mode_t kListMode = 0640;

// The directories and the lock, held during a change.
struct LockedState {
    Directory state;
    Directory lists;
    Fd lock;
};

Result<LockedState> lock_state(const Context& context) {
    auto state = TRY(Directory::open(context.state_dir(), context.owner));
    auto lists = TRY(Directory::open(context.state_dir() + "/lists.d", context.owner));
    auto lock = TRY(state.lock(kLockMsec));
    return LockedState{std::move(state), std::move(lists), std::move(lock)};
}

Result<void> write_history(const Context& context, const LockedState& locked, HistoryAction action,
                           const std::string& target, HistoryResult result,
                           const std::string& detail, std::string processes = {}) {
    const HistoryRecord record{std::time(nullptr),
                               action_word(action),
                               target,
                               context.by.name,
                               context.arguments.ref,
                               context.arguments.reason,
                               result_word(result),
                               detail,
                               std::move(processes)};
    return locked.state.append(kHistory, print_record(record), 0600);
}

void reserve(const LockedState& locked) {
    locked.lists.reserve_spares(kConsoleList);
    locked.state.reserve_growth(kHistory);
}

// Writes the history, then the list; a failure is also recorded. The history is never behind the
// list.
// Units:  was: the list's identity when it was read.
Result<ListUpdate> publish(const Context& context, const LockedState& locked, HistoryAction action,
                           const std::string& target, const FileIdentity& was,
                           std::string_view text, const Edits& edits) {
    std::size_t size = text.size();
    for (const Edit& edit : edits) size += edit.text.size() - edit.size;
    // The gate rejects a larger list: all logins would be unavailable, and --undo would fail.
    if (size > kMaxListBytes)
        return make_error(Fault::too_large, context.console_path(),
                          "would exceed the maximum size of a list");
    ignore_departure();
    TRY(write_history(context, locked, action, target, HistoryResult::begun,
                      context.console_path()));
    bool is_same = true;
    auto replaced = locked.lists.replace_by(kConsoleList, kListMode, [&](int fd) {
        if (!each_piece(text, edits, [fd](std::string_view piece) { return write_all(fd, piece); }))
            return false;  // with errno
        // Editors and deliveries do not take the lock; their changes must be kept.
        is_same = locked.lists.has(kConsoleList, was);
        return is_same;
    });
    if (!is_same)
        replaced = make_error(Fault::busy, context.console_path(),
                              "changed by another program meanwhile; try again");
    reserve(locked);
    if (replaced.ok()) return ListUpdate{true, replaced.value()};
    (void)write_history(context, locked, action, target, HistoryResult::failed,
                        replaced.error().reason);  // the first error is returned
    return replaced.error();
}

// True if both differ at most in at= and by=.
bool is_same_but_times(const Entry& a, const Entry& b) {
    return a.uid == b.uid && a.from_sec == b.from_sec && a.until_sec == b.until_sec &&
           a.not_before_sec == b.not_before_sec && a.user == b.user && a.reason == b.reason &&
           a.ref == b.ref && a.services == b.services && a.hosts == b.hosts;
}

// True if `entry` allows logins at a time, now or later, at which `old` denies them.
bool is_weaker(const Entry& entry, const Entry& old, std::int64_t now_sec) {
    if (old.until_sec && *old.until_sec <= now_sec) return false;
    // A time in the future is that of a --log-out, which moves it to the end of the ending.
    if (entry.not_before_sec &&
        (!old.not_before_sec || *entry.not_before_sec < std::min(now_sec, *old.not_before_sec)))
        return true;
    const bool begins_later =
        entry.from_sec.value_or(0) > std::max(now_sec, old.from_sec.value_or(0));
    return begins_later ||
           (entry.until_sec && (!old.until_sec || *entry.until_sec < *old.until_sec));
}

}  // namespace

Result<ListUpdate> change_list(const Context& context, HistoryAction action,
                               const std::string& target, const Change& change) {
    const auto locked = TRY(lock_state(context));
    auto found = TRY(locked.lists.read_snapshot(kConsoleList, kMaxListBytes));
    // A program that writes the list in place truncates it first.
    if (found && found->text.empty())
        return make_error(Fault::malformed, context.console_path(),
                          "empty; if no program is writing it, remove it and try again");
    const Snapshot was = found ? std::move(*found) : Snapshot();
    const auto edits = TRY(change(was.text));
    if (edits.empty()) return ListUpdate{};
    return publish(context, locked, action, target, was.identity, was.text, edits);
}

Result<ListUpdate> deny(const Context& context, const Entry& like,
                        std::optional<std::int64_t> not_before_sec) {
    const Arguments& arguments = context.arguments;
    const std::string reason = quoted(arguments.reason);
    const std::string ref = quoted(arguments.ref);
    const std::string by = quoted(context.by.name);
    const std::string user = quoted(arguments.user);
    Entry entry = like;
    entry.from_sec = arguments.from_sec;
    entry.until_sec = arguments.until_sec;
    entry.at_sec = std::time(nullptr);  // the operator may have confirmed late
    entry.not_before_sec = not_before_sec;
    if (arguments.log_out && !not_before_sec) entry.not_before_sec = *entry.at_sec + kLogOutSec;
    entry.reason = reason;
    entry.ref = ref;
    entry.by = by;
    entry.user = user;
    return change_list(
        context, HistoryAction::revoke, text_of(entry),
        [&](std::string_view text) -> Result<Edits> {
            Entry kept = entry;
            const auto known = entries_like(text, entry);
            // A renamed account is recognized by its UID: keep it if the lookup finds none now.
            for (const OwnedEntry& line : known)
                if (!kept.uid) kept.uid = line.entry().uid;
            std::vector<OwnedEntry> replaced;
            for (const OwnedEntry& line : known) {
                const Entry old = line.entry();
                // Another UID is another account that had the name: it stays revoked.
                if (old.uid && old.uid != kept.uid) continue;
                // Told to the user at the next login: a second command need not repeat it.
                if (kept.ref.empty()) kept.ref = old.ref;
                if (is_same_but_times(old, kept)) return Edits();
                if (is_weaker(kept, old, context.now_sec) && !context.arguments.force)
                    return make_error(Fault::refused, text_of(entry.target),
                                      "already revoked for a longer period; use --undo first, or "
                                      "--force to shorten it");
                replaced.push_back(line);
            }
            return edits_to_add(text, replaced, kept, context.console_path());
        });
}

Result<ListUpdate> remove_entries(const Context& context, const Entry& like,
                                  const std::string& name) {
    return change_list(context, HistoryAction::undo, name, [&](std::string_view text) {
        return edits_to_remove(text, like, context.console_path());
    });
}

void reserve_spares(const Context& context) {
    const auto locked = lock_state(context);
    if (!locked.ok()) return;
    locked.value().state.keep(kHistory);
    reserve(locked.value());
}

Result<void> remember(const Context& context, HistoryAction action, const std::string& target,
                      HistoryResult result, const std::string& detail,
                      const std::vector<ProcessRecord>& evidence) {
    const auto locked = lock_state(context);
    Result<void> written;
    if (!locked.ok()) written = locked.error();
    JsonArray processes;
    for (const ProcessRecord& process : evidence) processes.add_raw(process.json);
    if (locked.ok() && !evidence.empty())
        written = write_history(context, locked.value(), HistoryAction::evidence, target,
                                HistoryResult::done,
                                counted(evidence.size(), "process", "processes"), processes.text());
    // A record of what was ended must not keep out the one of the ending.
    if (locked.ok()) {
        const auto last = write_history(context, locked.value(), action, target, result, detail);
        if (!last.ok()) written = last;
    }
    log_event(context, action, target, result, detail);
    return written;
}

}  // namespace pam_revoke
