// Conversion of ssh-keygen's output for a KRL: an unsupported line is never ignored.
#include "revoke/store/krl.hpp"

#include <string>

#include "unit.hpp"

using namespace pam_revoke;

namespace {

const std::string kHead = "# KRL version 0\n# Generated at 20261122T000000\n\n";
const std::string kHash = "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const std::string kAuthority = "# CA key ssh-ed25519 " + kHash + "\n";

Entry certificate(std::string_view serial, std::string_view keyid) {
    Entry entry;
    entry.target = Target{TargetKind::certificate, kHash, 0};
    entry.serial = serial;
    entry.keyid = keyid;
    return entry;
}

}  // namespace

Test(krl, read) {
    const ListOfKrl list =
        list_of_krl(kHead + "hash: SHA256:" + std::string(64, '0') + " # ssh-ed25519\n" +
                    kAuthority + "serial: 7\nserial: 20-22\nid: carol\n");
    cr_expect(list.bad.empty());
    cr_expect(list.text == std::string(kListHeader) + "\nca:" + kHash + "\ncert:" + kHash +
                               " serial=\"7\"\ncert:" + kHash + " serial=\"20-22\"\ncert:" + kHash +
                               " keyid=\"carol\"\n",
              "%s", list.text.c_str());
}

Test(krl, unsupported_sections_are_named) {
    const struct {
        const char* what;
        std::string printed;
        std::uint64_t line;
    } rows[] = {
        {"nothing", "", 1},
        {"no head", kAuthority + "serial: 7\n", 1},
        {"another word", kHead + "sha512: AAAA\n", 4},
        {"a hash of SHA1", kHead + "# hash SHA1:" + std::string(40, '0') + "\n", 4},
        {"hex that is none", kHead + "hash: SHA256:" + std::string(63, '0') + "g\n", 4},
        {"capital hex", kHead + "hash: SHA256:" + std::string(64, 'A') + "\n", 4},
        {"a short hash", kHead + "hash: SHA256:" + std::string(62, '0') + "\n", 4},
        {"an authority without a fingerprint", kHead + "# CA key ssh-ed25519\nserial: 7\n", 4},
        {"a serial of no authority", kHead + "serial: 7\n", 4},
        {"a serial without a CA", kHead + "# Wildcard CA\nserial: 7\n", 5},
        {"a key id that is not told whole", kHead + kAuthority + "id: a\\033b\n", 5},
        {"no key id", kHead + kAuthority + "id: \n", 5},
    };
    for (const auto& row : rows) {
        const ListOfKrl list = list_of_krl(row.printed);
        EXPECT_ROW(!list.bad.empty() && list.bad.front().number == row.line, row.what);
        EXPECT_ROW(list.text.find("cert: ") == std::string::npos, row.what);
    }
}

Test(krl, written) {
    const struct {
        const char* what;
        Entry entry;
        const char* line;
    } rows[] = {
        {"no octal", certificate("010", ""), "serial: 10\n"},
        {"a range of one", certificate("12-12", ""), "serial: 12\n"},
        {"a range", certificate("0012-18446744073709551615", ""),
         "serial: 12-18446744073709551615\n"},
        {"an id", certificate("", "a b"), "id: a b\n"},
    };
    for (const auto& row : rows) {
        KrlOfList krl;
        const char* reason = add_to_krl(row.entry, krl);
        EXPECT_ROW(reason == nullptr && krl.by_authority[kHash] == row.line, row.what);
    }
    for (const Entry& entry : {certificate("0", ""), certificate("0-9", ""), certificate("7", "x"),
                               certificate("", "a#b"), certificate("", " a")}) {
        KrlOfList krl;
        const char* reason = add_to_krl(entry, krl);
        cr_expect(reason != nullptr && krl.hashes.empty() && krl.by_authority[kHash].empty());
    }
}
