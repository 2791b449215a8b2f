// config.hpp - pam_revoke.conf: what the gate, the terminator and the operator's command are told.
//
// Edge: the only home of inih, which is for this small file alone: it cuts section names at 49
// bytes and lines at 199 without a word, reads an indented line as more of the value above, and
// takes a key twice. All four are refused here before or after it. What is understood applies also
// when another line is refused, so that a typing error takes no exemption away; the error is handed
// on beside it.
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
    std::int64_t grace_sec = 2;   // between asking (TERM, HUP) and KILL
    std::int64_t limit_sec = 15;  // for the whole of an ending
    bool is_absent = false;       // there is no such file
    std::optional<Error> error;   // the first thing that was not understood or not trusted
};

// Reads the text of a configuration as `service` sees it: [service NAME] goes before [gate].
// Units:  text: at most kMaxConfigBytes bytes, and a NUL byte behind them; path: for messages
//         alone; service: the PAM service's name, empty for a command.
// Errors: none returned; Settings::error holds the first (malformed, object "path:line: key").
// Source: pam_revoke.conf(5).
[[nodiscard]] Settings parse_config(std::string_view text, std::string_view path,
                                    std::string_view service);

}  // namespace pam_revoke
