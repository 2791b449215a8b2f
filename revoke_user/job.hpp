// job.hpp - one run of revoke-user: what it was asked, on which host, by whom; and its parts.
//
// Layer: command.
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

// True for root; complains otherwise.
[[nodiscard]] bool is_root(const Job& job);

// Whom the arguments name, as an entry's target; the name points into the arguments.
// Errors: malformed (object: what was typed).
[[nodiscard]] Result<Target> subject_of(const Arguments& arguments);

// The account of a target, whatever logind can say of it.
[[nodiscard]] Result<Account> account_of(Result<Bus>& bus, const Target& target);

// True for those whom --all leaves alone: oneself, the system's accounts, the exempt.
[[nodiscard]] bool is_spared(const Job& job, std::uint32_t uid, const std::string& name);

// How to end, by the settings and what was typed.
[[nodiscard]] EndOptions end_options(const Job& job);

// Complains of the reasons against; true when there are none, or --force was given.
[[nodiscard]] bool may_go_on(const Job& job, const Target& target, const Account& account, const std::string& name);

// Asks on a terminal unless --yes; false, with a complaint, when the answer is no.
[[nodiscard]] bool is_confirmed(const Job& job, std::string_view question);

// A last word on the terminals of these sessions; where it could not be written is said, and ends nothing.
void warn_people(const Job& job, const std::vector<Session>& sessions);

// The gate's answer for `target` on this host.
[[nodiscard]] Answer ask_gate(const Job& job, const Target& target, const std::string& service);

// Reasons not to do this without --force; none when there are none.
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
[[nodiscard]] Result<Denial> restore(const Job& job, const Entry& like, const std::string& name);

// The paths of all lists, sorted, as the gate would find them.
// Errors: insecure, io (object: the folder).
[[nodiscard]] Result<std::vector<std::string>> list_paths(const Job& job);

// Makes the index of this host's own list anew; what keeps it from that is a warning, for the gate reads the text then.
void refresh_index(const Job& job);

// Makes the files that the next denial will want, while there is room for them; what keeps it from that is for the denial to tell.
void keep_room(const Job& job);

// Tells the journal what was done.
void tell(const Job& job, HistoryAction action, const std::string& target, HistoryResult result, const std::string& detail);

// Tells the journal of each session that was ended, and because of whom or what.
void tell_ended(const Job& job, const std::vector<Session>& sessions, const std::string& target);

// Adds a line to the history, and tells the journal.
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
[[nodiscard]] std::string quoted(std::string_view text);

// Says for each entry of an import why it takes --force, or nullptr: root, oneself, administrators, whole groups.
[[nodiscard]] std::function<const char*(const Entry&)> import_guard(const Job& job);

// Complains of texts that no line of a list can hold; true when there is none.
[[nodiscard]] bool texts_fit(const Job& job);

// user:alice, uid:1042.
[[nodiscard]] std::string text_of(const Target& target);
// Of a certificate's also what tells it from others of its authority.
[[nodiscard]] std::string text_of(const Entry& entry);

// The actions. Each returns the exit code.
[[nodiscard]] ExitCode revoke_person(Job& job);
[[nodiscard]] ExitCode end_selected(Job& job);
[[nodiscard]] ExitCode revoke_key(const Job& job);
[[nodiscard]] ExitCode undo_person(Job& job);
[[nodiscard]] ExitCode undo_key(const Job& job);
[[nodiscard]] ExitCode foresee_undo(const Job& job, const Entry& like);
[[nodiscard]] ExitCode import_file(const Job& job);
// Units: left_out: lines of the file that have no place in `file` any more.
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
