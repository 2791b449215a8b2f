// policy.hpp - the policy of the gate: exemptions, unavailable checks, the message to the user.
//
// The keys are the same in pam_revoke.conf(5) and on the PAM line.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

inline constexpr std::size_t kMaxValueBytes = 190;  // inih silently truncates lines at 199 bytes

enum class Unavailable : std::uint8_t { deny, allow };

inline constexpr std::size_t kMaxGroupRules = 8;

// Settings for the members of a group, which replace those of Policy. Units: as Policy.
struct GroupRule {
    FixedText<64> group;
    std::optional<Unavailable> unavailable;
    std::optional<std::int64_t> max_age_sec;
};

// Units: *_sec: seconds.
struct Policy {
    Unavailable unavailable = Unavailable::deny;
    bool show_reason = false;
    std::int64_t max_age_sec = 0;      // of a list with %issued; 0: no limit
    std::int64_t break_glass_sec = 0;  // the longest break-glass allowed; 0: none
    std::size_t group_rule_count = 0;
    std::array<GroupRule, kMaxGroupRules> group_rules;
    FixedText<kMaxValueBytes> lists{"/etc/pam_revoke/lists.d,/var/lib/pam_revoke/lists.d"};
    FixedText<kMaxValueBytes> exempt_users{"root"};
    FixedText<kMaxValueBytes> exempt_groups;
    FixedText<kMaxValueBytes> caller_services{"su,su-l,sudo,sudo-i,systemd-run0,polkit-1,doas"};
    FixedText<kMaxValueBytes> quiet_services{"cron,crond,atd,systemd-user"};
    FixedText<kMaxValueBytes> host;  // empty: the kernel's node name
    FixedText<kMaxValueBytes> message{"Access revoked. Reference: {ref}"};
};

enum class PolicyKey : std::uint8_t {
    unavailable,
    lists,
    exempt_users,
    exempt_groups,
    caller_services,
    quiet_services,
    host,
    message,
    show_reason,
    max_age,
    break_glass,
    none
};

// Returns the key named `word`, or none.
// Errors: none.
[[nodiscard]] PolicyKey policy_key(std::string_view word);

// Sets a text of the configuration; returns why the value is invalid, or nullptr.
// Errors: none; an invalid value leaves the field unchanged. It must be clean UTF-8: it is shown to
//         users and operators.
[[nodiscard]] const char* set_text(FixedText<kMaxValueBytes>& field, std::string_view value);

// Sets one value; returns why it is invalid, or nullptr.
// Units:  value: at most kMaxValueBytes bytes.
// Errors: none; an invalid value leaves the policy unchanged.
// Source: pam_revoke.conf(5).
[[nodiscard]] const char* set_policy(Policy& policy, PolicyKey key, std::string_view value);

// Sets one value of a group's rule, unavailable or max_age, each once; returns why it is invalid,
// or nullptr.
// Errors: none; an invalid value leaves the rule unchanged.
// Source: pam_revoke.conf(5).
[[nodiscard]] const char* set_group_rule(GroupRule& rule, PolicyKey key, std::string_view value);

// Removes `key` from the rules of all groups: the PAM line takes precedence.
// Errors: none.
// Source: pam_revoke.conf(5).
void overrule_groups(Policy& policy, PolicyKey key);

// Returns the message to the user on one line, with {ref}, {user} and {reason} replaced. A reason
// without a place in the message is appended.
// Errors: none.
[[nodiscard]] FixedText<1200> fill_message(std::string_view message, std::string_view ref,
                                           std::string_view user, std::string_view reason);

}  // namespace pam_revoke
