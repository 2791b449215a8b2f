// job.hpp - one run of revoke-user: what it was asked, on which host, by whom; and its parts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "output.hpp"
#include "revoke/pam_revoke/check.hpp"
#include "revoke/store/compile.hpp"
#include "revoke/logind/ending.hpp"
#include "revoke/store/history.hpp"
#include "revoke/list/list.hpp"
#include "revoke/conf/settings.hpp"
#include "revoke/store/edit.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {

// Exit codes. Source: revoke-user(8), EXIT STATUS.
enum ExitCode : int {
    kDone = 0,
    kRevoked = 1,
    kUnsound = 1,
    kFindings = 1,
    kUsage = 2,
    kIncomplete = 3,
    kUnchanged = 4,
};

inline constexpr const char* kHistory = "history.jsonl";

// Who is at the keyboard: SUDO_USER where sudo was used, else who logged in, else who we are.
struct Operator {
    std::string name;
    std::vector<std::uint32_t> uids;
};

// Finds the operator of this process.
// Errors: none; an operator without a name is uid:NUMBER.
[[nodiscard]] Operator find_operator();

struct Job {
    Arguments arguments;
    Settings settings;
    Output output;
    Operator by;
    std::int64_t now_sec = 0;
    uid_t owner = 0;  // who must own configuration, lists and state

    [[nodiscard]] std::string state_dir() const { return std::string(settings.state_dir.view()); }
    [[nodiscard]] std::string console_path() const { return state_dir() + "/lists.d/" + kConsoleList; }
};

// True for root.
// Errors: none returned; otherwise prints one.
[[nodiscard]] bool is_root(const Job& job);

// Whom the arguments name, as an entry's target; the name points into the arguments.
// Errors: malformed (object: what was typed).
[[nodiscard]] Result<Target> subject_of(const Arguments& arguments);

// The account of a target, whatever logind can say of it.
// Errors: as find_account().
[[nodiscard]] Result<Account> account_of(Result<Bus>& bus, const Target& target);

// True for those whom --all leaves alone: the operator, system accounts, exempt users.
// Errors: none; a user that cannot be checked is not left alone.
[[nodiscard]] bool is_spared(const Job& job, std::uint32_t uid, const std::string& name);

// How to end, by the settings and what was typed.
// Errors: none.
[[nodiscard]] EndOptions end_options(const Job& job);

// Prints the objections; true when there are none, or --force was given.
// Errors: none returned; a look-up that failed is an objection.
[[nodiscard]] bool may_go_on(const Job& job, const Target& target, const Account& account, const std::string& name);

// Asks on a terminal; true also with --yes, and where there is no terminal to ask on.
// Errors: none returned; prints that nothing was changed when the answer is no.
[[nodiscard]] bool is_confirmed(const Job& job, std::string_view question);

// Writes the text of --warn on the terminals of these sessions.
// Errors: none returned; each is printed as a warning.
void warn_people(const Job& job, const std::vector<Session>& sessions);

// The gate's answer for `target` on this host.
// Errors: none returned; Answer::error has them.
[[nodiscard]] Answer ask_gate(const Job& job, const Target& target, const std::string& service);

// Reasons not to do this without --force; none when there are none.
// Errors: none returned; groups that cannot be looked up are a reason.
[[nodiscard]] std::vector<std::string> objections(const Job& job, const Target& target, const Account& account);

struct Denial {
    bool changed = false;  // false: the list is as it was
    bool durable = true;   // false: done, but it may not survive a power cut
};

// Says how to change the text of a list; no edits leave it as it is. Errors: object: its path.
using Change = std::function<Result<Edits>(std::string_view text)>;

// Changes this host's own list under its lock, history first.
// Units:  action, target: for the history.
// Errors: whatever kept the list as it was.
[[nodiscard]] Result<Denial> change_list(const Job& job, HistoryAction action, const std::string& target, const Change& change);

// Puts `entry` into this host's own list, history first. Errors: whatever kept the list as it was.
[[nodiscard]] Result<Denial> deny(const Job& job, const Entry& entry);

