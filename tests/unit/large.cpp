// Large lists without an index: the verdict does not depend on the position of the line.
#include <unistd.h>

#include <random>

#include "index_scene.hpp"
#include "revoke/base/text.hpp"
#include "revoke/list/match.hpp"
#include "revoke/store/list_edit.hpp"

using namespace pam_revoke;

namespace {

struct First {
    Match match = Match::no;
    std::uint64_t line = 0;
};

// Returns the first match, found by parsing every line.
First first_about(const std::string& text, const User& user) {
    First first;
    for_each_line(text, [&](std::string_view line, std::uint64_t number) {
        const Line parsed = parse_line(line);
        if (first.match != Match::no || parsed.kind != LineKind::entry) return;
        first.match = match(parsed.entry, user, {"sshd", "host", kNowSec});
        first.line = number;
    });
    return first;
}

}  // namespace

// daemon has UID 1 and bin UID 2 on every host. Their lines follow thousands of others, at any
// position in a block.
Test(large, verdicts_agree_with_a_scan_by_line) {
    const char* rare[] = {"user:daemon\n",
                          "uid:1\n",
                          "uid:\"1\"\n",
                          "user:other uid=0001 reason=\"x\"\n",
                          "user:x uid=\"2\"\n",
                          "group:daemon\n",
                          " user:bin\n",
                          "user:bin services=login\n",
                          "\tuid:002\n",
                          "nonsense\n",
                          "\n",
                          "# bin\n",
                          "user:bin\r\n",
                          "user:sys until=2020-01-01T00:00:00Z\n"};
    std::mt19937 random(20261122);
    for (int round = 0; round < 40; ++round) {
        std::string text = "# pam_revoke list 1\n";
        while (text.size() < 120'000) {
            std::string name = "user:leaver";
            for (int i = 0; i < 6; ++i) name += static_cast<char>('d' + random() % 23);
            text += name + " reason=\"" + std::string(random() % 60, 'x') + "\"\n";
            if (random() % 700 == 0) text += rare[random() % (sizeof rare / sizeof *rare)];
            if (random() % 900 == 0)
                text += "user:leaver reason=\"" + std::string(random() % 40'000, 'y') + "\"\n";
        }
        const Scene at;
        at.write(text);
        const User users[] = {{"daemon", "daemon", true, 1, "daemon", true},
                              {"bin", "bin", true, 2, "daemon", false},
                              {"sys", "sys", true, 3, "daemon", false},
                              {"unheard-of", {}, true, std::nullopt, "daemon", false}};
        for (const User& user : users) {
            const First expected = first_about(text, user);
            const Decision decision = at.ask(std::string(user.name));
            cr_expect((decision.verdict == Verdict::revoked) == (expected.match != Match::no),
                      "%s, round %d", user.name.data(), round);
            if (expected.match != Match::no)
                cr_expect(decision.line == expected.line, "%lu, not %lu", decision.line,
                          expected.line);
        }
    }
}

Test(large, every_kind_of_entry) {
    const Scene at;
    at.write(users(5000,
                   "nonsense\nuser:renamed uid=1 reason=\"x\"\nuser:last\nuid:4242\ngroup:nogroup "
                   "services=login\n"));
    cr_expect(at.ask("leaver4999").verdict == Verdict::revoked &&
              at.ask("leaver4999").line == 5001);
    cr_expect(at.ask("last").verdict == Verdict::revoked);
    cr_expect(at.ask("daemon").verdict == Verdict::revoked && at.ask("daemon").by_uid);
    cr_expect(at.ask("leaver").verdict == Verdict::clear &&
              at.ask("nobody").verdict == Verdict::clear);
    cr_expect(at.ask_uid(4242).verdict == Verdict::revoked);
    cr_expect(at.ask("nobody").index_error && at.ask("nobody").index_error->os_error == ENOENT);
}

// The text has the maximum size, or one byte more. It ends with a hole, which is not a line.
Test(large, the_largest_list) {
    const Scene at;
    at.write("# pam_revoke list 1\nuser:daemon\n");
    cr_assert(truncate(at.list.c_str(), static_cast<off_t>(kMaxListBytes)) == 0);
    cr_expect(at.ask("daemon").verdict == Verdict::revoked);
    const Decision truncated = at.ask("bin");
    cr_expect(truncated.verdict == Verdict::unavailable &&
              truncated.error->reason == std::string_view("truncated: no newline at the end"));
    cr_assert(truncate(at.list.c_str(), static_cast<off_t>(kMaxListBytes + 1)) == 0);
    const Decision larger = at.ask("daemon");
    cr_expect(larger.verdict == Verdict::unavailable && larger.error->fault == Fault::too_large);
}
