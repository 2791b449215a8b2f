#include "revoke/list/match.hpp"

#include "revoke/conf/policy.hpp"
#include "unit.hpp"

using namespace pam_revoke;

static Entry entry_of(std::string_view text) {
    const Line line = parse_line(text);
    cr_assert(line.kind == LineKind::entry, "%s", std::string(text).c_str());
    return line.entry;
}

Test(match, truth_table) {
    constexpr std::int64_t kNow = 1795226400;  // 2026-11-21T02:00:00Z
    const User alice{"alice", "alice", true, 1042, "staff", true};
    const User unknown{"alice", {}, true, std::nullopt, "staff"};
    const User renamed{"alicia", "alicia", true, 1042};
    const User folded{"ALICE", "alice", true, 1042};
    const LoginContext sshd{"sshd", "db1", kNow};
    const LoginContext su_l{"su-l", "db1", kNow};
    const LoginContext sudo_i{"sudo-i", "db1", kNow};
    const LoginContext login{"login", "web1.example.org", kNow};
    const struct {
        const char* text;
        const User* user;
        const LoginContext* context;
        Match match;
    } rows[] = {
        {"user:alice", &alice, &sshd, Match::yes},
        {"user:alice", &unknown, &sshd, Match::yes},  // P32: deleted first, denied anyway
        {"user:Alice", &alice, &sshd, Match::no},     // P16: byte for byte
        {"user:alic", &alice, &sshd, Match::no},      // T15: never by prefix
        {"user:alicea", &alice, &sshd, Match::no},
        {"user:1042", &alice, &sshd, Match::no},  // P16: the name 1042 is not the UID
        {"uid:1042", &alice, &sshd, Match::by_uid},
        {"uid:1043", &alice, &sshd, Match::no},
        {"uid:1042", &unknown, &sshd, Match::no},
        {"user:alice uid=1042", &renamed, &sshd, Match::by_uid},
        {"user:alice uid=7", &alice, &sshd, Match::yes},
        {"group:staff", &alice, &sshd, Match::yes},
        {"user:alice", &folded, &sshd, Match::yes},
        {"user:ALICE", &folded, &sshd, Match::yes},
        {"user:Alice", &folded, &sshd, Match::no},
        {"user:alice uid=7", &folded, &sshd, Match::yes},
        {"user:alice services=cron", &folded, &sshd, Match::no},
        {"group:contractors", &alice, &sshd, Match::needs_group},
        {"group:staf", &alice, &sshd, Match::needs_group},
        {"group:staff", &unknown, &sshd, Match::no},
        {"user:alice services=sshd,cron", &alice, &sshd, Match::yes},
        {"user:alice services=cron", &alice, &sshd, Match::no},
        {"user:alice services=sshd2", &alice, &sshd, Match::no},
        {"user:alice services=su", &alice, &su_l, Match::yes},
        {"user:alice services=su-l", &alice, &su_l, Match::yes},
        {"user:alice services=login,sudo", &alice, &sudo_i, Match::yes},
        {"user:alice services=sudo", &alice, &su_l, Match::no},
        {"user:alice hosts=db*", &alice, &sshd, Match::yes},
        {"user:alice hosts=db*.example.org", &alice, &sshd,
         Match::yes},  // a bare host name: the first label counts
        {"user:alice hosts=db*.example.org", &alice, &login, Match::no},
        {"user:alice hosts=web?.example.*", &alice, &login, Match::yes},
        {"user:alice hosts=web", &alice, &login, Match::no},
        {"user:alice from=2026-11-21T02:00:00Z", &alice, &sshd, Match::yes},
        {"user:alice from=2026-11-21T02:00:01Z", &alice, &sshd, Match::no},
        {"user:alice until=2026-11-21T02:00:00Z", &alice, &sshd, Match::no},
        {"user:alice until=2026-11-21T02:00:01Z", &alice, &sshd, Match::yes},
        {"key:SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &alice, &sshd,
         Match::needs_keys},
    };
    for (const auto& row : rows)
        EXPECT_ROW(match(entry_of(row.text), *row.user, *row.context) == row.match, row.text);
}

