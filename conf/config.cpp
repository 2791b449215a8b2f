#include "revoke/conf/config.hpp"

#include <ini.h>

#include <array>

#include "revoke/base/text.hpp"
#include "revoke/base/time.hpp"
#include "revoke/list/target.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMaxLine = 198;
constexpr std::size_t kMaxSection = 49;

// The section that a key belongs to.
enum class Room : std::uint8_t {
    gate,
    this_service,
    other_service,
    group,
    operators,
    ending,
    unknown
};

struct Reading {
    Settings& settings;
    std::string_view service;
    std::optional<Policy> aside{};  // values for other services: checked, then discarded
    FixedText<64> section{};
    Room room = Room::unknown;
    std::array<unsigned, 6> seen{};  // one bit per key, for each section
    const char* reason = nullptr;
    FixedText<64> key{};
};

Room room_of(std::string_view section, std::string_view service) {
    constexpr std::string_view kService = "service ";
    constexpr std::string_view kGroup = "group ";
    if (section == "gate") return Room::gate;
    if (section == "revoke-user") return Room::operators;
    if (section == "end") return Room::ending;
    if (section.starts_with(kGroup) && section.size() > kGroup.size()) return Room::group;
    if (!section.starts_with(kService) || section.size() == kService.size()) return Room::unknown;
    section.remove_prefix(kService.size());
    return section == service ? Room::this_service : Room::other_service;
}

const char* set_duration(std::int64_t& field, std::string_view value, std::int64_t most_sec) {
    const auto duration = parse_duration(value);
    if (!duration) return "invalid duration (expected a value such as 2s)";
    if (*duration > most_sec) return "duration too long";
    field = *duration;
    return nullptr;
}

// Returns the bit of a key in this section, or 0 for an unknown key.
unsigned bit_of(Room room, std::string_view key) {
    if (room == Room::operators)
        return key == "state_dir" ? 1U : key == "admin_groups" ? 2U : key == "run_dir" ? 4U : 0U;
    if (room == Room::ending) return key == "grace" ? 1U : key == "limit" ? 2U : 0U;
    const PolicyKey policy = policy_key(key);
    return policy == PolicyKey::none ? 0U : 1U << static_cast<unsigned>(policy);
}

std::string_view group_in(std::string_view section) {
    section.remove_prefix(std::string_view("group ").size());
    return section;
}

// Returns the rule of a group, or nullptr if there are too many.
GroupRule* rule_of(Policy& policy, std::string_view group) {
    for (std::size_t i = 0; i < policy.group_rule_count; ++i)
        if (policy.group_rules[i].group.view() == group) return &policy.group_rules[i];
    if (policy.group_rule_count == kMaxGroupRules) return nullptr;
    GroupRule& rule = policy.group_rules[policy.group_rule_count++];
    rule.group.append(group);
    return &rule;
}

const char* set_key(Reading& reading, std::string_view key, std::string_view value, unsigned bit) {
    Settings& settings = reading.settings;
    const PolicyKey policy = policy_key(key);
    if (policy == PolicyKey::break_glass && reading.room != Room::gate)
        return "allowed in [gate] only";
    if (reading.room == Room::ending)
        return set_duration(bit == 1U ? settings.grace_sec : settings.limit_sec, value,
                            bit == 1U ? 600 : 3600);
    if (reading.room == Room::operators) {
        if (bit != 2U && !value.starts_with('/')) return "not an absolute path";
        if (value.empty()) return "must not be empty";
        auto& field = bit == 1U   ? settings.state_dir
                      : bit == 2U ? settings.admin_groups
                                  : settings.run_dir;
        return set_text(field, value);
    }
    if (reading.room == Room::group) {
        const std::string_view group = group_in(reading.section.view());
        if (why_not_a_name(group) != nullptr) return "invalid group name in [group NAME]";
        GroupRule* rule = rule_of(settings.policy, group);
        return rule == nullptr ? "too many groups with rules (at most 8)"
                               : set_group_rule(*rule, policy, value);
    }
    const bool hidden = reading.room == Room::gate &&
                        (reading.seen[static_cast<std::size_t>(Room::this_service)] & bit) != 0;
    const bool is_aside = hidden || reading.room == Room::other_service;
    if (is_aside && !reading.aside) reading.aside.emplace();
    return set_policy(is_aside ? *reading.aside : settings.policy, policy, value);
}

const char* take_key(Reading& reading, std::string_view key, std::string_view value) {
    if (reading.room == Room::unknown)
        return "unknown section (expected gate, service NAME, group NAME, end or revoke-user)";
    const unsigned bit = bit_of(reading.room, key);
    if (bit == 0) return "unknown key";
    if (value.find(" #") != std::string_view::npos || value.find("\t#") != std::string_view::npos)
        return "' #' in a value; begin the comment with ';'";
    // Checked before the value: inih passes an indented line as a new value of the key above, which
    // must not replace it.
    unsigned& seen = reading.seen[static_cast<std::size_t>(reading.room)];
    if ((seen & bit) != 0) return "duplicate key";
    seen |= bit;
    return set_key(reading, key, value, bit);
}

// Called by inih for each key; 0 marks the line as an error, and inih keeps the first.
int take_key_of_inih(void* user, const char* section, const char* key, const char* value) {
    auto& reading = *static_cast<Reading*>(user);
    if (reading.section.view() != section) {
        reading.section.clear();
        reading.section.append(section);
        reading.room = room_of(section, reading.service);
        reading.seen[static_cast<std::size_t>(Room::other_service)] = 0;
        reading.seen[static_cast<std::size_t>(Room::group)] = 0;
    }
    const char* reason = take_key(reading, key, value);
    if (reason == nullptr) return 1;
    if (reading.reason == nullptr) {
        reading.reason = reason;
        reading.key.append(key);
    }
    return 0;
}

// Rejects lines that inih would accept silently, or reject without a reason.
const char* why_not_a_line(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.size() > kMaxLine) return "longer than 198 bytes";
    if (line.find('\0') != std::string_view::npos) return "contains a NUL byte";
    std::string_view text = line;
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    if (text.empty() || text.front() == '#' || text.front() == ';') return nullptr;
    if (text.size() != line.size()) return "line is indented";
    if (text.front() != '[')
        return text.find('=') == std::string_view::npos ? "neither [section] nor key = value"
                                                        : nullptr;
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return "'[' without ']'";
    return close - 1 > kMaxSection ? "section name longer than 49 bytes" : nullptr;
}

Error line_error(std::string_view path, int number, std::string_view key, const char* reason) {
    Error error = make_error(Fault::malformed, path, reason);
    error.object.append(':').append_number(number);
    if (!key.empty()) append_printable(error.object.append(": "), key);
    return error;
}

std::optional<Error> check_lines(std::string_view path, std::string_view text) {
    for (int number = 1; !text.empty(); ++number)
        if (const char* reason = why_not_a_line(take_until(text, '\n')))
            return line_error(path, number, {}, reason);
    return std::nullopt;
}

}  // namespace

Settings parse_config(std::string_view text, std::string_view path, std::string_view service) {
    Settings settings;
    if (text.size() > kMaxConfigBytes) {
        settings.error = make_error(Fault::too_large, path, "too large");
        return settings;
    }
    settings.error = check_lines(path, text);
    Reading reading{settings, service};
    const int number = ini_parse_string(text.data(), take_key_of_inih, &reading);
    if (number != 0 && !settings.error)
        settings.error = line_error(path, number, reading.key.view(),
                                    reading.reason != nullptr ? reading.reason : "invalid line");
    return settings;
}

}  // namespace pam_revoke
