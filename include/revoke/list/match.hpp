// match.hpp - whether an entry applies to a user, in a login, at a time.
//
// User and login are parameters. Facts to look up are requested from the caller.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "revoke/list/list.hpp"

namespace pam_revoke {

// The verdict of the gate.
enum class Verdict : std::uint8_t { clear, revoked, unavailable };

// A key used to authenticate. Fingerprints are SHA256:...; ca and key_id are empty for a plain key.
// Units:  valid_after_sec: seconds since 1970; 0 for a certificate without a start.
struct ShownKey {
    std::string_view key;
    std::string_view ca;
    std::uint64_t serial = 0;
    std::string_view key_id;
    std::uint64_t valid_after_sec = 0;
};

// The user of a login.
struct User {
    std::string_view name;  // as typed
    // Both from the account database, which may accept several spellings of a name; empty or no
    // value: unknown there.
    std::string_view account_name{};
    bool looked_up = false;
    std::optional<std::uint32_t> uid{};
    // The group that was looked up last, and whether the user is in it.
    std::string_view group{};
    bool is_in_group = false;
    bool keys_read = false;
    std::span<const ShownKey> keys{};
};

// Service, host and time of a login. Units: now_sec: seconds since 1970.
struct LoginContext {
    std::string_view service;
    std::string_view host;
    std::int64_t now_sec = 0;
};

enum class Match : std::uint8_t { no, yes, by_uid, needs_account, needs_group, needs_keys };

// Returns whether `entry` applies to a login of `user` in `context`; by_uid if only the UID
// matches. With not-before=, a login after that time is revoked only if a certificate is older.
// Errors: none; needs_account, needs_group (of the entry) and needs_keys request facts that are not
//         looked up yet.
// Source: pam_revoke.list(5).
[[nodiscard]] Match match(const Entry& entry, const User& user, const LoginContext& context);

// True if `entry`, a key:, cert: or ca:, names the key `shown`, regardless of time, service and
// host.
// Errors: none.
[[nodiscard]] bool means_key(const Entry& entry, const ShownKey& shown);

// True if `entry` is in force at `now_sec`.
// Units:  now_sec: seconds since 1970; from= is inclusive, until= is exclusive.
// Errors: none.
[[nodiscard]] bool in_force(const Entry& entry, std::int64_t now_sec);

// True if `item` is in the comma-separated `items`; blanks around items are ignored.
// Errors: none.
[[nodiscard]] bool contains_item(std::string_view items, std::string_view item);

// True if `host` matches one of the comma-separated `patterns` with * and ?. A host name without a
// domain is compared with the pattern's first label: an entry may apply to too many hosts, never to
// too few.
// Errors: none.
// Source: pam_revoke.list(5).
[[nodiscard]] bool matches_host(std::string_view patterns, std::string_view host);

}  // namespace pam_revoke
