// match.hpp - does this entry concern this person, here and now?
//
// Pure: who the person is, where and when are parameters; what has to be looked up is asked for,
// not fetched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "revoke/list/list.hpp"

namespace pam_revoke {

// What the gate answers.
enum class Verdict : std::uint8_t { clear, revoked, unavailable };

// A key that was shown to get in. Fingerprints as SHA256:...; ca and key_id are empty where it was
// no certificate.
struct ShownKey {
    std::string_view key;
    std::string_view ca;
    std::uint64_t serial = 0;
    std::string_view key_id;
};

// The person who wants in. Groups are NUL-separated names, so that any number of them is one piece
// of memory.
struct User {
    std::string_view name;
    bool looked_up = false;  // uid is what the account database says, nothing means unknown there
    bool groups_looked_up = false;
    std::optional<std::uint32_t> uid;
    std::string_view groups;
    bool keys_read = false;
    std::span<const ShownKey> keys{};
};

// Where and when. Units: now_sec: seconds since 1970.
struct LoginContext {
    std::string_view service;
    std::string_view host;
    std::int64_t now_sec = 0;
};

enum class Match : std::uint8_t { no, yes, by_uid, needs_uid, needs_groups, needs_keys };

// Says whether `entry` denies `person` at `place`; by_uid when the number matches under another
// name.
// Errors: none; what the answer depends on and is not known yet is asked for by needs_uid,
//         needs_groups, needs_keys.
// Source: pam_revoke.list(5).
[[nodiscard]] Match match(const Entry& entry, const User& user, const LoginContext& context);

// True when `entry`, a key:, cert: or ca:, means a key that was `shown`, whenever and wherever that
// is.
// Errors: none.
[[nodiscard]] bool means_key(const Entry& entry, const ShownKey& shown);

// True when `entry` is in force at `now_sec`.
// Units:  now_sec: seconds since 1970; from= belongs to the interval, until= does not.
// Errors: none.
[[nodiscard]] bool in_force(const Entry& entry, std::int64_t now_sec);

// True when `item` is one of the comma-separated `items`; blanks around an item do not count.
// Errors: none.
[[nodiscard]] bool contains_item(std::string_view items, std::string_view item);

// True when `host` matches one of the comma-separated `patterns` of * and ?. A host name without a
// domain is compared with the pattern's first label: an entry applies to a host too many rather
// than to one too few.
// Errors: none.
// Source: pam_revoke.list(5).
[[nodiscard]] bool matches_host(std::string_view patterns, std::string_view host);

// True when `group` is among the NUL-separated `groups`.
// Errors: none.
[[nodiscard]] bool has_group(std::string_view groups, std::string_view group);

}  // namespace pam_revoke
