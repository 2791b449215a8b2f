#include "revoke/kernel/subuid.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "revoke/base/text.hpp"
#include "revoke/kernel/procfs.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;
constexpr std::uint32_t kMaxUidMin = 1000;
constexpr std::uint32_t kNobodyUid = 65534;
constexpr std::uint32_t kDynamicUidMin = 61184;
constexpr std::uint32_t kDynamicUidMax = 65519;

}  // namespace

std::uint32_t parse_uid_min(std::string_view login_defs) {
    std::uint32_t found = kMaxUidMin;
    for_each_line(login_defs, [&found](std::string_view line, std::uint64_t) {
        if (take_word(line) != "UID_MIN") return;
        const auto uid = parse_uid(take_word(line));
        if (uid && *uid > 0) found = std::min(*uid, kMaxUidMin);
    });
    return found;
}

std::uint32_t uid_min() {
    static const std::uint32_t value =
        parse_uid_min(read_small(AT_FDCWD, "/etc/login.defs", kMaxBytes));
    return value;
}

bool is_system_uid(std::uint32_t uid) { return is_system_uid_below(kMaxUidMin, uid); }
bool is_system_account(std::uint32_t uid) { return is_system_uid_below(uid_min(), uid); }

bool is_system_uid_below(std::uint32_t users_from, std::uint32_t uid) {
    return uid < users_from || uid == kNobodyUid ||
           (uid >= kDynamicUidMin && uid <= kDynamicUidMax);
}

bool is_in(const std::vector<UidRange>& ranges, std::uint32_t uid) {
    const auto has = [uid](const UidRange& range) { return range.has(uid); };
    return !is_system_uid(uid) && std::any_of(ranges.begin(), ranges.end(), has);
}

bool has_newuidmap() {
    return access("/usr/bin/newuidmap", F_OK) == 0 || access("/usr/local/bin/newuidmap", F_OK) == 0;
}

std::vector<UidRange> subordinate_uids(std::string_view name, std::uint32_t uid) {
    std::vector<UidRange> ranges;
    const std::string text = read_small(AT_FDCWD, "/etc/subuid", kMaxBytes);
    for (std::string_view rest = text; !rest.empty();) {
        std::string_view line = take_until(rest, '\n');
        const std::string_view owner = take_until(line, ':');
        const auto first = parse_uid(take_until(line, ':'));
        const auto count = parse_uid(line);
        if (first && count && (owner == name || owner == std::to_string(uid)))
            ranges.push_back({*first, *count});
    }
    return ranges;
}

}  // namespace pam_revoke
