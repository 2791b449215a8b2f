// Imports: each form of a line.
#include "revoke/store/import.hpp"

#include "unit.hpp"

using namespace pam_revoke;

namespace {

const ImportDefaults kDefaults{"contract over", "T7", "root", 1795226400};

struct Import : Imported {
    std::string text;  // of the resulting list
};

Import import(std::string_view file, std::string_view text = "") {
    const auto imported = import_lines(text, file, kDefaults, "a.list", [](std::size_t) {});
    cr_assert(imported.ok());
    return {imported.value(), edited(text, imported.value().edits)};
}

}  // namespace

Test(import, forms) {
    const struct {
        const char* file;
        const char* line;  // in the resulting list
    } rows[] = {
        {"alice\n",
         "user:alice ref=\"T7\" by=\"root\" at=2026-11-21T02:00:00Z reason=\"contract over\""},
        {"alice\r\n", "user:alice ref="},
        {"alice", "user:alice ref="},
        {"alice,left\n", "reason=\"left\""},
        {"alice,\"left, and \"\"took\"\" it\"\n", "reason=\"left, and \\\"took\\\" it\""},
        {"alice,\n", "reason=\"contract over\""},
        {"name,reason\nalice,left\n", "user:alice "},
        {"Username,Reason\r\nalice,left\r\n", "user:alice "},
        {"\xef\xbb\xbfname,reason\nalice,left\n", "user:alice "},
        {"\xef\xbb\xbf"
         "alice\n",
         "user:alice "},
        {"\"alice\",left\n", "user:alice "},
        {"o'brien\n", "user:o'brien "},
        {"\"alice smith\"\n", "user:\"alice smith\" "},
        {"\"c#\",left\n", "user:\"c#\" "},
        {"\"alice\",\"left\"\n", "reason=\"left\""},
        {"# a comment\n\n  \nalice\n", "user:alice "},
        {"# pam_revoke list 1\n%serial 4\nuser:alice reason=\"laptop\" by=bob\n",
         "user:alice ref=\"T7\" by=\"bob\""},
        {"# pam_revoke list 1\nuid:77\n", "uid:77 ref="},
        {"# pam_revoke list 1\ngroup:staff until=2030-01-01T00:00:00Z\n",
         "group:staff until=2030-01-01T00:00:00Z ref="},
    };
    for (const auto& row : rows) {
        const Import imported = import(row.file);
        EXPECT_ROW(imported.added == 1 && imported.bad.empty(), row.file);
        EXPECT_ROW(
            imported.text.starts_with("# pam_revoke list 1\n") && imported.text.ends_with('\n'),
            row.file);
        EXPECT_ROW(imported.text.find(row.line) != std::string::npos, row.file + imported.text);
    }
}

Test(import, invalid_input_is_rejected) {
    for (const char* file :
         {"al ice\n",     "alice,a,b\n",  "alice,\"open\n", "alice,\"x\"y\n",
          "alice,x\"y\n", "../alice\n",   ",reason\n",      "-alice\n",
          "user:\n",      "uid:7\n",      "group:users\n",  "group:users reason=x,left\n",
          "alice;left\n", "\"alice\n",    "\"al\"ice\n",    "al\"ice\n",
          "%serial 4\n",  "uid:x\n",      "alice:x\n",      "# pam_revoke list 2\n",
          "c#\n",         "alice,\x01\n", "\xff\xfe\n",     "user:a b=c\n"}) {
        const Import imported = import(std::string("bob\n") + file + "carol\n");
        EXPECT_ROW(imported.bad.size() == 1 && imported.bad.front().number == 2, file);
        EXPECT_ROW(imported.is_refused || imported.added == 2, file);
    }
    const Imported half = import("# pam_revoke list 1\nuser:alice\nuser:bo");
    cr_expect(half.is_refused && half.bad.size() == 1 && half.bad.front().number == 3);
    cr_expect(import("bob\n# pam_revoke list 2\n").is_refused);
    cr_expect(import("alice\nbo").truncated && !import("alice\nbob\n").truncated &&
              import("alice\nbo").added == 2);
    const auto nameless = import_lines("", "alice\n", ImportDefaults{"", "", "root", 0}, "a.list",
                                       [](std::size_t) {});
    cr_expect(nameless.ok() && nameless.value().bad.size() == 1);
    cr_expect(
        !import_lines("# pam_revoke list 2\n", "alice\n", kDefaults, "a.list", [](std::size_t) {
         }).ok());
    cr_expect(!import_lines("# pam_revoke list 1\nuser:bo", "alice\n", kDefaults, "a.list",
                            [](std::size_t) {})
                   .ok());
}

// An entry in force without bounds is not added again; a bounded entry does not replace an
// unbounded one.
Test(import, adds_no_entry_twice) {
    const char* text =
        "# pam_revoke list 1\nuser:alice reason=\"x\"\nuser:bob "
        "until=2030-01-01T00:00:00Z\nuser:carol services=sshd\nuid:5\n";
    const Import imported = import(
        "# pam_revoke list 1\nuser:alice\nuser:bob\nuser:carol\nuser:dave\nuser:dave\nuid:5\n",
        text);
    cr_expect(imported.added == 3 && imported.known == 3);
    cr_expect(imported.text.starts_with(text));
    const Import again = import("alice\nbob\ncarol\ndave\n", imported.text);
    cr_expect(again.added == 0 && again.known == 4 && again.text == imported.text);
}

// An entry with a UID revokes the UID under any name, so it is never skipped as known.
Test(import, keeps_uids) {
    const Import imported = import(
        "# pam_revoke list 1\nuser:alice\nuser:alice uid=1042\nuser:alice uid=1042\nuser:alice\n");
    cr_expect(imported.added == 2 && imported.known == 2);
    cr_expect(imported.text.find("user:alice uid=1042") != std::string::npos);
}

Test(import, asks_before_it_adds) {
    ImportDefaults careful = kDefaults;
    careful.objection = [](const Entry& entry) -> const char* {
        return entry.target.name == "admin" ? "names an administrator" : nullptr;
    };
    const auto imported = import_lines("", "alice\nadmin\n", careful, "a.list", [](std::size_t) {});
    cr_expect(imported.ok() && imported.value().bad.size() == 1 &&
              imported.value().bad.front().number == 2);
}

// Each certificate of a CA is a separate entry.
Test(import, certificates_of_one_ca) {
    const std::string ca = "cert:SHA256:sArVyTbDlP2ByuRNM59Xf/iwOUmdy69sxylyNl3iUQQ";
    const std::string lines =
        "# pam_revoke list 1\n" + ca + " serial=1\n" + ca + " serial=2\n" + ca + " keyid=\"a\"\n";
    const Import first = import(lines);
    cr_expect(first.bad.empty() && first.added == 3 && first.known == 0);
    const Import again = import(lines + ca + " keyid=\"b\"\n", first.text);
    cr_expect(again.bad.empty() && again.added == 1 && again.known == 3);
}
