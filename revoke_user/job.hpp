// job.hpp - one run of revoke-user: what it was asked, on which host, by whom; and its parts.
//
// Layer: command.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "arguments.hpp"
#include "output.hpp"
#include "revoke/check.hpp"
#include "revoke/ending.hpp"
#include "revoke/list.hpp"
#include "revoke/settings.hpp"

namespace pam_revoke {

// Exit codes. Source: revoke-user(8), EXIT STATUS.
inline constexpr int kDone = 0;
inline constexpr int kRevoked = 1;
inline constexpr int kUnsound = 1;
inline constexpr int kUsage = 2;
inline constexpr int kIncomplete = 3;
inline constexpr int kUnchanged = 4;

inline constexpr const char* kConsoleList = "console.list";

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

// The gate's answer for `target` on this host.
[[nodiscard]] Answer ask_gate(const Job& job, const Target& target, const std::string& service);

// Reasons not to do this without --force; none when there are none.
[[nodiscard]] std::vector<std::string> objections(const Job& job, const Target& target, const Account& account);

struct Denial {
    bool changed = false;
    bool durable = true;  // false: done, but it may not survive a power cut
};

// Puts `entry` into this host's own list, history first. Errors: whatever kept the list as it was.
[[nodiscard]] Result<Denial> deny(const Job& job, const Entry& entry);

// Takes the entries for `target` out of this host's own list, history first.
[[nodiscard]] Result<Denial> restore(const Job& job, const Target& target);

// Adds a line to the history.
[[nodiscard]] Result<Done> remember(const Job& job, const std::string& action, const Target& target, const std::string& result,
                                    const std::string& detail);

// user:alice, uid:1042.
[[nodiscard]] std::string text_of(const Target& target);

// The actions. Each returns the exit code.
[[nodiscard]] int revoke_person(Job& job);
[[nodiscard]] int undo_person(Job& job);
[[nodiscard]] int show_list(const Job& job);
[[nodiscard]] int show_check(const Job& job);
[[nodiscard]] int show_sessions(const Job& job);
[[nodiscard]] int show_check_list(const Job& job);
[[nodiscard]] int show_history(const Job& job);

}  // namespace pam_revoke
