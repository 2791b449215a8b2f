// settings.hpp - reads the configuration file, which only its owner may write.
#pragma once

#include <sys/types.h>

#include <string_view>

#include "revoke/conf/config.hpp"

namespace pam_revoke {

inline constexpr const char* kConfigPath = "/etc/pam_revoke/pam_revoke.conf";

// Reads the configuration at `path` for `service`.
// Units:  service: the name of the PAM service, empty for a command; owner: required owner of the
//         file.
// Errors: none returned; Settings::error holds the first. A missing file is an error unless `path`
//         is kConfigPath.
// Source: pam_revoke.conf(5).
[[nodiscard]] Settings read_settings(const char* path, std::string_view service, uid_t owner);

// The directory of the list indexes, written by revoke-user and read by the gate.
[[nodiscard]] inline FixedText<kMaxValueBytes + 8> index_dir(const Settings& settings) {
    return FixedText<kMaxValueBytes + 8>(settings.state_dir.view()).append("/index");
}

// The directory of the login records (the keys of each session), written by the gate and read by
// revoke-user.
[[nodiscard]] inline FixedText<kMaxValueBytes + 10> record_dir(const Settings& settings) {
    return FixedText<kMaxValueBytes + 10>(settings.run_dir.view()).append("/sessions");
}

}  // namespace pam_revoke
