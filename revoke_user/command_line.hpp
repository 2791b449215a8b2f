// command_line.hpp - which command was called, and what for.
//
// Pure. The name that the program was called by decides: revokectl has verbs, every other name
// is revoke-user.
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
    const Command* command = nullptr;    // whose help is printed
    std::optional<Arguments> arguments;  // none after a usage error
    std::string error;

    // The name of the program, for messages.
    [[nodiscard]] std::string_view program() const {
        return command->title.substr(0, command->title.find(' '));
    }
};

// Reads a command line, the program's name first. A verb that is not known is Action::external with
// its name as the subject where a program of another package may have it, else a usage error.
// Units:  now_sec: seconds since 1970, for +7d.
// Errors: none returned as such; no arguments after a usage error.
[[nodiscard]] CommandLine parse_command_line(std::span<const std::string_view> words,
                                             std::int64_t now_sec);

}  // namespace pam_revoke
