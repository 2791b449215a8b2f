// doctor_lists.cpp - examines the lists, their indexes, and the groups that the policy names.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "revoke/base/compose.hpp"
#include "revoke/base/file.hpp"
#include "revoke/base/text.hpp"
#include "revoke/base/time.hpp"
#include "revoke/conf/settings.hpp"
#include "revoke/doctor/doctor.hpp"
#include "revoke/kernel/subuid.hpp"
#include "revoke/list/index.hpp"
#include "revoke/pam_revoke/break_glass.hpp"
#include "revoke/pam_revoke/nss.hpp"
#include "revoke/store/list_edit.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

constexpr std::int64_t kNotBeforeSec = 1'735'689'600;  // 2025: an earlier clock is wrong
constexpr std::int64_t kSoonSec = std::int64_t{24} * 3600;
constexpr std::size_t kMaxExempt = 20;
constexpr std::size_t kFewUsers = 4;  // the administrators may be half of fewer users

// Returns the shortest max_age of any user, 0 if there is none.
std::int64_t max_age_sec(const Policy& policy) {
    std::int64_t least_sec = policy.max_age_sec;
    for (std::size_t i = 0; i < policy.group_rule_count; ++i) {
        const std::int64_t rule_sec = policy.group_rules[i].max_age_sec.value_or(0);
        if (rule_sec > 0 && (least_sec == 0 || rule_sec < least_sec)) least_sec = rule_sec;
    }
    return least_sec;
}

// Reports a list that is due but not delivered: after three quarters of its validity or, without
// %issued, a day before its end.
void examine_end(const Examined& host, const std::string& path, std::int64_t issued_sec,
                 std::int64_t expires_sec, Findings& findings) {
    constexpr const char* kDeliver =
        "deliver a newer list and check the delivery; an outdated list denies all users except "
        "exempt users";
    const std::int64_t most_sec = max_age_sec(host.settings.policy);
    const bool is_aging = issued_sec != kNoDate && most_sec > 0;
    const std::int64_t end_sec =
        is_aging ? std::min(expires_sec, issued_sec + most_sec) : expires_sec;
    if (end_sec == kNoDate || expires_sec <= host.now_sec)
        return;  // examine_list() reports an expired list
    const std::string date(print_time(end_sec).view());
    if (end_sec <= host.now_sec)
        return findings.push_back({"list", path, "older than max_age since " + date, kDeliver});
    const bool is_due = issued_sec != kNoDate
                            ? host.now_sec - issued_sec > (end_sec - issued_sec) / 4 * 3
                            : end_sec < host.now_sec + kSoonSec;
    if (is_due)
        findings.push_back(
            {"list", path, "outdated at " + date + ", and there is no newer list", kDeliver});
}

void examine_dates(const Examined& host, const std::string& path, const std::string& text,
                   Findings& findings) {
    std::int64_t issued_sec = kNoDate;
    std::int64_t expires_sec = kNoDate;
    for_each_line(text, [&](std::string_view line, std::uint64_t) {
        if (!line.starts_with('%')) return;
        const Line parsed = parse_line(line);
        if (parsed.kind == LineKind::issued) issued_sec = std::min(issued_sec, parsed.number);
        if (parsed.kind == LineKind::expires) expires_sec = std::min(expires_sec, parsed.number);
    });
    const bool is_ours = path == host.state_dir() + "/lists.d/" + kConsoleList;
    if (issued_sec == kNoDate && max_age_sec(host.settings.policy) > 0 && !is_ours)
        findings.push_back({"list", path, "no %issued line: max_age has no effect",
                            "add %issued YYYY-MM-DDTHH:MM:SSZ at each delivery"});
    examine_end(host, path, issued_sec, expires_sec, findings);
}

void examine_index(const Examined& host, const std::string& path, Findings& findings) {
    FileIdentity identity;
    const auto list = open_trusted_file(AT_FDCWD, (host.root + path).c_str(), path, kMaxListBytes,
                                        host.owner, &identity);
    if (!list.ok() || !list.value() || identity.size_bytes <= kUnindexedBytes) return;
    const std::string index = host.root + std::string(index_dir(host.settings).view()) + "/" +
                              std::string(index_name(path).view());
    const auto opened = required(Index::open(index.c_str(), identity, host.owner), index);
    if (!opened.ok())
        findings.push_back({"index", path,
                            compose("read line by line at each login, because of its index: {}",
                                    opened.error().reason),
                            "run 'revokectl reindex' and enable revoke-compile.path"});
}

