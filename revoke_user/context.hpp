// context.hpp - one run of a command: what it was asked, on which host, by whom.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "arguments.hpp"
#include "output.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/result.hpp"
#include "revoke/conf/settings.hpp"
#include "revoke/list/list.hpp"
#include "revoke/logind/account.hpp"
#include "revoke/pam_revoke/gate.hpp"
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

// Units: now_sec: seconds since 1970.
struct Context {
    Arguments arguments;
    Settings settings;
    Output output;
    Operator by;
    std::int64_t now_sec = 0;
    uid_t owner = 0;  // who must own configuration, lists and state

    [[nodiscard]] std::string state_dir() const { return std::string(settings.state_dir.view()); }
    [[nodiscard]] std::string console_path() const {
        return state_dir() + "/lists.d/" + kConsoleList;
    }
    // Prints what failed, and returns `code`.
    // Errors: none.
    [[nodiscard]] ExitCode fail(std::string_view line, ExitCode code) const;
    [[nodiscard]] ExitCode fail(const Error& error, ExitCode code) const;
    // Prints `json` with the exit code, where JSON was asked for, and returns `code`.
    // Errors: none.
    [[nodiscard]] ExitCode answer(JsonObject& json, ExitCode code) const;
};

// True for root.
// Errors: none returned; otherwise prints one.
[[nodiscard]] bool is_root(const Context& context);

// Whom the arguments name, as an entry's target; the name points into the arguments.
// Errors: malformed (object: what was typed).
[[nodiscard]] Result<Target> subject_of(const Arguments& arguments);

// The account of a target, whatever logind can say of it.
// Errors: as find_account().
[[nodiscard]] Result<Account> account_of(Result<Bus>& bus, const Target& target);

// The gate's answer for `target` on this host.
// Errors: none returned; Decision::error has them.
[[nodiscard]] Decision ask_gate(const Context& context, const Target& target,
                                const std::string& service);

// `text` as it stands between quotes in a list.
// Errors: none.
[[nodiscard]] std::string quoted(std::string_view text);

// The target for a user that was found by UID: by name, as an operator looks for it, if it has one.
// Units:  name: the target points into it.
// Errors: none.
[[nodiscard]] Target target_of(std::uint32_t uid, const std::string& name);

// user:alice, uid:1042.
// Errors: none.
[[nodiscard]] std::string text_of(const Target& target);
// The same; for a certificate also its serial= and keyid=.
// Errors: none.
[[nodiscard]] std::string text_of(const Entry& entry);

}  // namespace pam_revoke
