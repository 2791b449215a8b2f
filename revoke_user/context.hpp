// context.hpp - one run of a command: arguments, settings, output and operator.
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
#include "revoke/doctor/open_services.hpp"
#include "revoke/list/list.hpp"
#include "revoke/logind/account.hpp"
#include "revoke/pam_revoke/gate.hpp"
#include "revoke/store/list_edit.hpp"
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
inline constexpr const char* kEvidence = "evidence.jsonl";  // what was ended

// The operator: SUDO_USER if set, else the login UID, else the real UID.
struct Operator {
    std::string name;
    std::vector<std::uint32_t> uids;
};

// Finds the operator of this process.
// Errors: none; an operator without a name is uid:UID.
[[nodiscard]] Operator find_operator();

// Units: now_sec: seconds since 1970.
struct Context {
    Arguments arguments;
    Settings settings;
    Output output;
    Operator by;
    std::int64_t now_sec = 0;
    uid_t owner = 0;  // UID that must own configuration, lists and state

    [[nodiscard]] std::string state_dir() const { return std::string(settings.state_dir.view()); }
    [[nodiscard]] std::string console_path() const {
        return state_dir() + "/lists.d/" + kConsoleList;
    }
    // Prints the error and returns `code`.
    // Errors: none.
    [[nodiscard]] ExitCode fail(std::string_view line, ExitCode code) const;
    [[nodiscard]] ExitCode fail(const Error& error, ExitCode code) const;
    // Prints `json` with the exit code if JSON was requested, and returns `code`.
    // Errors: none.
    [[nodiscard]] ExitCode answer(JsonObject& json, ExitCode code) const;
};

// The time that queries of the account database take in all: before a revocation is on disk, after
// that, and for other commands.
inline constexpr int kAccountsBeforeMsec = 700;
inline constexpr int kAccountsAfterMsec = 1'500;
inline constexpr int kAccountsMsec = 10'000;

// From now on, SIGHUP and SIGTERM are ignored: an operator whose connection breaks must not leave
// a change without its ending.
// Errors: none.
void ignore_departure();

// True for root.
// Errors: none returned; prints one if not root.
[[nodiscard]] bool is_root(const Context& context);

// Returns the target that the arguments name; its name points into the arguments.
// Errors: malformed (object: the argument).
[[nodiscard]] Result<Target> subject_of(const Arguments& arguments);

// Replaces a name that the account database spells in another way by its spelling, and prints a
// warning. "user:NAME" stays as typed.
// Errors: none; a name that cannot be looked up stays.
void use_account_name(Context& context);

// Returns the account of a target, also without a bus.
// Errors: as find_account().
[[nodiscard]] Result<Account> account_of(Result<Bus>& bus, const Target& target);

// Returns the time for which the gate is asked: now, or the time from which the entry is in force.
// Units:  seconds since 1970.
// Errors: none.
[[nodiscard]] std::int64_t asked_time_sec(const Context& context);

// Returns the settings of the gate at a PAM service: of its first line in the account stack, or of
// the file that --conf names. Errors: none returned; see Settings::error.
[[nodiscard]] Settings settings_at(const Context& context, const std::string& service);

// Returns the gate's decision for `target` at a PAM service of this host, with these settings.
// Errors: none returned; see Decision::error.
[[nodiscard]] Decision ask_gate(const Context& context, const Settings& settings,
                                const Target& target, const std::string& service);
// Returns the same with the settings of settings_at().
// Errors: none returned; see Decision::error.
[[nodiscard]] Decision ask_gate(const Context& context, const Target& target,
                                const std::string& service);

// Returns the PAM services of this host that would not deny `target`, each asked with the options
// of its PAM line. Only files are read.
// Units:  only: one service; empty for all.
// Errors: none returned; the account database is asked as in a login.
[[nodiscard]] OpenServices ask_services(const Context& context, const Target& target,
                                        const std::string& only = "");

// Returns an error for each service that does not deny, and one for what could not be read.
// Units:  name: printable. Errors: none.
[[nodiscard]] std::vector<std::string> describe_open(const std::string& name,
                                                     const OpenServices& open);

// A line of the gate on this host, with the settings that it uses.
struct LineSettings {
    GateLine line;
    Settings settings;
};
// Returns each line of the gate in the services that start processes as a user.
// Errors: none returned; see Settings::error.
[[nodiscard]] std::vector<LineSettings> gate_settings(const Context& context);

// Returns why the decision does not deny, if `list` has the entry.
// Errors: none.
[[nodiscard]] std::string why_not_denied(const Decision& decision, const std::string& list);

// Returns the target for a user found by UID: user:NAME if the name is valid, else uid:UID.
// Units:  name: the target points into it.
// Errors: none.
[[nodiscard]] Target target_of(std::uint32_t uid, const std::string& name);

}  // namespace pam_revoke
