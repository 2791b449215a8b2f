// deny.cpp - this host's own list, console.list, and the history that is written before it.

#include <fmt/format.h>

#include <utility>

#include "job.hpp"
#include "revoke/history.hpp"
#include "revoke/json.hpp"
#include "revoke/list_edit.hpp"
#include "revoke/store.hpp"
#include "revoke/verdict.hpp"

namespace pam_revoke {
namespace {

constexpr int kLockMsec = 10'000;
constexpr const char* kHistory = "history.jsonl";

// The folders and the lock, for as long as a change takes.
struct Held {
    Folder state;
    Folder lists;
    Fd lock;
};

Result<Held> hold(const Job& job) {
    auto state = Folder::open(job.state_dir(), job.owner);
    if (!state.ok()) return state.error();
    auto lists = Folder::open(job.state_dir() + "/lists.d", job.owner);
    if (!lists.ok()) return lists.error();
    auto lock = state.value().lock(kLockMsec);
    if (!lock.ok()) return lock.error();
    return Held{std::move(state.value()), std::move(lists.value()), std::move(lock.value())};
}

Result<Done> write_history(const Job& job, const Held& held, const std::string& action, const std::string& target,
                           const std::string& result, const std::string& detail) {
    const HistoryRecord record{job.now_sec, action, target, job.by.name, job.arguments.ref, job.arguments.reason, result, detail};
    return held.state.append(kHistory, print_record(record), 0600);
}

// Writes what will be done, does it, and writes also when it failed: the history is never behind the list.
Result<Denial> publish(const Job& job, const Held& held, const std::string& action, const std::string& target, ListChange change) {
    std::size_t size = change.text.size();
    for (const Edit& edit : change.edits) size += edit.text.size() - edit.size;
    // What the gate would find too large would keep everybody out, and could not be undone by us.
    if (size > kMaxListBytes) return make_error(Fault::too_large, job.console_path(), "would be larger than a list may be");
    const auto begun = write_history(job, held, action, target, "begun", job.console_path());
    if (!begun.ok()) return begun.error();
    const auto replaced = held.lists.replace_by(kConsoleList, 0600, [&change](int fd) {
        return each_piece(change.text, change.edits, [fd](std::string_view piece) { return write_all(fd, piece); });
    });
    if (replaced.ok()) return Denial{std::move(change), replaced.value()};
    (void)write_history(job, held, action, target, "failed", replaced.error().reason);  // the error itself is what we report
    return replaced.error();
}

// The same but for when it was written and by whom.
bool says_the_same(const Entry& a, const Entry& b) {
    return a.uid == b.uid && a.from_sec == b.from_sec && a.until_sec == b.until_sec && a.reason == b.reason && a.ref == b.ref &&
           a.services == b.services && a.hosts == b.hosts;
}

// True when `entry` would let the person in at a time at which `old`, now in force, does not.
bool is_weaker(const Entry& entry, const Entry& old, std::int64_t now_sec) {
    if (!in_force(old, now_sec)) return false;
    return entry.from_sec.value_or(0) > now_sec || (entry.until_sec && (!old.until_sec || *entry.until_sec < *old.until_sec));
}

Error named(const Error& error, const std::string& path) {
    Error named = error;
    if (error.object.view() == "list") named.object = FixedText<160>(path);
    return named;
}

}  // namespace

Result<Denial> change_list(const Job& job, const std::string& action, const std::string& target, const Change& change) {
    const auto held = hold(job);
    if (!held.ok()) return held.error();
    FileIdentity before;
    auto text = held.value().lists.read(kConsoleList, kMaxListBytes, &before);
    if (!text.ok()) return text.error();
    auto edits = change(text.value());
    if (!edits.ok()) return named(edits.error(), job.console_path());
    if (edits.value().empty()) return Denial{};
    return publish(job, held.value(), action, target, {before, std::move(text.value()), std::move(edits.value())});
}

Result<Denial> deny(const Job& job, const Entry& entry) {
    return change_list(job, "revoke", text_of(entry.target), [&](std::string_view text) -> Result<Edits> {
        Entry kept = entry;
        const auto lines = entries_for(text, entry.target);
        for (const OwnedEntry& line : lines) {
            const Entry old = line.entry();
            // The number is how a renamed account is known; that it is not to be found now is no reason to forget it.
            if (!kept.uid) kept.uid = old.uid;
            if (says_the_same(old, kept)) return Edits();
            if (is_weaker(kept, old, job.now_sec) && !job.arguments.force)
                return make_error(Fault::refused, text_of(entry.target), "is denied already, and for longer; --undo first, or --force");
        }
        return edits_to_add(text, lines, kept);
    });
}

Result<Denial> restore(const Job& job, const Target& target) {
    return change_list(job, "undo", text_of(target), [&](std::string_view text) { return edits_to_remove(text, target); });
}

Result<Done> remember(const Job& job, const std::string& action, const Target& target, const std::string& result,
                      const std::string& detail) {
    const auto held = hold(job);
    if (!held.ok()) return held.error();
    return write_history(job, held.value(), action, text_of(target), result, detail);
}

std::string text_of(const Target& target) {
    const std::string value = target.kind == TargetKind::uid ? std::to_string(target.uid) : std::string(target.name);
    return fmt::format("{}:{}", kind_word(target.kind), value);
}

}  // namespace pam_revoke
