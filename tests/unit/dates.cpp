// The dates of a list, the clock and the policy: general rules and rules for groups.
#include "index_scene.hpp"
#include "revoke/base/time.hpp"
#include "revoke/conf/config.hpp"
#include "revoke/pam_revoke/break_glass.hpp"

using namespace pam_revoke;

namespace {

constexpr std::int64_t kDaySec = 86400;

struct Dated : Scene {
    Policy policy;
    std::int64_t issued_sec = parse_time("2026-11-21T02:00:00Z").value();

    explicit Dated(const std::string& dates) {
        (void)set_policy(policy, PolicyKey::lists, lists);
        write(users(100, dates));
        cr_assert(compile().ok());
    }
    // Asks with the index, and checks that the text gives the same verdict.
    [[nodiscard]] Decision at(std::int64_t now_sec, const char* user = "nobody") const {
        const Decision indexed =
            decide(policy, Request{user, std::nullopt, "sshd", now_sec, 0, indexes.c_str()});
        const Decision read =
            decide(policy, Request{user, std::nullopt, "sshd", now_sec, 0, nullptr});
        cr_expect(same(indexed, read) && !indexed.index_error, "at %lld",
                  static_cast<long long>(now_sec));
        return indexed;
    }
    [[nodiscard]] bool clear_at(std::int64_t now_sec, const char* user = "nobody") const {
        return at(now_sec, user).verdict == Verdict::clear;
    }
};

}  // namespace

// With a wrong clock (before the list's date, in 1970, ten years ahead) the list is unavailable.
// Listed users are revoked at any time.
Test(dates, depend_on_the_clock) {
    const Dated scene("%issued 2026-11-21T02:00:00Z\n%expires 2026-11-28T02:00:00Z\n");
    const std::int64_t issued = scene.issued_sec;
    const struct {
        const char* what;
        std::int64_t now_sec;
        bool clear;
    } rows[] = {
        {"1970", 0, false},
        {"an hour before", issued - 3600, false},
        {"slack", issued - 299, true},
        {"at its date", issued, true},
        {"a day before its end", issued + 6 * kDaySec, true},
        {"at its end", issued + 7 * kDaySec, false},
        {"ten years ahead", issued + 3650 * kDaySec, false},
    };
    for (const auto& row : rows) {
        const Decision decision = scene.at(row.now_sec);
        EXPECT_ROW((decision.verdict == Verdict::clear) == row.clear, row.what);
        EXPECT_ROW(row.clear || (decision.error && decision.error->fault == Fault::stale),
                   row.what);
        EXPECT_ROW(scene.at(row.now_sec, "leaver7").verdict == Verdict::revoked, row.what);
    }
}

Test(dates, max_age) {
    Dated scene("%issued 2026-11-21T02:00:00Z\n");
    cr_expect(scene.clear_at(scene.issued_sec + 3650 * kDaySec),
              "without max_age every age will do");
    cr_assert(set_policy(scene.policy, PolicyKey::max_age, "8d") == nullptr);
    cr_expect(scene.clear_at(scene.issued_sec + 8 * kDaySec - 1));
    cr_expect(!scene.clear_at(scene.issued_sec + 8 * kDaySec));
    cr_expect(scene.at(scene.issued_sec + 9 * kDaySec, "leaver7").verdict == Verdict::revoked);
    Dated undated("");
    cr_assert(set_policy(undated.policy, PolicyKey::max_age, "8d") == nullptr);
    cr_expect(undated.clear_at(kNowSec), "a list that does not say when it was issued has no age");
    cr_expect(set_policy(undated.policy, PolicyKey::max_age, "8") != nullptr);
}

