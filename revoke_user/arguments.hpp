// arguments.hpp - what was typed after revoke-user.
//
// Source: revoke-user(8), OPTIONS.
// Layer: command.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "selection.hpp"

namespace pam_revoke {

enum class Action : std::uint8_t {
    revoke,
    undo,
    list,
    check,
    sessions,
    check_list,
    history,
    compile,
    import,
    import_krl,
    export_krl,
    break_glass,
    doctor,
    help,
    version
};

// Units: *_sec: seconds since 1970.
struct Arguments {
    Action action = Action::revoke;
    std::string subject;  // NAME or FILE, empty where it may be left out
    std::string reason;
    std::string ref;
    std::string conf;
    std::string service;  // of --check; of sessions it is in the selection
    std::string from;     // as typed: a moment, or an address of the selection
    std::string until;
    std::string warn;
    std::string key;  // these three: a fingerprint or a file
    std::string cert;
    std::string ca;
    std::string serial;
    std::string key_id;
    std::string root;  // of the tree that is examined; empty: this host
    Selection selection;
    std::optional<std::int64_t> from_sec;
    std::optional<std::int64_t> until_sec;
    bool deny_only = false;
    bool end_only = false;
    bool now = false;
    bool descendants = false;
    bool dry_run = false;
    bool json = false;
    bool quiet = false;
    bool yes = false;
    bool force = false;
    bool all = false;
};

// Reads the command line.
// Units:  now_sec: for +7d.
// Errors: none returned as such; nothing after a usage error, which has been told in `complaint`.
[[nodiscard]] std::optional<Arguments> parse_arguments(int argc, char** argv, std::int64_t now_sec, std::string& complaint);

extern const char* const kHelp;

}  // namespace pam_revoke
