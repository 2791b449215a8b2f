// logout_arguments.hpp - the command line of a logout.d script, as its callers have always known
// it.
//
// Pure. They were written against Python's argparse: unique prefixes of long options, -uVALUE,
// -u=VALUE, --uid -1, the last of two wins, and 2 for everything else. getopt_long differs in each
// of these, hence this reader.
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
    std::string uid;  // a login name, or a number as text
    std::string cn;   // never used to find anybody: people can change it
};

struct LogoutParse {
    std::optional<LogoutArguments> arguments;
    bool help = false;  // help was asked for: print it, exit 0
    std::string error;  // otherwise: print it on standard error, exit 2
};

// Reads the words after the program's name.
// Errors: none; what is wrong is LogoutParse::complaint.
[[nodiscard]] LogoutParse parse_logout_arguments(const std::vector<std::string_view>& words);

}  // namespace pam_revoke