// Members of daemon and of bin; sys has no rule.
Test(dates, rules_for_groups) {
    Dated scene("%issued 2026-11-21T02:00:00Z\n");
    const std::string text =
        "[gate]\nmax_age = 8d\n[group daemon]\nmax_age = 30d\nunavailable = allow\n[group "
        "bin]\nmax_age = 1d\n";
    const Settings settings = parse_config(text, "conf", "sshd");
    cr_assert(!settings.error && settings.policy.group_rule_count == 2);
    scene.policy = settings.policy;
    (void)set_policy(scene.policy, PolicyKey::lists, scene.lists);
    const struct {
        const char* user;
        std::int64_t days;
        bool clear;
        Unavailable unavailable;
    } rows[] = {
        {"daemon", 29, true, Unavailable::allow}, {"daemon", 31, false, Unavailable::allow},
        {"bin", 0, true, Unavailable::deny},      {"bin", 2, false, Unavailable::deny},
        {"sys", 7, true, Unavailable::deny},      {"sys", 9, false, Unavailable::deny},
    };
    for (const auto& row : rows) {
        const Decision decision = scene.at(scene.issued_sec + row.days * kDaySec + 10, row.user);
        cr_expect((decision.verdict == Verdict::clear) == row.clear, "%s after %lld days", row.user,
                  static_cast<long long>(row.days));
        cr_expect(row.clear || decision.unavailable == row.unavailable, "%s", row.user);
    }
    for (const char* wrong :
         {"[group a]\nmax_age = 1d\n[group b]\nmax_age = 1d\n[group a]\nmax_age = 2d\n",
          "[group  a]\nmax_age = 1d\n", "[group a,b]\nmax_age = 1d\n",
          "[group a]\nbreak_glass = 1h\n", "[service sshd]\nbreak_glass = 1h\n",
          "[gate]\nexempt_users = root,carol   # emergency\n", "[gate]\nmax_age = 8d # a week\n",
          "[group a]\nlists = /x\n", "[group]\nmax_age = 1d\n",
          "[group a]\nmax_age = 1d\nmax_age = 2d\n"})
        cr_expect(parse_config(wrong, "conf", "sshd").error.has_value(), "%s", wrong);
    std::string many;
    for (int i = 0; i < 9; ++i) many += "[group g" + std::to_string(i) + "]\nunavailable = allow\n";
    cr_expect(parse_config(many, "conf", "sshd").error.has_value());
}

// daemon is a member of one group. Two rules for it, which no configuration can have, stand for two
// groups.
Test(dates, the_strictest_of_several_groups) {
    Dated scene("%issued 2026-11-21T02:00:00Z\n");
    scene.policy.group_rule_count = 2;
    for (std::size_t i = 0; i < 2; ++i) scene.policy.group_rules[i].group.append("daemon");
    scene.policy.group_rules[0].max_age_sec = 0;
    scene.policy.group_rules[1].max_age_sec = kDaySec;
    scene.policy.group_rules[0].unavailable = Unavailable::allow;
    scene.policy.group_rules[1].unavailable = Unavailable::deny;
    for (int order = 0; order < 2; ++order) {
        const Decision decision = scene.at(scene.issued_sec + 2 * kDaySec, "daemon");
        cr_expect(decision.verdict == Verdict::unavailable &&
                  decision.unavailable == Unavailable::deny);
        std::swap(scene.policy.group_rules[0], scene.policy.group_rules[1]);
    }
}

// The index records the dates of all lines; each of them counts, as in the text.
Test(dates, several_lines) {
    for (const char* dates : {"%issued 2026-11-20T00:00:00Z\n%issued 2099-01-01T00:00:00Z\n",
                              "%issued 2099-01-01T00:00:00Z\n%issued 2026-11-20T00:00:00Z\n",
                              "%expires 2099-01-01T00:00:00Z\n%expires 2026-11-20T00:00:00Z\n"}) {
        const Dated scene(dates);
        cr_expect(!scene.clear_at(scene.issued_sec), "%s", dates);
    }
}

// If an invalid date were ignored, an outdated list would never expire.
Test(dates, an_invalid_date_makes_a_list_unavailable) {
    for (const char* date : {"%issued yesterday\n", "%expires 2026-13-01T00:00:00Z\n", "%issued\n",
                             "%issued 2026-11-21T02:00:00Z 3\n"}) {
        Scene scene;
        Policy policy;
        (void)set_policy(policy, PolicyKey::lists, scene.lists);
        scene.write(std::string("# pam_revoke list 1\n") + date + "user:alice\n");
        const auto at = [&](const char* user) {
            return decide(policy, Request{user, std::nullopt, "sshd", kNowSec, 0, nullptr}).verdict;
        };
        cr_expect(at("bob") == Verdict::unavailable && at("alice") == Verdict::revoked, "%s", date);
    }
}

