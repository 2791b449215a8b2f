// Keys as targets: by key, CA, serial and key ID, with the index and without it.
#include "index_scene.hpp"
#include "revoke/list/match.hpp"

using namespace pam_revoke;

namespace {

const std::string kKey = "SHA256:" + std::string(43, 'k');
const std::string kOther = "SHA256:" + std::string(43, 'o');
const std::string kCa = "SHA256:" + std::string(43, 'c');

// A real key as sshd shows it, and its fingerprint as ssh-keygen -l prints it.
constexpr const char* kInfo =
    "publickey ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr\n";
constexpr const char* kInfoKey = "SHA256:sArVyTbDlP2ByuRNM59Xf/iwOUmdy69sxylyNl3iUQQ";

struct EffectiveConfig : Scene {
    [[nodiscard]] Decision ask_with(const std::string& info, bool indexed) const {
        Policy policy;
        (void)set_policy(policy, PolicyKey::lists, lists);
        return decide(policy, Request{"daemon", std::nullopt, "sshd", kNowSec, 0,
                                      indexed ? indexes.c_str() : nullptr, info});
    }
    void expect(const std::string& info, Verdict verdict, const char* what) const {
        for (const bool indexed : {false, true}) {
            const Decision decision = ask_with(info, indexed);
            EXPECT_ROW(decision.verdict == verdict,
                       std::string(what) + (indexed ? ", by the index" : ""));
            EXPECT_ROW(!indexed || !decision.index_error, what);
        }
    }
};

}  // namespace

Test(keys, entries_match_their_keys) {
    const ShownKey plain{kKey, {}, 0, {}};
    const ShownKey certified{kKey, kCa, 17, "alice, \"laptop\""};
    const struct {
        std::string line;
        bool denies_plain;
        bool denies_certified;
    } rows[] = {
        {"key:" + kKey, true, true},
        {"key:" + kOther, false, false},
        {"key:" + kCa, false, false},
        {"ca:" + kCa, false, true},
        {"ca:" + kKey, true, true},
        {"ca:" + kOther, false, false},
        {"cert:" + kCa, false, true},
        {"cert:" + kKey, false, false},
        {"cert:" + kCa + " serial=17", false, true},
        {"cert:" + kCa + " serial=16-18", false, true},
        {"cert:" + kCa + " serial=17-17", false, true},
        {"cert:" + kCa + " serial=18-20", false, false},
        {"cert:" + kCa + " serial=18446744073709551615", false, false},
        {"cert:" + kCa + R"( keyid="alice, \"laptop\"")", false, true},
        {"cert:" + kCa + R"( keyid="alice, \"laptop")", false, false},
        {"cert:" + kCa + " keyid=alice", false, false},
        {"cert:" + kCa + R"( serial=17 keyid="alice, \"laptop\"")", false, true},
        {"cert:" + kCa + R"( serial=16 keyid="alice, \"laptop\"")", false, false},
        {"cert:" + kOther + " serial=17", false, false},
        {"key:" + kKey + " services=login", false, false},
        {"key:" + kKey + " until=2020-01-01T00:00:00Z", false, false},
    };
    const LoginContext context{"sshd", "host", kNowSec};
    for (const auto& row : rows) {
        const Line line = parse_line(row.line);
        EXPECT_ROW(line.kind == LineKind::entry, row.line);
        for (const bool is_certified : {false, true}) {
            User user{"alice", "alice", true, 1000};
            const bool in_force = row.line.find("services") == std::string::npos &&
                                  row.line.find("until") == std::string::npos;
            EXPECT_ROW(
                match(line.entry, user, context) == (in_force ? Match::needs_keys : Match::no),
                row.line);
            user.keys_read = true;
            EXPECT_ROW(match(line.entry, user, context) == Match::no, row.line);
            const std::string unlisted = kOther + "x";
            const ShownKey two[] = {{unlisted, {}, 0, {}}, is_certified ? certified : plain};
            user.keys = two;
            const bool denies = is_certified ? row.denies_certified : row.denies_plain;
            EXPECT_ROW(match(line.entry, user, context) == (denies ? Match::yes : Match::no),
                       row.line);
        }
    }
    for (const char* serial : {"x", "", "1-", "-1", "2-1", "1-2-3", "1 ", "0x1",
                               "18446744073709551616", "1-18446744073709551616"})
        EXPECT_ROW(parse_line("cert:" + kCa + " serial=\"" + serial + "\"").kind == LineKind::bad,
                   serial);
}

Test(keys, are_read_only_when_a_key_is_listed) {
    const EffectiveConfig at;
    const std::string other_info = "publickey ssh-ed25519 not-base64\n";
    at.write(users(100));
    cr_assert(at.compile().ok());
    at.expect(other_info, Verdict::clear, "no key is listed: what sshd tells is not read");
    at.write(users(
        100, "key:" + kOther + "\nkey:" + std::string(kInfoKey) + " until=2020-01-01T00:00:00Z\n"));
    cr_assert(at.compile().ok());
    at.expect(kInfo, Verdict::clear, "another key is listed");
    at.expect("", Verdict::clear, "no key was shown");
    at.expect("password\n", Verdict::clear, "a password was");
    for (const std::string& broken : {std::string(other_info), std::string("publickey\n"),
                                      std::string(kInfo) + kInfo + kInfo + kInfo + kInfo}) {
        for (const bool indexed : {false, true})
            EXPECT_ROW(at.ask_with(broken, indexed).verdict == Verdict::unavailable &&
                           at.ask_with(broken, indexed).error,
                       broken);
    }
    at.write(users(100, "key:" + std::string(kInfoKey) + " ref=T7\n"));
    cr_assert(at.compile().ok());
    at.expect(kInfo, Verdict::revoked, "its key is listed");
    at.expect(std::string("keyboard-interactive/pam\n") + kInfo, Verdict::revoked,
              "one of two methods");
    at.expect(other_info + kInfo, Verdict::revoked,
              "one that is not understood hides none of the others");
    const Decision decision = at.ask_with(kInfo, true);
    cr_expect(decision.target.view() == "key:" + std::string(kInfoKey) &&
              decision.ref.view() == "T7" && decision.line == 102);
    // A user listed by name is denied with any key.
    at.write(users(100, "key:" + kOther + "\nuser:daemon\n"));
    cr_assert(at.compile().ok());
    at.expect(other_info, Verdict::revoked, "listed by name");
}
