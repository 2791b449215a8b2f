// An index that follows small changes is the one that would have been made of the new text.
#include <random>

#include "index_scene.hpp"
#include "revoke/store/list_edit.hpp"

using namespace pam_revoke;

namespace {

struct Editing : Scene {
    // Changes the list as revoke-user does, without the history.
    ListChange change(const std::function<Result<Edits>(std::string_view)>& how) const {
        const auto folder = Folder::open(lists, 0);
        auto was = required(folder.value().read_snapshot("a.list", kMaxListBytes), "a.list");
        cr_assert(was.ok());
        auto edits = how(was.value().text);
        cr_assert(edits.ok());
        cr_assert(folder.value().replace("a.list", edited(was.value().text, edits.value()), 0600).ok());
        return {was.value().settled ? was.value().identity : FileIdentity(), std::move(was.value().text), std::move(edits.value())};
    }
    ListChange add(const std::string& name, const std::string& reason, std::optional<std::uint32_t> uid = std::nullopt) const {
        Entry entry;
        entry.target = {TargetKind::user, name, 0};
        entry.reason = reason;
        entry.uid = uid;
        return change([&](std::string_view text) { return edits_to_add(text, entries_for(text, entry.target), entry, "a.list"); });
    }
    ListChange remove(const std::string& name) const {
        Entry like;
        like.target = Target{TargetKind::user, name, 0};
        return change([&](std::string_view text) { return edits_to_remove(text, like, "a.list"); });
    }
    Result<std::uint64_t> update(const ListChange& changed) const {
        return required(update_index(list, Folder::open(indexes, 0).value(), 0, changed), list);
    }
    [[nodiscard]] std::uint64_t seed() const {
        IndexHeader header;
        const Fd fd(open(index.c_str(), O_RDONLY | O_CLOEXEC));
        return pread(fd.get(), &header, sizeof header, 0) == sizeof header ? header.seed : 0;
    }
    void agrees(const std::string& name) const {
        const Answer indexed = ask(name);
        const Answer scanned = ask(name, false);
        cr_expect(!indexed.index_error, "%s: %s", name.c_str(), indexed.index_error ? indexed.index_error->reason : "");
        cr_expect(same(indexed, scanned) && indexed.line == scanned.line, "%s: line %lu, not %lu", name.c_str(), indexed.line,
                  scanned.line);
    }
};

}  // namespace

Test(index_update, follows_every_small_change) {
    const Editing at;
    at.write(people(300, "# a comment\n\nnobody understands this\n") + "user:last uid=7777\n");
    cr_assert(at.compile().ok());
    const std::uint64_t seed = at.seed();
    std::mt19937 random(4711);
    for (int round = 0; round < 60; ++round) {
        const std::string name = "person" + std::to_string(random() % 330);
        const bool adds = random() % 2 == 0;
        const auto number = random() % 3 == 0 ? std::optional<std::uint32_t>(5000 + random() % 50) : std::nullopt;
        const auto updated = at.update(adds ? at.add(name, std::string(random() % 200, 'x'), number) : at.remove(name));
        cr_assert(updated.ok());
        cr_assert(at.seed() == seed, "round %d: was compiled, not updated", round);
        cr_expect(updated.value() == check_list(*read_file(at.list, kMaxListBytes, 0).value(), kNowSec).entries);
        for (int i = 0; i < 340; i += 1 + static_cast<int>(random() % 9)) at.agrees("person" + std::to_string(i));
        at.agrees("last");
        for (std::uint32_t uid = 5000; uid < 5050; uid += 7) cr_expect(same(at.ask_uid(uid), at.ask_uid(uid, false)));
        cr_expect(at.ask("nobody").bad_lines == 1 &&
                  at.ask("nobody").bad_line->object.view() == at.ask("nobody", false).bad_line->object.view());
    }
}

