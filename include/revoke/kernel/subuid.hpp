// subuid.hpp - system UIDs, and the subordinate UIDs of a user.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace pam_revoke {

// Lower UIDs are system accounts, and so is 65534.
// Source: UID_MIN of Debian's login.defs(5).
inline constexpr std::uint32_t kUidMin = 1000;
inline constexpr std::uint32_t kNobodyUid = 65534;
// The UIDs of services with DynamicUser=. Source: systemd.exec(5).
inline constexpr std::uint32_t kDynamicUidMin = 61184;
inline constexpr std::uint32_t kDynamicUidMax = 65519;
[[nodiscard]] constexpr bool is_system_uid(std::uint32_t uid) {
    return uid < kUidMin || uid == kNobodyUid || (uid >= kDynamicUidMin && uid <= kDynamicUidMax);
}

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
