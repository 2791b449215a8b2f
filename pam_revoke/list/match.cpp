#include "revoke/list/match.hpp"

#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

bool matches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t star_text = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            star_text = t;
        } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++star_text;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

std::string_view first_label(std::string_view name) {
    const std::size_t dot = name.find('.');
    return {name.data(), dot == std::string_view::npos ? name.size() : dot};
}

Match match_uid(std::uint32_t uid, const User& user) {
    if (!user.looked_up) return Match::needs_account;
    return user.uid == uid ? Match::by_uid : Match::no;
}

// True if `raw`, the inside of a quoted value, equals `plain`.
bool means(std::string_view raw, std::string_view plain) {
    for (; !raw.empty() && !plain.empty(); raw.remove_prefix(1), plain.remove_prefix(1)) {
        if (raw.front() == '\\' && raw.size() > 1) raw.remove_prefix(1);
        if (raw.front() != plain.front()) return false;
    }
    return raw.empty() && plain.empty();
}

Match match_keys(const Entry& entry, const User& user) {
    if (!user.keys_read) return Match::needs_keys;
    for (const ShownKey& shown : user.keys)
        if (means_key(entry, shown)) return Match::yes;
    return Match::no;
}

Match match_target(const Entry& entry, const User& user) {
    switch (entry.target.kind) {
        case TargetKind::user:
            if (entry.target.name == user.name) return Match::yes;
            if (!user.looked_up) return Match::needs_account;
            if (entry.target.name == user.account_name) return Match::yes;
            return entry.uid ? match_uid(*entry.uid, user) : Match::no;
        case TargetKind::uid:
            return match_uid(entry.target.uid, user);
        case TargetKind::group:
            if (user.group != entry.target.name) return Match::needs_group;
            return user.is_in_group ? Match::yes : Match::no;
        case TargetKind::key:
        case TargetKind::certificate:
        case TargetKind::ca:
            return match_keys(entry, user);
    }
    return Match::no;
}

// True for a certificate that is valid from before `not_before_sec`.
bool is_older(const ShownKey& shown, std::int64_t not_before_sec) {
    return !shown.ca.empty() && not_before_sec > 0 &&
           shown.valid_after_sec < static_cast<std::uint64_t>(not_before_sec);
}

// The login begins now. While the clock is behind not-before=, it counts as older.
Match match_begin(std::int64_t not_before_sec, const User& user, const LoginContext& context) {
    if (context.now_sec < not_before_sec) return Match::yes;
    if (!user.keys_read) return Match::needs_keys;
    for (const ShownKey& shown : user.keys)
        if (is_older(shown, not_before_sec)) return Match::yes;
    return Match::no;
}

// True if `services` has the service or the one that it is a variant of: a login shell of su, sudo
// or runuser has a PAM service of its own.
bool has_service(std::string_view services, std::string_view service) {
    if (contains_item(services, service)) return true;
    if (service != "su-l" && service != "sudo-i" && service != "runuser-l") return false;
    service.remove_suffix(2);
    return contains_item(services, service);
}

}  // namespace

bool means_key(const Entry& entry, const ShownKey& shown) {
    const std::string_view name = entry.target.name;
    if (entry.target.kind == TargetKind::key) return shown.key == name;
    // A revoked CA revokes all that it signed.
    if (entry.target.kind == TargetKind::ca) return shown.ca == name || shown.key == name;
    if (shown.ca != name) return false;
    if (!entry.serial.empty()) {
        const auto serials = parse_serials(entry.serial);
        if (!serials || !serials->has(shown.serial)) return false;
    }
    return entry.keyid.empty() || means(entry.keyid, shown.key_id);
}

bool contains_item(std::string_view items, std::string_view item) {
    return any_item(items, [item](std::string_view each) { return each == item; });
}

bool matches_host(std::string_view patterns, std::string_view host) {
    const bool bare = host.find('.') == std::string_view::npos;
    return any_item(patterns, [&](std::string_view each) {
        return matches(bare ? first_label(each) : each, host);
    });
}

bool in_force(const Entry& entry, std::int64_t now_sec) {
    return (!entry.from_sec || *entry.from_sec <= now_sec) &&
           (!entry.until_sec || now_sec < *entry.until_sec);
}

Match match(const Entry& entry, const User& user, const LoginContext& context) {
    if (!in_force(entry, context.now_sec)) return Match::no;
    if (!entry.services.empty() && !has_service(entry.services, context.service)) return Match::no;
    if (!entry.hosts.empty() && !matches_host(entry.hosts, context.host)) return Match::no;
    const Match matched = match_target(entry, user);
    if (!entry.not_before_sec || (matched != Match::yes && matched != Match::by_uid))
        return matched;
    const Match begin = match_begin(*entry.not_before_sec, user, context);
    return begin == Match::yes ? matched : begin;
}

}  // namespace pam_revoke