// Takes the entries that are `like` one out of this host's own list, history first.
// Units:  name: for the history.
// Errors: as change_list().
[[nodiscard]] Result<Denial> restore(const Job& job, const Entry& like, const std::string& name);

// The paths of all lists, sorted, as the gate would find them.
// Errors: insecure, io (object: the folder).
[[nodiscard]] Result<std::vector<std::string>> list_paths(const Job& job);

// Makes the index of this host's own list again, unless another process is at work on the indexes.
// Errors: none returned; printed as a warning, for the gate then reads the text.
void refresh_index(const Job& job);

// Makes the files that the next change will need, while there is space for them.
// Errors: none; the change that needs them reports it.
void keep_room(const Job& job);

// Logs to the journal what was done.
// Errors: none; the history is the record.
void tell(const Job& job, HistoryAction action, const std::string& target, HistoryResult result, const std::string& detail);

// Logs to the journal each session that was ended, and for which target.
// Errors: none; the history is the record.
void tell_ended(const Job& job, const std::vector<Session>& sessions, const std::string& target);

// Adds a line to the history, and logs it to the journal.
// Errors: busy when another process holds the lock; insecure, io (object: the path).
[[nodiscard]] Result<void> remember(const Job& job, HistoryAction action, const std::string& target, HistoryResult result,
                                    const std::string& detail);

// Switches the person's lingering off while they are revoked, and remembers that it was on. True when it was.
// Errors: whatever kept it on; bus.
[[nodiscard]] Result<bool> suspend_linger(const Job& job, Result<Bus>& bus, const Account& account);

// Switches it off without remembering that it was on.
// Errors: bus; io, also when the account has no number.
[[nodiscard]] Result<void> forbid_linger(Result<Bus>& bus, const Account& account);

// Switches it on again if suspend_linger() switched it off. True when it did.
// Errors: as above.
[[nodiscard]] Result<bool> resume_linger(const Job& job, const Account& account);

// `text` as it stands between quotes in a list.
// Errors: none.
[[nodiscard]] std::string quoted(std::string_view text);

// A function that returns why an entry of an import needs --force, or nullptr: root, the operator,
// administrators, whole groups.
// Errors: none; administrators that cannot be looked up are not among them.
[[nodiscard]] std::function<const char*(const Entry&)> import_guard(const Job& job);

// True when a list can hold the texts that were typed.
// Errors: none returned; prints the first text that it cannot hold.
[[nodiscard]] bool texts_fit(const Job& job);

// user:alice, uid:1042.
// Errors: none.
[[nodiscard]] std::string text_of(const Target& target);
// The same; for a certificate also its serial= and keyid=.
// Errors: none.
[[nodiscard]] std::string text_of(const Entry& entry);

// The actions. Each returns the exit code.
// Errors: none returned; each prints its own.
// Source: revoke-user(8), revokectl(8).
[[nodiscard]] ExitCode revoke_person(Job& job);
[[nodiscard]] ExitCode end_selected(Job& job);
[[nodiscard]] ExitCode revoke_key(const Job& job);
[[nodiscard]] ExitCode undo_person(Job& job);
[[nodiscard]] ExitCode undo_key(const Job& job);
[[nodiscard]] ExitCode foresee_undo(const Job& job, const Entry& like);
[[nodiscard]] ExitCode import_file(const Job& job);
// Units:  left_out: lines of the file that have no place in `file` any more.
// Errors: none returned; each prints its own.
// Source: revoke-user(8), revokectl(8).
[[nodiscard]] ExitCode import_text(const Job& job, const std::string& file, std::size_t left_out);
[[nodiscard]] ExitCode import_krl(const Job& job);
[[nodiscard]] ExitCode export_krl(const Job& job);
[[nodiscard]] ExitCode break_glass(const Job& job);
[[nodiscard]] ExitCode compile_lists(const Job& job);
[[nodiscard]] ExitCode show_list(const Job& job);
[[nodiscard]] ExitCode show_check(const Job& job);
[[nodiscard]] ExitCode show_sessions(const Job& job);
[[nodiscard]] ExitCode show_check_list(const Job& job);
[[nodiscard]] ExitCode show_history(const Job& job);
[[nodiscard]] ExitCode show_doctor(Job& job);

}  // namespace pam_revoke
