// settings.hpp - the configuration file, opened with suspicion and read.
//
// Join: trusted file and configuration text.
#pragma once

#include <sys/types.h>

#include <string_view>

#include "revoke/conf/config.hpp"

namespace pam_revoke {

inline constexpr const char* kConfigPath = "/etc/pam_revoke/pam_revoke.conf";

// Reads the configuration at `path` as `service` sees it.
// Units:  service: the PAM service's name, empty for a command; owner: who must own the file.
// Errors: none returned; Settings::error holds the first. That the file is missing is one only when
//         `path` is not kConfigPath: what somebody asked for must exist.
// Source: pam_revoke.conf(5).
[[nodiscard]] Settings read_settings(const char* path, std::string_view service, uid_t owner);

// The folder of the lists' indexes, which revoke-user writes and the gate reads.
[[nodiscard]] inline FixedText<kMaxValueBytes + 8> index_dir(const Settings& settings) {
    return FixedText<kMaxValueBytes + 8>(settings.state_dir.view()).append("/index");
}

// The folder of the records of which keys opened a session, which the gate writes and revoke-user
// reads.
[[nodiscard]] inline FixedText<kMaxValueBytes + 10> record_dir(const Settings& settings) {
    return FixedText<kMaxValueBytes + 10>(settings.run_dir.view()).append("/sessions");
}

}  // namespace pam_revoke
