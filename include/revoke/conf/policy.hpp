// policy.hpp - what the gate does where the lists are silent: exemptions, "could not check", the
// text for the person.
//
// Pure: the same words stand in pam_revoke.conf(5) and on the PAM line, and are read here.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

inline constexpr std::size_t kMaxValueBytes = 190;  // inih cuts lines at 199 bytes, silently

enum class Unavailable : std::uint8_t { deny, allow };

inline constexpr std::size_t kMaxGroupRules = 8;

// What holds for the members of a group in the place of what holds for all. Units: as Policy's.
struct GroupRule {
    FixedText<64> group;
    std::optional<Unavailable> unavailable;
    std::optional<std::int64_t> max_age_sec;
};

// Units: *_sec: seconds.
struct Policy {
    Unavailable unavailable = Unavailable::deny;
    bool show_reason = false;
    std::int64_t max_age_sec = 0;  // of a list that says when it was issued; 0: any
    std::int64_t break_glass_sec =
        0;  // the longest that revokectl break-glass may ask for; 0: it may not
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

// The key that `word` names, none for any other word.
// Errors: none.
[[nodiscard]] PolicyKey policy_key(std::string_view word);

// Sets a text of the configuration; says what is wrong with it, or nothing.
// Errors: none; a refused text leaves the field as it was. It is clean UTF-8, for it is shown to
//         users and operators.
[[nodiscard]] const char* set_text(FixedText<kMaxValueBytes>& field, std::string_view value);

// Sets one value; says what is wrong with it, or nothing.
// Units:  value: at most kMaxValueBytes bytes.
// Errors: none; a value that is refused leaves the policy as it was.
// Source: pam_revoke.conf(5).
[[nodiscard]] const char* set_policy(Policy& policy, PolicyKey key, std::string_view value);

// Sets one value of a group's rule: unavailable or max_age, each once. Returns what is wrong with
// the value, or nothing.
// Errors: none; an invalid value leaves the rule as it was.
// Source: pam_revoke.conf(5).
[[nodiscard]] const char* set_group_rule(GroupRule& rule, PolicyKey key, std::string_view value);

// Removes this key from the rules of all groups: the PAM line takes precedence over them.
// Errors: none.
// Source: pam_revoke.conf(5).
void overrule_groups(Policy& policy, PolicyKey key);

// The person's text: {ref}, {user} and {reason} of the policy's message filled in, one line. A
// reason that the message has no place for stands behind it.
// Errors: none.
[[nodiscard]] FixedText<1200> fill_message(std::string_view message, std::string_view ref,
                                           std::string_view user, std::string_view reason);

}  // namespace pam_revoke
