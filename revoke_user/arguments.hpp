// arguments.hpp - the parsed arguments of revoke-user and revokectl.
//
// Source: revoke-user(8); revokectl(8).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "selection.hpp"

namespace pam_revoke {

enum class Action : std::uint8_t {
    revoke,
    undo,
    break_glass,
    check,
    doctor,
    end,
    export_krl,
    history,
    import,
    import_krl,
    list,
    reindex,
    sessions,
    verify,
    external,  // a verb of another package
    help,
    version
};

// Units: *_sec: seconds since 1970.
struct Arguments {
    Action action = Action::revoke;
    std::string subject;  // NAME, FILE, DURATION or the verb; empty if omitted
    std::string reason;
    std::string ref;
    std::string conf;
    bool conf_given = false;
    std::string from;  // as typed
    std::string until;
    std::string warn;
    std::string key;  // these three: a fingerprint or a file
    std::string cert;
    std::string ca;
    std::string serial;
    std::string key_id;
    std::string user;     // of the key
    std::string root;     // of the examined tree; empty: this host
    Selection selection;  // its service is also used by check
    std::optional<std::int64_t> from_sec;
    std::optional<std::int64_t> until_sec;
    bool log_out = false;
    bool no_end = false;
    bool now = false;
    bool descendants = false;
    bool dry_run = false;
    bool json = false;
    bool quiet = false;
    bool yes = false;
    bool force = false;
    bool all = false;

    // True if sessions are ended and nothing is revoked.
    [[nodiscard]] bool only_ends() const { return action == Action::end; }
};

}  // namespace pam_revoke