// If the groups are unknown, the strictest of all rules decides, including the general one.
Test(dates, rules_for_an_unknown_account) {
    const Dated scene("%expires 2020-01-01T00:00:00Z\n");
    Policy policy = scene.policy;
    policy.group_rule_count = 1;
    policy.group_rules[0].group.append("daemon");
    policy.group_rules[0].unavailable = Unavailable::allow;
    const Decision stranger =
        decide(policy, Request{"nobody-at-all", std::nullopt, "sshd", kNowSec, 0, nullptr});
    cr_expect(stranger.verdict == Verdict::unavailable &&
              stranger.unavailable == Unavailable::deny &&
              stranger.target.view() == "user:nobody-at-all");
}

Test(dates, the_shipped_configuration_shows_the_defaults) {
    std::ifstream file("conf/pam_revoke.conf");
    cr_assert(file.good());
    std::string text;
    std::size_t keys = 0;
    for (std::string line; std::getline(file, line);) {
        const bool is_key = line.starts_with("#") && line.size() > 1 && line[1] != ' ';
        keys += is_key && line[1] != '[' ? 1U : 0U;
        text += (is_key ? line.substr(1) : line) + "\n";
    }
    const Settings settings = parse_config(text, "conf", "sshd");
    cr_assert(!settings.error, "%s: %s", settings.error->object.c_str(), settings.error->reason);
    const Policy defaults;
    const Policy& shown = settings.policy;
    cr_expect(keys >= 12 && shown.lists.view() == defaults.lists.view() &&
              shown.message.view() == defaults.message.view());
    cr_expect(shown.exempt_users.view() == defaults.exempt_users.view() &&
              shown.exempt_groups.view() == defaults.exempt_groups.view());
    cr_expect(shown.unavailable == defaults.unavailable && shown.max_age_sec == 0 &&
              shown.break_glass_sec == 0 && !shown.show_reason);
    cr_expect(settings.grace_sec == Settings().grace_sec &&
              settings.limit_sec == Settings().limit_sec);
}

// The examples of the README are valid.
Test(dates, the_readme_has_a_valid_configuration) {
    std::ifstream file("README.md");
    std::size_t found = 0;
    for (std::string line; std::getline(file, line);) {
        if (line != "    [gate]") continue;
        std::string text;
        for (; line.starts_with("    "); std::getline(file, line)) text += line.substr(4) + "\n";
        const Settings settings = parse_config(text, "conf", "sshd");
        cr_expect(!settings.error, "%s: %s", settings.error->object.c_str(),
                  settings.error->reason);
        ++found;
    }
    cr_expect(found >= 1);
}

Test(dates, break_glass) {
    const Scene scene;
    const std::string file = scene.path + "/" + kBreakGlassFile;
    const auto put = [&file](const std::string& text, mode_t mode = 0600) {
        std::ofstream(file) << text;
        chmod(file.c_str(), mode);
    };
    const auto left = [&scene](std::int64_t most_sec = 7200) {
        return break_glass_left_sec(scene.path, 0, most_sec);
    };
    cr_expect(left() == 0, "without a file");
    const std::string good(print_break_glass(3600).view());
    put(good);
    cr_expect(left() > 3500 && left() <= 3600);
    cr_expect(left(0) == 0, "not announced");
    cr_expect(left(3599) == 0, "longer than was announced, and not for its last hour either");
    put(good, 0622);
    cr_expect(left() == 0, "writable by others");
    const std::string head =
        good.substr(0, good.rfind(' ', good.rfind(' ') - 1));  // without the last two fields
    put(head + " 1 1\n");
    cr_expect(left() == 0, "over");
    put(head + " 1 9223372036854775807\n");
    cr_expect(left() == 0, "for ever");
    std::string other_boot = good;
    other_boot[30] = other_boot[30] == '0' ? '1' : '0';
    put(other_boot);
    cr_expect(left() == 0, "of another boot");
    for (const std::string& wrong :
         {std::string(), good.substr(0, good.size() - 1), good + good, "x" + good,
          std::string("pam_revoke break-glass 1 x\n"), head + " -1 3600\n", head + " 1 -1\n",
          head + " 9223372036854775807 3600\n", head + " -9223372036854775808 3600\n",
          head + " 1 3600 \n"}) {
        put(wrong);
        cr_expect(left() == 0, "%s", wrong.c_str());
    }
}
