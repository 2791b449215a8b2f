// subuid.hpp - which numbers are people, and which are theirs to give away.
//
// Ground: login.defs' limits, and /etc/subuid.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace pam_revoke {

// Below this are accounts that services run as, and so is nobody.
// Source: UID_MIN of Debian's login.defs(5).
inline constexpr std::uint32_t kUidMin = 1000;
inline constexpr std::uint32_t kNobodyUid = 65534;
// What systemd gives to services with DynamicUser=. Source: systemd.exec(5).
inline constexpr std::uint32_t kDynamicUidMin = 61184;
inline constexpr std::uint32_t kDynamicUidMax = 65519;
[[nodiscard]] constexpr bool is_system_uid(std::uint32_t uid) {
    return uid < kUidMin || uid == kNobodyUid || (uid >= kDynamicUidMin && uid <= kDynamicUidMax);
}

// Numbers that belong to somebody's own: first to first + count - 1.
struct UidRange {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    [[nodiscard]] bool has(std::uint32_t uid) const { return uid >= first && uid - first < count; }
};

// True when one of `ranges` has `uid`, and it is no system account's.
// Errors: none.
[[nodiscard]] bool is_in(const std::vector<UidRange>& ranges, std::uint32_t uid);

// True when this host has the program that lets people become their subordinate numbers; root alone
// can without it.
// Errors: none.
// Source: newuidmap(1).
[[nodiscard]] bool has_newuidmap();

// Reads the subordinate numbers of a person, by name and by number.
// Errors: none; what is not understood is left out, as newuidmap leaves it out.
// Source: subuid(5).
[[nodiscard]] std::vector<UidRange> subordinate_uids(std::string_view name, std::uint32_t uid);

}  // namespace pam_revoke
