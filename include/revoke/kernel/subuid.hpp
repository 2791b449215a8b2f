// subuid.hpp - system UIDs, and the subordinate UIDs of a user.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace pam_revoke {

// Returns UID_MIN in the text of login.defs, at most 1000: many hosts have users below.
// Errors: none; 1000 without a valid UID_MIN.
// Source: login.defs(5).
[[nodiscard]] std::uint32_t parse_uid_min(std::string_view login_defs);

// Returns UID_MIN of this host, as read at the first call.
// Errors: none; 1000 if /etc/login.defs cannot be read.
[[nodiscard]] std::uint32_t uid_min();

// True for a system account: below `users_from`, 65534, or a UID of a service with DynamicUser=. It
// is a guess: a user can have such a UID. What the operator names is always scanned.
// Errors: none.
// Source: systemd.exec(5), DynamicUser.
[[nodiscard]] bool is_system_uid_below(std::uint32_t users_from, std::uint32_t uid);

// For UIDs that were found and not named: below 1000 there are services even where UID_MIN is less.
// Errors: none.
[[nodiscard]] bool is_system_uid(std::uint32_t uid);

// For a UID that was named, or that has a session: below UID_MIN.
// Errors: none.
[[nodiscard]] bool is_system_account(std::uint32_t uid);

// A range of UIDs: first to first + count - 1.
struct UidRange {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    [[nodiscard]] bool has(std::uint32_t uid) const { return uid >= first && uid - first < count; }
};

// True if one of `ranges` has `uid` and it is not a system UID.
// Errors: none.
[[nodiscard]] bool is_in(const std::vector<UidRange>& ranges, std::uint32_t uid);

// True if this host has newuidmap(1). Without it, only root can change to a subordinate UID.
// Errors: none.
[[nodiscard]] bool has_newuidmap();

// Reads the subordinate UIDs of a user, by name and by UID.
// Errors: none; invalid lines are ignored, as by newuidmap. Empty if the file cannot be read.
// Source: subuid(5).
[[nodiscard]] std::vector<UidRange> subordinate_uids(std::string_view name, std::uint32_t uid);

}  // namespace pam_revoke
