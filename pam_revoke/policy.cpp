#include "revoke/policy.hpp"

#include <array>

#include "revoke/target.hpp"

namespace pam_revoke {
namespace {

constexpr std::array<std::string_view, static_cast<std::size_t>(PolicyKey::none)> kKeys = {
    "unavailable", "lists", "exempt_users", "exempt_groups", "caller_services", "quiet_services", "host", "message"};

const char* set_unavailable(Policy& policy, std::string_view value) {
    if (value != "deny" && value != "allow") return "is neither deny nor allow";
    policy.unavailable = value == "deny" ? Unavailable::deny : Unavailable::allow;
    return nullptr;
}

const char* set_text(FixedText<kMaxValueBytes>& field, std::string_view value) {
    if (value.size() > kMaxValueBytes) return "is longer than 190 bytes";
    if (!is_clean_utf8(value)) return "has a control byte or is not UTF-8";
    field.clear();
    field.append(value);
    return nullptr;
}

const char* set_lists(Policy& policy, std::string_view value) {
    if (!value.starts_with('/')) return "is not a list of absolute paths";
    return set_text(policy.lists, value);
}

}  // namespace

PolicyKey policy_key(std::string_view word) {
    for (std::size_t i = 0; i < kKeys.size(); ++i)
        if (word == kKeys[i]) return static_cast<PolicyKey>(i);
    return PolicyKey::none;
}

const char* set_policy(Policy& policy, PolicyKey key, std::string_view value) {
    switch (key) {
        case PolicyKey::unavailable:
            return set_unavailable(policy, value);
        case PolicyKey::lists:
            return set_lists(policy, value);
        case PolicyKey::exempt_users:
            return set_text(policy.exempt_users, value);
        case PolicyKey::exempt_groups:
            return set_text(policy.exempt_groups, value);
        case PolicyKey::caller_services:
            return set_text(policy.caller_services, value);
        case PolicyKey::quiet_services:
            return set_text(policy.quiet_services, value);
        case PolicyKey::host:
            return set_text(policy.host, value);
        case PolicyKey::message:
            return set_text(policy.message, value);
        case PolicyKey::none:
            break;
    }
    return "is unknown";
}

FixedText<512> fill_message(std::string_view message, std::string_view ref, std::string_view user) {
    FixedText<512> text;
    while (!message.empty()) {
        if (message.starts_with("{ref}")) {
            append_printable(text, ref.empty() ? "none" : ref);
            message.remove_prefix(5);
        } else if (message.starts_with("{user}")) {
            append_printable(text, user);
            message.remove_prefix(6);
        } else {
            text.append(message.front());
            message.remove_prefix(1);
        }
    }
    return text;
}

}  // namespace pam_revoke