void examine_list(const Examined& host, const std::string& path, Findings& findings) {
    const auto text = required(read_file(host.root + path, kMaxListBytes, host.owner), path);
    constexpr const char* kClosed = "fix it: until then, all users except exempt users are denied";
    if (!text.ok()) return findings.push_back({"list", path, text.error().reason, kClosed});
    const ListCheck check = check_list(text.value(), host.now_sec);
    if (!check.bad.empty()) {
        const BadLine& first = check.bad.front();
        findings.push_back(
            {"list", first.number > 0 ? compose("{}:{}", path, first.number) : path,
             compose("{}{}", first.reason,
                     check.bad.size() > 1 ? compose(", and {} more", check.bad.size() - 1) : ""),
             "run 'revokectl verify': an invalid line is not enforced, an invalid list denies all "
             "other users"});
    }
    examine_dates(host, path, text.value(), findings);
    examine_index(host, path, findings);
}

// No value if the group is unknown.
std::optional<std::size_t> count_members(const std::string& root, const std::string& group) {
    const auto count = [](std::string_view text, char byte) {
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), byte));
    };
    if (root.empty()) {
        const auto members = members_of(group.c_str());
        return members.ok() ? std::optional(count(members.value().view(), '\0')) : std::nullopt;
    }
    for (const std::string& line : plain_lines(tree_file(root, "/etc/group").value_or(""), "#")) {
        if (!line.starts_with(group + ":")) continue;
        const std::string members = line.substr(line.rfind(':') + 1);
        return members.empty() ? 0 : count(members, ',') + 1;
    }
    return std::nullopt;
}

// Users of /etc/passwd that log in.
std::size_t count_users(const std::string& root) {
    std::size_t count = 0;
    for (const std::string& line : plain_lines(tree_file(root, "/etc/passwd").value_or(""), "#")) {
        std::string_view rest = line;
        (void)take_until(rest, ':');
        (void)take_until(rest, ':');
        const auto uid = parse_uid(take_until(rest, ':'));
        if (uid && !is_system_account(*uid)) ++count;
    }
    return count;
}

}  // namespace

void examine_lists(const Examined& host, Findings& findings) {
    const std::int64_t broken_sec =
        host.root.empty() ? break_glass_left_sec(host.settings.run_dir.view(), host.owner,
                                                 host.settings.policy.break_glass_sec)
                          : 0;
    if (broken_sec > 0)
        findings.push_back(
            {"break-glass", std::string(host.settings.run_dir.view()),
             compose("enabled: logins that cannot be checked are allowed for {} s more",
                     broken_sec),
             "disable it when it is no longer needed: revokectl break-glass off"});
    if (host.now_sec < kNotBeforeSec)
        findings.push_back({"clock", "this host",
                            compose("set to {}", print_time(host.now_sec).view()),
                            "set the clock: entries with dates depend on it"});
    bool own = false;
    for_each_item(host.settings.policy.lists.view(), [&](std::string_view item) {
        const std::string directory(item);
        own = own || directory == host.state_dir() + "/lists.d";
        const auto opened = required(
            open_trusted_directory((host.root + directory).c_str(), host.owner), directory);
        if (!opened.ok())
            return findings.push_back({"list", directory, opened.error().reason,
                                       "create it, writable by root only: until then, all users "
                                       "except exempt users are denied"});
        for (const std::string& name : tree_names(host.root + directory))
            if (name.ends_with(".list") && name.front() != '.')
                examine_list(host, directory + "/" + name, findings);
    });
    if (!own)
        findings.push_back({"configuration", host.state_dir() + "/lists.d",
                            "revoke-user writes there, and lists= does not include it",
                            "add it to lists= in pam_revoke.conf"});
}

void examine_groups(const Examined& host, Findings& findings) {
    for (std::size_t i = 0; i < host.settings.policy.group_rule_count; ++i) {
        const std::string group(host.settings.policy.group_rules[i].group.view());
        if (!count_members(host.root, group))
            findings.push_back({"configuration", group, "the group has rules and does not exist",
                                "create it, or fix its [group] section"});
    }
    for_each_item(host.settings.policy.exempt_groups.view(), [&](std::string_view item) {
        const std::string group(item);
        const auto count = count_members(host.root, group);
        if (!count)
            return findings.push_back({"exempt", group, "exempt group does not exist",
                                       "create it, or remove it from exempt_groups"});
        const std::size_t members = *count;
        if (members == 0)
            findings.push_back({"exempt", group,
                                "exempt group without listed members: it exempts no user",
                                "add the break-glass account"});
        const std::size_t users = count_users(host.root);
        const bool is_half = users >= kFewUsers && members * 2 >= users;
        if (members > kMaxExempt || is_half)
            findings.push_back({"exempt", group,
                                compose("exempts {} users: none of them can be revoked", members),
                                "limit it to a few break-glass accounts"});
    });
}

}  // namespace pam_revoke
