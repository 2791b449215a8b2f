#include "revoke/conf/policy.hpp"

#include <array>

#include "revoke/base/text.hpp"
#include "revoke/base/time.hpp"

namespace pam_revoke {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(PolicyKey::none)> kKeys = {
    "unavailable", "lists",   "exempt_users", "exempt_groups", "caller_services", "quiet_services",
    "host",        "message", "show_reason",  "max_age",       "break_glass"};

template <typename Field>
const char* set_unavailable(Field& field, std::string_view value) {
    if (value != "deny" && value != "allow") return "must be deny or allow";
    field = value == "deny" ? Unavailable::deny : Unavailable::allow;
    return nullptr;
}

const char* set_flag(bool& field, std::string_view value) {
    if (value != "yes" && value != "no") return "must be yes or no";
    field = value == "yes";
    return nullptr;
}

template <typename Field>
const char* set_duration(Field& field, std::string_view value) {
    const auto duration_sec =
        value == "0s" ? std::optional<std::int64_t>(0) : parse_duration(value);
    if (!duration_sec) return "invalid duration (expected a value such as 8d)";
    field = *duration_sec;
    return nullptr;
}

// Of the keys from PolicyKey::lists on.
constexpr std::array<FixedText<kMaxValueBytes> Policy::*, 7> kTexts = {
    &Policy::lists,           &Policy::exempt_users,   &Policy::exempt_groups,
    &Policy::caller_services, &Policy::quiet_services, &Policy::host,
    &Policy::message};

// Appends `words` unchanged if that is safe for a terminal, else escaped.
void append_words(FixedText<1200>& text, std::string_view words) {
    if (is_clean_utf8(words))
        text.append(words);
    else
        append_printable(text, words);
}

}  // namespace

PolicyKey policy_key(std::string_view word) {
    for (std::size_t i = 0; i < kKeys.size(); ++i)
        if (word == kKeys[i]) return static_cast<PolicyKey>(i);
    return PolicyKey::none;
}

const char* set_text(FixedText<kMaxValueBytes>& field, std::string_view value) {
    if (value.size() > kMaxValueBytes) return "longer than 190 bytes";
    if (!is_clean_utf8(value)) return "contains a control byte or is not UTF-8";
    field.clear();
    field.append(value);
    return nullptr;
}

const char* set_policy(Policy& policy, PolicyKey key, std::string_view value) {
    if (key == PolicyKey::none) return "unknown key";
    if (key == PolicyKey::unavailable) return set_unavailable(policy.unavailable, value);
    if (key == PolicyKey::show_reason) return set_flag(policy.show_reason, value);
    if (key == PolicyKey::max_age) return set_duration(policy.max_age_sec, value);
    if (key == PolicyKey::break_glass) return set_duration(policy.break_glass_sec, value);
    if (key == PolicyKey::lists && !value.starts_with('/')) return "not a list of absolute paths";
    const auto text = static_cast<std::size_t>(key) - static_cast<std::size_t>(PolicyKey::lists);
    return set_text(policy.*kTexts[text], value);
}

const char* set_group_rule(GroupRule& rule, PolicyKey key, std::string_view value) {
    if (key != PolicyKey::unavailable && key != PolicyKey::max_age)
        return "not allowed for a group";
    if (key == PolicyKey::unavailable ? rule.unavailable.has_value() : rule.max_age_sec.has_value())
        return "duplicate key";
    return key == PolicyKey::unavailable ? set_unavailable(rule.unavailable, value)
                                         : set_duration(rule.max_age_sec, value);
}

void overrule_groups(Policy& policy, PolicyKey key) {
    for (std::size_t i = 0; i < policy.group_rule_count; ++i) {
        if (key == PolicyKey::unavailable) policy.group_rules[i].unavailable.reset();
        if (key == PolicyKey::max_age) policy.group_rules[i].max_age_sec.reset();
    }
}

FixedText<1200> fill_message(std::string_view message, std::string_view ref, std::string_view user,
                             std::string_view reason) {
    FixedText<1200> text;
    const bool has_place = message.find("{reason}") != std::string_view::npos;
    while (!message.empty()) {
        if (message.starts_with("{ref}")) {
            append_printable(text, ref.empty() ? "none" : ref);
            message.remove_prefix(5);
        } else if (message.starts_with("{user}")) {
            append_printable(text, user);
            message.remove_prefix(6);
        } else if (message.starts_with("{reason}")) {
            append_words(text, reason);
            message.remove_prefix(8);
        } else {
            text.append(message.front());
            message.remove_prefix(1);
        }
    }
    if (!has_place && !reason.empty()) append_words(text.append(" Reason: "), reason);
    return text;
}

}  // namespace pam_revoke
