// When a list is to be relied on: its dates, the clock, and what the policy says of them, for all and for members of groups.
#include "index_scene.hpp"
#include "revoke/break_glass.hpp"
#include "revoke/config.hpp"
#include "revoke/time.hpp"

using namespace pam_revoke;

namespace {

constexpr std::int64_t kDaySec = 86400;

struct Dated : Scene {
    Policy policy;
    std::int64_t issued_sec = parse_time("2026-11-21T02:00:00Z").value();

    explicit Dated(const std::string& dates) {
        (void)set_policy(policy, PolicyKey::lists, lists);
        write(people(100, dates));
        cr_assert(compile().ok());
    }
    // By the index, after making sure that the text says the same.
    [[nodiscard]] Answer at(std::int64_t now_sec, const char* user = "nobody") const {
        const Answer indexed = check(policy, Question{user, std::nullopt, "sshd", now_sec, 0, indexes.c_str()});
        const Answer read = check(policy, Question{user, std::nullopt, "sshd", now_sec, 0, nullptr});
        cr_expect(same(indexed, read) && !indexed.index_error, "at %lld", static_cast<long long>(now_sec));
        return indexed;
    }
    [[nodiscard]] bool clear_at(std::int64_t now_sec, const char* user = "nobody") const {
        return at(now_sec, user).verdict == Verdict::clear;
    }
};

}  // namespace

// Before the list's date, in 1970, ten years ahead: not to be relied on. Whoever is listed is revoked whatever the clock says.
Test(dates, the_clock) {
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
        const Answer answer = scene.at(row.now_sec);
        EXPECT_ROW((answer.verdict == Verdict::clear) == row.clear, row.what);
        EXPECT_ROW(row.clear || (answer.error && answer.error->fault == Fault::stale), row.what);
        EXPECT_ROW(scene.at(row.now_sec, "person7").verdict == Verdict::revoked, row.what);
    }
}

Test(dates, max_age) {
    Dated scene("%issued 2026-11-21T02:00:00Z\n");
    cr_expect(scene.clear_at(scene.issued_sec + 3650 * kDaySec), "without max_age every age will do");
    cr_assert(set_policy(scene.policy, PolicyKey::max_age, "8d") == nullptr);
    cr_expect(scene.clear_at(scene.issued_sec + 8 * kDaySec - 1));
    cr_expect(!scene.clear_at(scene.issued_sec + 8 * kDaySec));
    cr_expect(scene.at(scene.issued_sec + 9 * kDaySec, "person7").verdict == Verdict::revoked);
    Dated undated("");
    cr_assert(set_policy(undated.policy, PolicyKey::max_age, "8d") == nullptr);
    cr_expect(undated.clear_at(kNowSec), "a list that does not say when it was issued has no age");
    cr_expect(set_policy(undated.policy, PolicyKey::max_age, "8") != nullptr);
}

// Members of daemon and of bin; sys has no rule.
Test(dates, rules_for_groups) {
    Dated scene("%issued 2026-11-21T02:00:00Z\n");
    const std::string text = "[gate]\nmax_age = 8d\n[group daemon]\nmax_age = 30d\nunavailable = allow\n[group bin]\nmax_age = 1d\n";
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
        {"daemon", 29, true, Unavailable::allow}, {"daemon", 31, false, Unavailable::allow}, {"bin", 0, true, Unavailable::deny},
        {"bin", 2, false, Unavailable::deny},     {"sys", 7, true, Unavailable::deny},       {"sys", 9, false, Unavailable::deny},
    };
    for (const auto& row : rows) {
        const Answer answer = scene.at(scene.issued_sec + row.days * kDaySec + 10, row.user);
        cr_expect((answer.verdict == Verdict::clear) == row.clear, "%s after %lld days", row.user, static_cast<long long>(row.days));
        cr_expect(answer.unavailable == row.unavailable, "%s", row.user);
    }
    for (const char* wrong : {"[group a]\nlists = /x\n", "[group]\nmax_age = 1d\n", "[group a]\nmax_age = 1d\nmax_age = 2d\n"})
        cr_expect(parse_config(wrong, "conf", "sshd").error.has_value(), "%s", wrong);
    std::string many;
    for (int i = 0; i < 9; ++i) many += "[group g" + std::to_string(i) + "]\nunavailable = allow\n";
    cr_expect(parse_config(many, "conf", "sshd").error.has_value());
}

// Of several groups the strictest.
Test(dates, the_strictest_of_several_groups) {
    Dated scene("%issued 2026-11-21T02:00:00Z\n");
    scene.policy.group_rule_count = 2;
    for (std::size_t i = 0; i < 2; ++i) scene.policy.group_rules[i].group.append("daemon");
    scene.policy.group_rules[0].max_age_sec = 0;
    scene.policy.group_rules[1].max_age_sec = kDaySec;
    scene.policy.group_rules[0].unavailable = Unavailable::allow;
    scene.policy.group_rules[1].unavailable = Unavailable::deny;
    for (int order = 0; order < 2; ++order) {
        const Answer answer = scene.at(scene.issued_sec + 2 * kDaySec, "daemon");
        cr_expect(answer.verdict == Verdict::unavailable && answer.unavailable == Unavailable::deny);
        std::swap(scene.policy.group_rules[0], scene.policy.group_rules[1]);
    }
}

Test(dates, break_glass) {
    const Scene scene;
    const std::string file = scene.path + "/" + kBreakGlassName;
    const auto put = [&file](const std::string& text, mode_t mode = 0600) {
        std::ofstream(file) << text;
        chmod(file.c_str(), mode);
    };
    const auto left = [&scene](std::int64_t most_sec = 7200) { return broken_for_sec(scene.path, 0, most_sec); };
    cr_expect(left() == 0, "without a file");
    const std::string good(print_break_glass(since_boot_sec() + 3600).view());
    put(good);
    cr_expect(left() > 3500 && left() <= 3600);
    cr_expect(left(0) == 0, "not announced");
    cr_expect(left(1800) == 0, "longer than was announced");
    put(good, 0622);
    cr_expect(left() == 0, "somebody else could have written it");
    put(std::string(print_break_glass(since_boot_sec() - 1).view()));
    cr_expect(left() == 0, "over");
    for (const std::string& wrong :
         {std::string(), good.substr(0, good.size() - 1), good + good, "x" + good, std::string("pam_revoke break-glass 1 x\n")}) {
        put(wrong);
        cr_expect(left() == 0, "%s", wrong.c_str());
    }
}
