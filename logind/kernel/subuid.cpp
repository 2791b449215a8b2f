#include "revoke/kernel/subuid.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "revoke/base/text.hpp"
#include "revoke/kernel/procfs.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 20U;

}  // namespace

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
