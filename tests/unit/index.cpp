// The index is a cache: the verdict is the same with it, without it and with a damaged one.
#include <random>

#include "index_scene.hpp"
#include "revoke/list/list.hpp"

using namespace pam_revoke;

Test(index, finds_each_entry_and_no_other) {
    const Scene at;
    at.write(users(2000, "uid:4242\ngroup:daemon services=sshd\nuser:renamed uid=4243\n"));
    const auto compiled = at.compile();
    cr_assert(compiled.ok() && compiled.value() == 2003);
    for (int i = 0; i < 2000; ++i) {
        const Decision decision = at.ask("leaver" + std::to_string(i));
        cr_assert(decision.verdict == Verdict::revoked && !decision.index_error);
        cr_assert(decision.line == static_cast<std::uint64_t>(i) + 2);
        cr_assert(std::string(decision.ref.view()) == "T" + std::to_string(i));
    }
    for (const char* name : {"leaver2000", "leaver", "leave", "user:leaver1", "nobody", ""})
        cr_expect(at.ask(name, true).verdict != Verdict::revoked);
    cr_expect(at.ask("daemon").verdict == Verdict::revoked);
    cr_expect(at.ask_uid(4242).verdict == Verdict::revoked);
    cr_expect(at.ask_uid(4243).verdict == Verdict::revoked && at.ask_uid(4243).by_uid);
    cr_expect(at.ask_uid(4244).verdict == Verdict::clear);
    cr_expect(!at.ask_uid(4244).index_error);
}

// Whichever are fewer are looked up: the groups that the list names, or those of the user.
Test(index, finds_a_group_among_few_and_among_many) {
    const Scene at;
    for (const int others : {0, 1, 62, 63, 64, 2000}) {
        std::string groups;
        for (int i = 0; i < others; ++i) groups += "group:no-such-" + std::to_string(i) + "\n";
        at.write(users(300, groups + "group:daemon\n"));
        EXPECT_ROW(at.compile().ok(), std::to_string(others));
        const Decision daemon = at.ask("daemon");
        EXPECT_ROW(daemon.verdict == Verdict::revoked && !daemon.index_error,
                   std::to_string(others));
        EXPECT_ROW(same(daemon, at.ask("daemon", false)), std::to_string(others));
        for (const char* name : {"root", "nobody", "leaver299"}) {
            EXPECT_ROW(!at.ask(name).index_error, name);
            EXPECT_ROW(same(at.ask(name), at.ask(name, false)), name);
        }
    }
}

// The header replaces dates and invalid lines.
Test(index, carries_dates_and_bad_lines) {
    const Scene at;
    at.write(users(100, "nonsense\nuser:\n"));
    cr_assert(at.compile().ok());
    const Decision bad = at.ask("nobody");
    cr_expect(!bad.index_error && bad.bad_lines == 2 && bad.bad_line &&
              bad.bad_line->object.view().ends_with(":102"));
    cr_expect(same(bad, at.ask("nobody", false)));
    at.write(users(100, "%expires 2026-11-21T02:00:00Z\n%expires 2036-11-21T02:00:00Z\n"));
    cr_assert(at.compile().ok());
    const Decision stale = at.ask("nobody");
    cr_expect(!stale.index_error && stale.verdict == Verdict::unavailable && stale.error &&
              stale.error->fault == Fault::stale);
    cr_expect(at.ask("leaver7").verdict == Verdict::revoked);
}

Test(index, is_compiled_for_valid_lists_alone) {
    const struct {
        const char* what;
        std::string text;
        bool made;
    } rows[] = {
        {"sound", users(100), true},
        {"without a header", users(100).substr(20), true},
        {"cut", users(100, "user:bo"), false},
        {"of another version", users(100, "# pam_revoke list 2\n"), false},
        {"no list at all", std::string(5000, '\n'), false},
        {"empty", "", false},
    };
    for (const auto& row : rows) {
        const Scene at;
        at.write(row.text);
        EXPECT_ROW(at.compile().ok() == row.made, row.what);
        EXPECT_ROW((access(at.index.c_str(), F_OK) == 0) == row.made, row.what);
        EXPECT_ROW(same(at.ask("nobody"), at.ask("nobody", false)), row.what);
        EXPECT_ROW(same(at.ask("leaver9"), at.ask("leaver9", false)), row.what);
    }
}

