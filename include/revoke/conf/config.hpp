// config.hpp - pam_revoke.conf, the configuration of the gate and the commands.
//
// The only user of inih, which silently truncates section names at 49 bytes and lines at 199,
// appends an indented line to the value above, and accepts a key twice. All four are rejected here.
// Valid lines apply even if another line is invalid, so that a typing error removes no exemption.
// The error is returned with them.
// Source: pam_revoke.conf(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/result.hpp"
#include "revoke/conf/policy.hpp"

namespace pam_revoke {

inline constexpr std::size_t kMaxConfigBytes = 16384;

// Units: *_sec: seconds.
struct Settings {
    Policy policy;
    FixedText<kMaxValueBytes> state_dir{"/var/lib/pam_revoke"};
    FixedText<kMaxValueBytes> run_dir{"/run/pam_revoke"};
    FixedText<kMaxValueBytes> admin_groups{"sudo,wheel,admin"};
    std::int64_t grace_sec = 2;   // from TERM or HUP to KILL
    std::int64_t limit_sec = 15;  // when an ending stops and reports what is left
    bool is_absent = false;       // the file is missing
    std::optional<Error> error;   // the first invalid line, or why the file was not read
};

// Reads a configuration for `service`: [service NAME] takes precedence over [gate].
// Units:  text: at most kMaxConfigBytes bytes, followed by a NUL byte; path: for messages only;
//         service: the name of the PAM service, empty for a command.
// Errors: none returned; Settings::error holds the first (malformed, object "path:line: key").
// Source: pam_revoke.conf(5).
[[nodiscard]] Settings parse_config(std::string_view text, std::string_view path,
                                    std::string_view service);

}  // namespace pam_revoke