Test(index_update, what_is_no_small_change_is_compiled) {
    const Editing at;
    for (const char* added : {"%expires 2030-01-01T00:00:00Z\n", "nobody understands this\n"}) {
        at.write(people(300));
        cr_assert(at.compile().ok());
        const std::uint64_t seed = at.seed();
        const auto changed = at.change([&](std::string_view text) { return Result<Edits>(Edits{Edit{text.size(), 0, added}}); });
        cr_assert(at.update(changed).ok());
        cr_expect(at.seed() != seed, "%s", added);
        at.agrees("person7");
        at.agrees("nobody");
    }
    // Too many bytes, and too many places; each on fresh pages, with room.
    std::string comments;
    while (comments.size() <= 65536) comments += "# nothing is said here\n";
    Edits places;
    for (std::size_t i = 0; i < 17; ++i) places.push_back({20, 0, "user:more" + std::to_string(i) + "\n"});
    const struct {
        const char* what;
        Edits edits;
        bool updated;
    } rows[] = {{"few", Edits{Edit{20, 0, "user:more16\n# nothing is said here\n"}}, true},
                {"bytes", Edits{Edit{20, 0, "user:more16\n" + comments}}, false},
                {"places", places, false}};
    for (const auto& row : rows) {
        at.write(people(300));
        cr_assert(at.compile().ok());
        const std::uint64_t seed = at.seed();
        cr_assert(at.update(at.change([&](std::string_view) { return Result<Edits>(row.edits); })).ok());
        EXPECT_ROW((at.seed() == seed) == row.updated, row.what);
        at.agrees("more16");
        at.agrees("person299");
    }
}

// Pages that were made for 300 do not hold any number: before they run over in most places, they are made anew.
Test(index_update, grows) {
    const Editing at;
    at.write(people(300));
    cr_assert(at.compile().ok());
    for (int round = 0; round < 12; ++round) {
        const auto changed = at.change([&](std::string_view text) {
            std::string added;
            for (int i = 0; i < 50; ++i) added += "user:more" + std::to_string(50 * round + i) + "\n";
            return Result<Edits>(Edits{Edit{text.size(), 0, added}});
        });
        cr_assert(at.update(changed).ok());
    }
    for (int i = 0; i < 600; i += 13) at.agrees("more" + std::to_string(i));
    cr_expect(at.ask("more599").verdict == Verdict::revoked && at.ask("more600").verdict == Verdict::clear);
}

// Whoever does not ask for the lock may write between our change and our look.
Test(index_update, what_others_wrote_since_is_seen) {
    const Editing at;
    for (const bool in_place : {false, true}) {
        at.write(people(300));
        cr_assert(at.compile().ok());
        const auto changed = at.add("carol", "x");
        std::string text = *read_file(at.list, kMaxListBytes, 0).value();
        text.replace(text.find("user:carol"), 10, "user:caroL");
        if (!in_place) cr_assert(std::remove(at.list.c_str()) == 0);
        at.write(text);
        cr_assert(at.update(changed).ok());
        at.agrees("carol");
        at.agrees("caroL");
        cr_expect(at.ask("carol").verdict == Verdict::clear && at.ask("caroL").verdict == Verdict::revoked);
    }
    // And before it, in place, without a change in size.
    at.write(people(300));
    cr_assert(at.compile().ok());
    std::string text = people(300);
    text.replace(text.find("user:person50 "), 13, "user:persoX50");
    at.write(text);
    cr_assert(at.update(at.add("carol", "x")).ok());
    at.agrees("persoX50");
    at.agrees("person50");
}

// Written twice in one tick, the second time after we read: both texts have the same identity, and only the second one an index.
Test(index_update, what_may_still_be_written_has_no_identity) {
    const Editing at;
    at.write(people(300));
    const auto folder = Folder::open(at.lists, 0);
    const auto fresh = required(folder.value().read_snapshot("a.list", kMaxListBytes), "a.list");
    cr_assert(fresh.ok());
    if (is_fresh(fresh.value().identity)) cr_expect(!fresh.value().settled);
    cr_assert(at.compile().ok());
    const auto later = required(folder.value().read_snapshot("a.list", kMaxListBytes), "a.list");
    cr_expect(later.ok() && later.value().settled);
    cr_expect(folder.value().has("a.list", later.value().identity) && !folder.value().has("a.list", FileIdentity()));
    cr_expect(folder.value().has("missing", FileIdentity()) && !folder.value().has("missing", later.value().identity));
}