Test(index, is_not_compiled_for_a_short_list) {
    const Scene at;
    at.write(users(100));
    cr_assert(at.compile().ok() && access(at.index.c_str(), F_OK) == 0);
    at.write(users(3));
    const auto compiled = at.compile();
    cr_expect(compiled.ok() && compiled.value() == 3);
    cr_expect(access(at.index.c_str(), F_OK) != 0);
    cr_expect(at.ask("leaver1").verdict == Verdict::revoked && !at.ask("leaver1").index_error);
}

// Returns a list large enough for an index, whose index has one page.
static std::string one_page() { return users(40, "# " + std::string(kUnindexedBytes, 'x') + "\n"); }

// In each case the gate reads the text and reports one error.
Test(index, is_rejected_when_damaged_or_outdated) {
    constexpr off_t kPage = sizeof(IndexPage);
    const struct {
        const char* what;
        void (*spoil)(const Scene&);
        Fault fault;
    } rows[] = {
        {"missing", [](const Scene& at) { unlink(at.index.c_str()); }, Fault::io},
        {"empty", [](const Scene& at) { (void)!truncate(at.index.c_str(), 0); }, Fault::malformed},
        {"header alone", [](const Scene& at) { (void)!truncate(at.index.c_str(), kPage); },
         Fault::malformed},
        {"cut in a page", [](const Scene& at) { (void)!truncate(at.index.c_str(), kPage + 500); },
         Fault::malformed},
        {"checksum", [](const Scene& at) { at.overwrite(0, 1); }, Fault::malformed},
        {"the number of groups", [](const Scene& at) { at.overwrite(18 * 8, 1); },
         Fault::malformed},
        {"version", [](const Scene& at) { at.overwrite(8 + 17, 3); }, Fault::malformed},
        {"of another text", [](const Scene& at) { at.overwrite(8 + 24, 1); }, Fault::malformed},
        {"a slot", [](const Scene& at) { at.overwrite(kPage + 16, 1); }, Fault::malformed},
        {"the number of slots", [](const Scene& at) { at.overwrite(kPage + 8, 64); },
         Fault::malformed},
        {"after the slots", [](const Scene& at) { at.overwrite(kPage + kPage - 1, 1); },
         Fault::malformed},
        {"writable", [](const Scene& at) { chmod(at.index.c_str(), 0620); }, Fault::insecure},
        {"foreign", [](const Scene& at) { (void)!chown(at.index.c_str(), 65534, 65534); },
         Fault::insecure},
        {"a link",
         [](const Scene& at) {
             (void)!rename(at.index.c_str(), (at.path + "/x").c_str());
             (void)!symlink((at.path + "/x").c_str(), at.index.c_str());
         },
         Fault::insecure},
        {"a FIFO",
         [](const Scene& at) {
             unlink(at.index.c_str());
             mkfifo(at.index.c_str(), 0600);
         },
         Fault::insecure},
        {"the text is newer", [](const Scene& at) { at.write(users(100)); }, Fault::stale},
        {"the text is another of the same size", [](const Scene& at) { at.write(one_page()); },
         Fault::stale},
    };
    for (const auto& row : rows) {
        const Scene at;
        at.write(one_page());
        cr_assert(at.compile().ok());
        row.spoil(at);
        const Decision clear = at.ask("nobody");
        EXPECT_ROW(clear.verdict == Verdict::clear, row.what);
        EXPECT_ROW(clear.index_error && clear.index_error->fault == row.fault, row.what);
        EXPECT_ROW(at.ask("leaver39").verdict == Verdict::revoked, row.what);
        // The next compilation fixes it.
        if (row.fault == Fault::insecure) continue;
        EXPECT_ROW(at.compile().ok() && !at.ask("nobody").index_error, row.what);
    }
}

