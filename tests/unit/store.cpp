// An index updated after small changes equals one made from the new text.
#include <random>

#include "index_scene.hpp"
#include "revoke/store/list_edit.hpp"

using namespace pam_revoke;

namespace {

struct Editing : Scene {
    // Changes the list as revoke-user does, without the history.
    void change(const std::function<Result<Edits>(std::string_view)>& how) const {
        const auto directory = Directory::open(lists, 0);
        auto was = required(directory.value().read_snapshot("a.list", kMaxListBytes), "a.list");
        cr_assert(was.ok());
        auto edits = how(was.value().text);
        cr_assert(edits.ok());
        cr_assert(directory.value()
                      .replace("a.list", edited(was.value().text, edits.value()), 0600)
                      .ok());
    }
    void add(const std::string& name, const std::string& reason,
             std::optional<std::uint32_t> uid = std::nullopt) const {
        Entry entry;
        entry.target = {TargetKind::user, name, 0};
        entry.reason = reason;
        entry.uid = uid;
        change([&](std::string_view text) {
            return edits_to_add(text, entries_for(text, entry.target), entry, "a.list");
        });
    }
    void remove(const std::string& name) const {
        Entry like;
        like.target = Target{TargetKind::user, name, 0};
        change([&](std::string_view text) { return edits_to_remove(text, like, "a.list"); });
    }
    void agrees(const std::string& name) const {
        const Decision indexed = ask(name);
        const Decision scanned = ask(name, false);
        cr_expect(!indexed.index_error, "%s: %s", name.c_str(),
                  indexed.index_error ? indexed.index_error->reason : "");
        cr_expect(same(indexed, scanned) && indexed.line == scanned.line, "%s: line %lu, not %lu",
                  name.c_str(), indexed.line, scanned.line);
    }
};

}  // namespace

Test(store, the_index_follows_every_change) {
    const Editing at;
    at.write(users(300, "# a comment\n\nnobody understands this\n") + "user:last uid=7777\n");
    cr_assert(at.compile().ok());
    std::mt19937 random(4711);
    for (int round = 0; round < 60; ++round) {
        const std::string name = "leaver" + std::to_string(random() % 330);
        const bool adds = random() % 2 == 0;
        const auto number =
            random() % 3 == 0 ? std::optional<std::uint32_t>(5000 + random() % 50) : std::nullopt;
        if (adds)
            at.add(name, std::string(random() % 200, 'x'), number);
        else
            at.remove(name);
        const auto updated = at.compile();
        cr_assert(updated.ok());
        cr_expect(updated.value() ==
                  check_list(*read_file(at.list, kMaxListBytes, 0).value(), kNowSec).entries);
        for (int i = 0; i < 340; i += 1 + static_cast<int>(random() % 9))
            at.agrees("leaver" + std::to_string(i));
        at.agrees("last");
        for (std::uint32_t uid = 5000; uid < 5050; uid += 7)
            cr_expect(same(at.ask_uid(uid), at.ask_uid(uid, false)));
        cr_expect(at.ask("nobody").bad_lines == 1 &&
                  at.ask("nobody").bad_line->object.view() ==
                      at.ask("nobody", false).bad_line->object.view());
    }
}

Test(store, a_file_is_known_by_its_identity) {
    const Editing at;
    at.write(users(300));
    const auto directory = Directory::open(at.lists, 0);
    const auto fresh = required(directory.value().read_snapshot("a.list", kMaxListBytes), "a.list");
    cr_assert(fresh.ok());
    cr_assert(at.compile().ok());
    const auto later = required(directory.value().read_snapshot("a.list", kMaxListBytes), "a.list");
    cr_expect(later.ok() && later.value().identity == fresh.value().identity);
    cr_expect(directory.value().has("a.list", later.value().identity) &&
              !directory.value().has("a.list", FileIdentity()));
    cr_expect(directory.value().has("missing", FileIdentity()) &&
              !directory.value().has("missing", later.value().identity));
}

Test(store, replace_and_append) {
    const TestDirectory place;
    const auto directory = Directory::open(place.path, 0);
    cr_assert(directory.ok());
    cr_expect(directory.value().replace("f", "one\n", 0600).ok());
    cr_expect(directory.value().replace("f", "two\n", 0644).ok());
    cr_expect(directory.value().read("f", 100).value() == "two\n");
    cr_expect(directory.value().read("absent", 100).value().empty());
    cr_expect(!directory.value().read("f", 2).ok());
    cr_expect(directory.value().append("h", "a", 0600).ok() &&
              directory.value().append("h", "b", 0600).ok());
    cr_expect(directory.value().read("h", 100).value() == "a\nb\n");
    (void)!symlink("/etc/passwd", (place.path + "/link").c_str());
    cr_expect(!directory.value().append("link", "x", 0600).ok() &&
              !directory.value().read("link", 1 << 20).ok());
    struct stat status {};
    cr_expect(stat((place.path + "/f").c_str(), &status) == 0 && (status.st_mode & 07777) == 0644);
    cr_expect(access((place.path + "/.f.new").c_str(), F_OK) != 0);
}

Test(store, waits_for_a_lock_until_the_deadline) {
    const TestDirectory place;
    const auto directory = Directory::open(place.path, 0);
    cr_assert(directory.ok());
    {
        const auto first = directory.value().lock(0);
        cr_assert(first.ok());
        const auto second = directory.value().lock(50);
        cr_expect(!second.ok() && second.error().fault == Fault::busy);
    }
    cr_expect(directory.value().lock(0).ok());
}
