// verbs.hpp - the argument and options of revoke-user and of each verb of revokectl.
//
// Source: revoke-user(8), SYNOPSIS; revokectl(8), VERBS.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "options.hpp"

namespace pam_revoke {

// The argument of a command, besides the options.
enum class Operand : std::uint8_t {
    none,
    target,           // NAME, or one of the options that name a key
    optional_target,  // target or nothing
    sessions,         // a target, --session or --all
    file,
    duration
};

struct Command {
    std::string_view title;  // "revoke-user", "revokectl list"
    Action action;
    Operand operand;
    OptionSet options;
    const char* help;

    // The word after "revokectl".
    [[nodiscard]] constexpr std::string_view verb() const {
        return title.substr(title.find(' ') + 1);
    }
};

extern const Command kRevokeUser;
extern const Command kUndo;       // revoke-user --undo
extern const Command kRevokectl;  // without a verb

// Returns all verbs of revokectl.
// Errors: none.
[[nodiscard]] std::span<const Command> verbs();

// Returns the verb with this name, or nullptr.
// Errors: none.
[[nodiscard]] const Command* find_verb(std::string_view name);

// True if another package may provide revokectl-`verb`: letters a to z and '-', not '-' first.
// Errors: none.
[[nodiscard]] bool may_be_external(std::string_view verb);

// Returns the error for an unknown verb: its package is not installed, or it is misspelt.
// Errors: none.
[[nodiscard]] std::string describe_unknown_verb(std::string_view verb);

}  // namespace pam_revoke