// If a line differs from its index entry, the user is not taken as unlisted.
Test(index, checks_the_text_at_the_entry) {
    const Scene at;
    at.write(users(100));
    const int list = open(at.list.c_str(), O_RDWR | O_CLOEXEC);
    const int index = open(at.index.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const auto made = write_index(list, at.list, identity_of(list, "").value(), index);
    cr_assert(made.ok());
    const std::string other = users(100);
    const std::size_t place = other.find("user:leaver50 ");
    cr_assert(pwrite(list, "user:persoX", 11, static_cast<off_t>(place)) == 11);
    // Write the identity of the new text, but keep the positions of the old one.
    IndexHeader header;
    cr_assert(pread(index, &header, sizeof header, 0) == sizeof header);
    header.source = identity_of(list, "").value();
    header.checksum = header_checksum(header);
    cr_assert(pwrite(index, &header, sizeof header, 0) == sizeof header);
    IndexPage page;
    for (std::uint64_t number = 0;
         pread(index, &page, sizeof page, static_cast<off_t>((number + 1) * sizeof page)) ==
         sizeof page;
         ++number) {
        page[0] = page_checksum(page, header, number);
        cr_assert(pwrite(index, &page, sizeof page,
                         static_cast<off_t>((number + 1) * sizeof page)) == sizeof page);
    }
    close(list);
    close(index);
    const Decision decision = at.ask("leaver50");
    cr_expect(decision.verdict == Verdict::clear && decision.index_error &&
              decision.index_error->fault == Fault::malformed);
    cr_expect(at.ask("leaver51").verdict == Verdict::revoked && !at.ask("leaver51").index_error);
}

// Blanks count for the length of a line: beyond the limit, neither reader accepts it.
Test(index, holds_a_line_long_with_blanks) {
    const Scene at;
    for (const std::size_t blanks : {4000UL, 4064UL, 4071UL, 4096UL, 9000UL}) {
        at.write(users(100, std::string(blanks, ' ') + "user:padded services=sshd,login\n"));
        cr_assert(at.compile().ok());
        for (const char* service : {"sshd", "login"}) {
            Policy policy;
            (void)set_policy(policy, PolicyKey::lists, at.lists);
            const Request indexed{"padded", std::nullopt, service, kNowSec, 0, at.indexes.c_str()};
            const Request read{"padded", std::nullopt, service, kNowSec, 0, nullptr};
            cr_expect(same(decide(policy, indexed), decide(policy, read)), "%zu blanks, %s", blanks,
                      service);
        }
    }
}

// One user has more lines than a page has slots; only the last is in force.
Test(index, holds_a_target_of_many_pages) {
    const Scene at;
    std::string text = users(50);
    for (int i = 0; i < 2000; ++i) text += "user:often until=2020-01-01T00:00:00Z\n";
    at.write(text);
    cr_assert(at.compile().ok());
    cr_expect(at.ask("often").verdict == Verdict::clear && !at.ask("often").index_error);
    at.write(text + "user:often\n");
    cr_assert(at.compile().ok());
    cr_expect(at.ask("often").verdict == Verdict::revoked && at.ask("often").line == 2052);
    for (int i = 0; i < 50; ++i)
        cr_expect(at.ask("leaver" + std::to_string(i)).verdict == Verdict::revoked);
    cr_expect(at.ask("nobody").verdict == Verdict::clear && !at.ask("nobody").index_error);
}

// Random lists of valid and invalid parts: index and text agree on every user.
Test(index, agrees_with_the_text) {
    std::mt19937 random(20261121);
    const auto pick = [&random](auto... words) {
        const std::string all[] = {words...};
        return all[random() % (sizeof(all) / sizeof(all[0]))];
    };
    for (int round = 0; round < 60; ++round) {
        const Scene at;
        std::string text =
            pick("# pam_revoke list 1\n", "# pam_revoke list 1\n", "# pam_revoke list 2\n", "");
        while (text.size() < 1500) {
            text += pick("user:", "user:", "uid:", "group:", "key:", "# ", "%expires ", "") +
                    pick("root", "daemon", "bin", "nobody", "1", "2", "65534", "x") +
                    pick("", " uid=1", " uid=2", " until=2020-01-01T00:00:00Z", " services=login",
                         " reason=\"a b\"", " reason=\"", " nonsense") +
                    pick("\n", "\n", "\r\n");
        }
        text += pick("", "", "", "user:cut");
        at.write(text);
        (void)at.compile();
        for (const char* name : {"daemon", "bin", "sys", "nobody", "x", "1", "unknown"})
            cr_expect(same(at.ask(name), at.ask(name, false)), "%s in:\n%s", name, text.c_str());
        for (const std::uint32_t uid : {1U, 2U, 3U, 65534U})
            cr_expect(same(at.ask_uid(uid), at.ask_uid(uid, false)), "%u in:\n%s", uid,
                      text.c_str());
    }
}
