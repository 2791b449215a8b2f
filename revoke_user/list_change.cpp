// list_change.cpp - changes console.list; the history is written first.

#include "list_change.hpp"

#include <algorithm>
#include <ctime>
#include <utility>

#include "events.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/list/match.hpp"
#include "revoke/store/list_edit.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

// For the group of the directory: pam-revoke, or root.
constexpr mode_t kListMode = 0640;

// The directories and the lock, held during a change.
struct LockedState {
    Directory state;
    Directory lists;
    Fd lock;
};

Result<LockedState> lock_state(const Context& context, int lock_msec = kLockMsec) {
    auto state = TRY(Directory::open(context.state_dir(), context.owner));
    auto lists = TRY(Directory::open(context.state_dir() + "/lists.d", context.owner));
    auto lock = TRY(state.lock(lock_msec));
    return LockedState{std::move(state), std::move(lists), std::move(lock)};
}

Result<void> write_history(const Context& context, const LockedState& locked, HistoryAction action,
                           const std::string& target, HistoryResult result,
                           const std::string& detail) {
    const HistoryRecord record{std::time(nullptr),
                               action_word(action),
                               target,
                               context.by.name,
                               context.arguments.ref,
                               context.arguments.reason,
                               result_word(result),
                               detail};
    return locked.state.append(kHistory, print_record(record), 0600);
}

std::string print_evidence(const Context& context, const std::string& target,
                           const GatheredEvidence& evidence) {
    JsonArray processes;
    for (const ProcessRecord& process : evidence.processes) processes.add_raw(process.json);
    JsonObject json;
    json.add("at", print_time(std::time(nullptr)).view()).add("target", target);
    json.add("by", context.by.name).add("ref", context.arguments.ref);
    json.add("left_out", evidence.left_out).add_raw("processes", processes.text());
    return json.text();
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
    const bool begins_later =
        entry.from_sec.value_or(0) > std::max(now_sec, old.from_sec.value_or(0));
    return begins_later ||
           (entry.until_sec && (!old.until_sec || *entry.until_sec < *old.until_sec));
}

// What a new entry means for an old one with the same target.
enum class Effect : std::uint8_t { replaces, is_added, shortens, lets_in };

// Units:  own_sec: not-before= of this command's own entry, which the ending of a log-out moves.
Effect effect_on(const Entry& old, const Entry& entry, std::int64_t now_sec,
                 std::optional<std::int64_t> own_sec) {
    if (old.until_sec && *old.until_sec <= now_sec) return Effect::replaces;
    // A log-out must not end a revocation, nor replace one that is planned.
    if (entry.not_before_sec && !old.not_before_sec)
        return in_force(old, now_sec) ? Effect::lets_in : Effect::is_added;
    // Certificates from before a log-out stay denied outside the period of a new entry.
    if (old.not_before_sec && !entry.not_before_sec)
        return entry.from_sec || entry.until_sec ? Effect::is_added : Effect::replaces;
    if (entry.not_before_sec && old.not_before_sec) {
        const bool is_later = *entry.not_before_sec >= *old.not_before_sec;
        if (is_later || old.not_before_sec == own_sec) return Effect::replaces;
        // Another command's log-out is not over.
        return own_sec ? Effect::lets_in : Effect::shortens;
    }
    return is_weaker(entry, old, now_sec) ? Effect::shortens : Effect::replaces;
}

// Returns the entries of `known` to replace.
Result<std::vector<OwnedEntry>> find_replaced(const Context& context,
                                              const std::vector<OwnedEntry>& known,
                                              const Entry& entry,
                                              std::optional<std::int64_t> own_sec) {
    std::vector<OwnedEntry> replaced;
    for (const OwnedEntry& line : known) {
        const Entry old = line.entry();
        const Effect effect = effect_on(old, entry, std::time(nullptr), own_sec);
        // Another UID is another account that had the name: it stays revoked. Its name denies, too.
        if (old.uid && old.uid != entry.uid && effect != Effect::lets_in) continue;
        if (effect == Effect::lets_in)
            return make_error(Fault::refused, text_of(entry.target),
                              "already revoked; run 'revokectl end' to end the sessions, or --undo "
                              "first to allow logins");
        if (effect == Effect::shortens && !context.arguments.force)
            return make_error(Fault::refused, text_of(entry.target),
                              "already revoked for a longer period; use --undo first, or "
                              "--force to shorten it");
        if (effect != Effect::is_added) replaced.push_back(line);
    }
    return replaced;
}

}  // namespace

Result<ListUpdate> change_list(const Context& context, HistoryAction action,
                               const std::string& target, const Change& change, int lock_msec) {
    const auto locked = TRY(lock_state(context, lock_msec));
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

Result<ListUpdate> deny(const Context& context, const Entry& like, int lock_msec,
                        const std::optional<LogOutTime>& log_out) {
    const Arguments& arguments = context.arguments;
    const std::string reason = quoted(arguments.reason);
    const std::string ref = quoted(arguments.ref);
    const std::string by = quoted(context.by.name);
    const std::string user = quoted(arguments.user);
    Entry entry = like;
    entry.from_sec = arguments.from_sec;
    entry.until_sec = arguments.until_sec;
    entry.at_sec = std::time(nullptr);  // the operator may have confirmed late
    if (log_out) entry.not_before_sec = log_out->not_before_sec;
    entry.reason = reason;
    entry.ref = ref;
    entry.by = by;
    entry.user = user;
    const auto change = [&](std::string_view text) -> Result<Edits> {
        Entry kept = entry;
        const auto known = entries_like(text, entry);
        // A renamed account is recognized by its UID: keep it if the lookup finds none now. The
        // reference is told to the user at the next login: a second command need not repeat it.
        for (const OwnedEntry& line : known) {
            const Entry old = line.entry();
            if (!kept.uid) kept.uid = old.uid;
            if (old.uid && old.uid != kept.uid) continue;
            if (kept.ref.empty()) kept.ref = old.ref;
            if (kept.user.empty()) kept.user = old.user;
            if (is_same_but_times(old, kept)) return Edits();
        }
        const auto replaced =
            TRY(find_replaced(context, known, kept, log_out ? log_out->own_sec : std::nullopt));
        return edits_to_add(text, replaced, kept, context.console_path());
    };
    return change_list(context, HistoryAction::revoke, text_of(entry), change, lock_msec);
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
                      const GatheredEvidence& evidence) {
    const auto locked = lock_state(context);
    Result<void> written;
    if (locked.ok())
        written = write_history(context, locked.value(), action, target, result, detail);
    else
        written = locked.error();
    log_event(context, action, target, result, detail);
    if (evidence.processes.empty() || !locked.ok()) return written;
    const auto added =
        locked.value().state.append(kEvidence, print_evidence(context, target, evidence), 0600);
    return written.ok() ? added : written;
}

}  // namespace pam_revoke
