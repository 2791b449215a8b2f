#include "unknown_user.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/store/store.hpp"
#include "suggest.hpp"

namespace pam_revoke {
namespace {

constexpr const char* kPasswd = "/etc/passwd";
constexpr std::uint64_t kMaxPasswdBytes = std::uint64_t{64} << 20U;

}  // namespace

std::string nearest_login(std::string_view name, std::string_view passwd) {
    std::vector<std::string_view> names;
    while (!passwd.empty()) {
        const std::string_view line = passwd.substr(0, passwd.find('\n'));
        passwd.remove_prefix(std::min(passwd.size(), line.size() + 1));
        // Skip the +/- entries of NIS.
        if (line.starts_with('+') || line.starts_with('-')) continue;
        names.push_back(line.substr(0, line.find(':')));
    }
    return std::string(nearest(name, names).value_or(""));
}

std::string describe_unknown_user(const Target& target) {
    if (target.kind != TargetKind::user)
        return compose("uid {}: not in the account database", target.uid);
    const auto passwd = read_file(kPasswd, kMaxPasswdBytes, 0);
    const std::string near =
        passwd.ok() && passwd.value() ? nearest_login(target.name, *passwd.value()) : "";
    return compose("{}: not in the account database{}", display(target.name),
                   did_you_mean(near.empty() ? std::nullopt : std::optional(near)));
}

}  // namespace pam_revoke