// not-before=: a login after that time is let in, unless a certificate is older.
Test(match, not_before) {
    constexpr std::int64_t kT = 1795226400;  // 2026-11-21T02:00:00Z
    constexpr std::string_view kKey = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const auto certificate = [&](std::uint64_t valid_after_sec) {
        return std::vector<ShownKey>{{kKey, kKey, 1, "id", valid_after_sec}};
    };
    const std::vector<ShownKey> plain = {{kKey, {}, 0, {}}};
    std::vector<ShownKey> both = certificate(kT);
    both.push_back(certificate(kT - 1).front());
    const char* const user = "user:dave not-before=2026-11-21T02:00:00Z";
    const struct {
        const char* name;
        const char* entry;
        std::int64_t now_sec;
        std::vector<ShownKey> keys;
        Match match;
    } rows[] = {
        {"a login before", user, kT - 1, plain, Match::yes},
        {"a login at the time", user, kT, plain, Match::no},
        {"a login after", user, kT + 1, plain, Match::no},
        {"a login with a password", user, kT + 1, {}, Match::no},
        {"a certificate from before", user, kT + 1, certificate(kT - 1), Match::yes},
        {"a certificate from that time", user, kT + 1, certificate(kT), Match::no},
        {"a certificate from after", user, kT + 9, certificate(kT + 1), Match::no},
        {"a certificate without a start", user, kT + 1, certificate(0), Match::yes},
        {"one of two certificates", user, kT + 1, both, Match::yes},
        {"the clock was set back", user, kT - 3600, certificate(kT), Match::yes},
        {"the time is far ahead", user, kT - 86400, plain, Match::yes},
        {"another service", "user:dave services=cron not-before=2026-11-21T02:00:00Z", kT - 1,
         plain, Match::no},
        {"another host", "user:dave hosts=db* not-before=2026-11-21T02:00:00Z", kT - 1, plain,
         Match::no},
        {"another user", "user:carol not-before=2026-11-21T02:00:00Z", kT - 1, plain, Match::no},
        {"not in force", "user:dave until=2026-11-21T01:00:00Z not-before=2026-11-21T02:00:00Z",
         kT - 1, plain, Match::no},
        {"by UID, before", "uid:7 not-before=2026-11-21T02:00:00Z", kT - 1, plain, Match::by_uid},
        {"by UID, after", "uid:7 not-before=2026-11-21T02:00:00Z", kT, plain, Match::no},
        {"by group, before", "group:g not-before=2026-11-21T02:00:00Z", kT - 1, plain, Match::yes},
        {"by group, an old certificate", "group:g not-before=2026-11-21T02:00:00Z", kT,
         certificate(1), Match::yes},
    };
    for (const auto& row : rows) {
        const User dave{"dave", "dave", true, 7, "g", true, true, row.keys};
        EXPECT_ROW(match(entry_of(row.entry), dave, {"sshd", "web1", row.now_sec}) == row.match,
                   row.name);
    }
    const User unread{"dave", "dave", true, 7};
    cr_expect(match(entry_of(user), unread, {"sshd", "web1", kT - 1}) == Match::yes);
    cr_expect(match(entry_of(user), unread, {"sshd", "web1", kT}) == Match::needs_keys);
}

Test(match, asks_for_account_and_group_when_needed) {
    const User stranger{"bob"};
    const LoginContext context{"sshd", "h", 0};
    cr_expect(match(entry_of("user:bob"), stranger, context) == Match::yes);
    cr_expect(match(entry_of("user:alice"), stranger, context) == Match::needs_account);
    cr_expect(match(entry_of("user:alice services=cron"), stranger, context) == Match::no);
    cr_expect(match(entry_of("user:bob uid=7"), stranger, context) == Match::yes);
    cr_expect(match(entry_of("user:alice uid=7"), stranger, context) == Match::needs_account);
    cr_expect(match(entry_of("uid:7"), stranger, context) == Match::needs_account);
    cr_expect(match(entry_of("group:g"), stranger, context) == Match::needs_group);
    cr_expect(match(entry_of("group:g services=cron"), stranger, context) == Match::no);
}

Test(policy, values) {
    Policy policy;
    cr_expect(set_policy(policy, PolicyKey::unavailable, "allow") == nullptr &&
              policy.unavailable == Unavailable::allow);
    for (const std::string_view value : {"", "yes", "Deny", "deny ", "0"})
        EXPECT_ROW(set_policy(policy, PolicyKey::unavailable, value) != nullptr, value);
    cr_expect(set_policy(policy, PolicyKey::lists, "relative/path") != nullptr);
    cr_expect(set_policy(policy, PolicyKey::exempt_users, std::string(191, 'a')) != nullptr);
    cr_expect(policy.exempt_users.view() == "root");
    cr_expect(set_policy(policy, PolicyKey::message, "a\nb") != nullptr);
    cr_expect(policy_key("exempt_user") == PolicyKey::none);
}

Test(policy, message_is_one_line_for_any_reference) {
    cr_expect(fill_message("ref {ref} for {user}.", "T1", "alice", "").view() ==
              "ref T1 for alice.");
    cr_expect(fill_message("{ref}", "", "a", "").view() == "none");
    cr_expect(fill_message("{ref}", "a\nb\x1b[2J", "a", "").view() == "a\\x0ab\\x1b[2J");
    cr_expect(fill_message("{ref} {nothing} {", "1", "a", "").view() == "1 {nothing} {");
    cr_expect(fill_message("No: {reason}.", "1", "a", "left\n").view() == "No: left\\x0a.");
    cr_expect(fill_message("No: {reason}.", "1", "a", "").view() == "No: .");
    cr_expect(fill_message("No.", "1", "a", "left").view() == "No. Reason: left");
}
