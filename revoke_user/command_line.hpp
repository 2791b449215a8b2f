// command_line.hpp - parses the command line.
//
// The program name selects the command: revokectl has verbs, any other name is revoke-user.
// Source: revoke-user(8), revokectl(8).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "arguments.hpp"
#include "verbs.hpp"

namespace pam_revoke {

struct CommandLine {
    const Command* command = nullptr;    // its help is printed
    std::optional<Arguments> arguments;  // none after a usage error
    std::string error;

    // The program name, for messages.
    [[nodiscard]] std::string_view program() const {
        return command->title.substr(0, command->title.find(' '));
    }
};

// Parses a command line that starts with the program name. An unknown verb that another package may
// provide is Action::external with the verb as subject; any other unknown verb is a usage error.
// Units:  now_sec: seconds since 1970, for +7d.
// Errors: none returned; after a usage error, `error` is set and there are no arguments.
[[nodiscard]] CommandLine parse_command_line(std::span<const std::string_view> words,
                                             std::int64_t now_sec);

}  // namespace pam_revoke
