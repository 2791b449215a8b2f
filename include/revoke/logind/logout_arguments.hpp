// logout_arguments.hpp - the command line of a logout.d script.
//
// Callers expect the behaviour of Python's argparse: unique prefixes of long options, -uVALUE,
// -u=VALUE, --uid -1, the last of two values, exit status 2 for errors. getopt_long differs in all.
// Source: systemd-login(8); the behaviour of Python's argparse, which tests/cli compares it with.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pam_revoke {

enum class LogoutCommand : std::uint8_t { query, logout, list };

struct LogoutArguments {
    LogoutCommand command = LogoutCommand::query;
    std::string uid;  // a login name, or a UID as text
    std::string cn;   // never used for a lookup: users can change it
};

struct LogoutParse {
    std::optional<LogoutArguments> arguments;
    bool help = false;  // print the help, exit 0
    std::string error;  // otherwise: print it on standard error, exit 2
};

// Parses the arguments after the program name.
// Errors: none; see LogoutParse::error.
[[nodiscard]] LogoutParse parse_logout_arguments(const std::vector<std::string_view>& words);

}  // namespace pam_revoke
