// Keys and certificates made by ssh-keygen: the fingerprints match its own, and truncated ones are
// rejected.
#include "revoke/pam_revoke/ssh_auth.hpp"

#include <cstdio>
#include <fstream>
#include <random>
#include <vector>

#include "unit.hpp"

using namespace pam_revoke;

namespace {

std::string run(const std::string& command) {
    std::string said;
    FILE* pipe = popen((command + " 2>/dev/null").c_str(), "re");
    char block[4096];
    for (std::size_t size = 0; (size = fread(block, 1, sizeof block, pipe)) > 0;)
        said.append(block, size);
    return pclose(pipe) == 0 ? said : "";
}

std::string word(const std::string& text, int number) {
    std::size_t at = 0;
    for (int i = 1; i < number; ++i) at = text.find(' ', at) + 1;
    return text.substr(at, text.find_first_of(" \n", at) - at);
}

std::string base64(std::string_view bytes) {
    constexpr const char* kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        unsigned bits = 0;
        for (std::size_t j = 0; j < 3; ++j)
            bits =
                bits << 8U | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j)
            text += j > bytes.size() - i ? '=' : kDigits[bits >> (18 - 6 * j) & 63U];
    }
    return text;
}

std::string wire(std::string_view text) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>(text.size() >> shift & 0xffU);
    return bytes.append(text);
}

struct Keys : TestDirectory {
    [[nodiscard]] std::string file(const std::string& name) const { return path + "/" + name; }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream in(file(name));
        std::string line;
        std::getline(in, line);
        return line;
    }
    [[nodiscard]] bool make(const std::string& name, const std::string& kind) const {
        return std::system(("ssh-keygen -q -N '' -t " + kind + " -f " + file(name) + " 2>/dev/null")
                               .c_str()) == 0;
    }
    void sign(const std::string& name, const std::string& words) const {
        cr_assert(std::system(("ssh-keygen -q -s " + file("ca") + " -n alice " + words + " " +
                               file(name + ".pub"))
                                  .c_str()) == 0);
    }
    [[nodiscard]] std::string print(const std::string& name) const {
        return word(run("ssh-keygen -l -E sha256 -f " + file(name)), 2);
    }
    // Writes the public key of a hardware token; the test needs no private key.
    void write_token_key(const std::string& name, const std::string& type,
                         const std::string& fields) const {
        std::ofstream(file(name + ".pub"))
            << type << " " << base64(wire(type) + fields + wire("ssh:")) << " token\n";
    }
};

std::vector<Credential> all(std::string_view text) {
    std::vector<Credential> credentials;
    SshAuth identity(text);
    for (Credential credential;;) {
        const auto more = identity.next(credential);
        cr_assert(more.ok(), "%s", more.ok() ? "" : more.error().reason);
        if (!more.value()) return credentials;
        credentials.push_back(credential);
    }
}

bool is_refused(std::string_view text) {
    SshAuth identity(text);
    for (Credential credential;;) {
        const auto more = identity.next(credential);
        if (!more.ok()) return more.error().fault == Fault::malformed;
        if (!more.value()) return false;
    }
}

}  // namespace

Test(ssh_auth, every_type_plain_and_certified) {
    const Keys keys;
    cr_assert(keys.make("ca", "ed25519"));
    std::vector<std::string> names;
    for (const char* kind : {"ed25519", "rsa -b 2048", "rsa -b 4096", "ecdsa -b 256",
                             "ecdsa -b 384", "ecdsa -b 521"}) {
        names.push_back("key" + std::to_string(names.size()));
        cr_assert(keys.make(names.back(), kind), "%s", kind);
    }
    keys.write_token_key("sk", "sk-ssh-ed25519@openssh.com", wire(std::string(32, 'k')));
    names.emplace_back("sk");
    for (const std::string& name : names) {
        const std::string plain = keys.read(name + ".pub");
        const auto shown = all("publickey " + word(plain, 1) + " " + word(plain, 2) + "\n");
        cr_assert(shown.size() == 1 && shown.front().key && !shown.front().certificate, "%s",
                  plain.c_str());
        cr_expect(shown.front().key->view() == keys.print(name + ".pub"), "%s", plain.c_str());
        keys.sign(name, "-z 18446744073709551615 -I 'alice, her laptop'");
        const std::string certified = keys.read(name + "-cert.pub");
        const auto signed_ones =
            all("publickey " + word(certified, 1) + " " + word(certified, 2) + "\n");
        cr_assert(signed_ones.size() == 1 && signed_ones.front().certificate, "%s",
                  certified.c_str());
        const Credential& signed_one = signed_ones.front();
        cr_expect(signed_one.key->view() == keys.print(name + ".pub"), "%s", certified.c_str());
        cr_expect(signed_one.certificate->ca.view() == keys.print("ca.pub"));
        cr_expect(signed_one.certificate->serial == 18446744073709551615U);
        cr_expect(signed_one.certificate->key_id.view() == "alice, her laptop");
    }
}

Test(ssh_auth, several_methods) {
    const Keys keys;
    cr_assert(keys.make("a", "ed25519") && keys.make("b", "ed25519"));
    const std::string a = keys.read("a.pub");
    const std::string b = keys.read("b.pub");
    const std::string text = "publickey " + word(a, 1) + " " + word(a, 2) +
                             "\nkeyboard-interactive/pam\npublickey " + word(b, 1) + " " +
                             word(b, 2) + "\npassword\ngssapi-with-mic alice@EXAMPLE\n";
    const auto shown = all(text);
    cr_assert(shown.size() == 5);
    cr_expect(shown[0].key->view() == keys.print("a.pub") &&
              shown[2].key->view() == keys.print("b.pub"));
    cr_expect(shown[1].method == "keyboard-interactive/pam" && !shown[1].key &&
              shown[3].method == "password" && !shown[4].key);
    cr_expect(all("").empty());
}

Test(ssh_auth, truncated_input_is_rejected) {
    const Keys keys;
    cr_assert(keys.make("ca", "ed25519") && keys.make("k", "ed25519"));
    keys.sign("k", "-I id");
    const std::string certified = keys.read("k-cert.pub");
    const std::string type = word(certified, 1);
    const std::string blob = word(certified, 2);
    const std::string plain = word(keys.read("k.pub"), 2);
    cr_assert(!is_refused("publickey " + type + " " + blob + "\n") &&
              !is_refused("publickey ssh-ed25519 " + plain + "\n"));
    // Truncated at any length, and with trailing text.
    for (std::size_t size = 0; size < blob.size(); size += 4)
        EXPECT_ROW(is_refused("publickey " + type + " " + blob.substr(0, size)), blob);
    for (const char* more : {"AAAA", "A", "=", "====", "\t", "\x7f"})
        EXPECT_ROW(is_refused("publickey " + type + " " + blob + more), more);
    for (const std::string& line :
         {std::string("publickey"), std::string("publickey "), std::string("publickey ssh-ed25519"),
          std::string("publickey ssh-ed25519 "), "publickey ssh-rsa " + plain,
          "publickey " + type + " " + plain, "publickey ssh-ed25519 " + blob, "publickey  " + plain,
          "publickey ssh-ed25519 " + plain.substr(1), std::string("hostbased x"),
          std::string("\npassword"), std::string(" password"),
          "publickey new-cert-v99@openssh.com " +
              base64(wire("new-cert-v99@openssh.com") + wire("x")),
          "publickey ssh-ed25519 " + base64(wire("ssh-ed25519")),
          "publickey x " + base64(wire("x") + std::string(kMaxKeyBytes, 'x'))})
        EXPECT_ROW(is_refused(line + "\n"), line);
    // Base64 must be canonical: unused bits before the padding must be 0.
    cr_expect(!is_refused("publickey x " + base64(wire("x") + "ab")) &&
              !is_refused("publickey x " + base64(wire("x") + "a")));
    std::string other = base64(wire("x") + "abcde");
    cr_assert(other.ends_with("="));
    ++other[other.find('=') - 1];
    cr_expect(is_refused("publickey x " + other), "%s", other.c_str());
}

// The holder of a CA key controls the content of its certificates, but cannot hide the CA.
Test(ssh_auth, large_certificates) {
    const Keys keys;
    cr_assert(keys.make("ca", "ed25519") && keys.make("k", "ed25519"));
    std::string principals;
    for (int i = 0; i < 250; ++i)
        principals += (i > 0 ? "," : "") + std::string(80, 'p') + std::to_string(i);
    for (const std::string& words : {"-I " + std::string(1500, 'i'), "-I id -n " + principals}) {
        keys.sign("k", words);
        const std::string certified = keys.read("k-cert.pub");
        const auto shown = all("publickey " + word(certified, 1) + " " + word(certified, 2) + "\n");
        cr_assert(shown.size() == 1 && shown.front().certificate);
        cr_expect(shown.front().certificate->ca.view() == keys.print("ca.pub"));
    }
}

// As many keys as a fleet has: all fingerprints match ssh-keygen's.
Test(ssh_auth, ten_thousand_keys) {
    constexpr int kCount = 10'000;
    const Keys keys;
    std::mt19937_64 random(20261122);
    const auto bytes = [&random](std::size_t size) {
        std::string text;
        while (text.size() < size) text += static_cast<char>(random());
        return text;
    };
    // A modulus is a positive number without leading zeros.
    const auto modulus = [&](std::size_t size) {
        std::string number = bytes(size);
        number.front() = static_cast<char>(static_cast<unsigned char>(number.front()) % 0x7f + 1);
        return number;
    };
    std::vector<std::string> lines;
    for (int i = 0; i < kCount - 24; ++i) {
        const std::string type = i % 3 == 0   ? "ssh-ed25519"
                                 : i % 3 == 1 ? "ssh-rsa"
                                              : "sk-ssh-ed25519@openssh.com";
        const std::string fields =
            i % 3 == 0 ? wire(bytes(32))
            : i % 3 == 1
                ? wire({"\x01\x00\x01", 3}) + wire(modulus(static_cast<std::size_t>(256 + i % 257)))
                : wire(bytes(32)) + wire("ssh:" + std::to_string(i));
        lines.push_back(type + " " + base64(wire(type) + fields));
    }
    for (int i = 0; i < 24; ++i) {  // random bytes are rarely points of a curve
        const std::string name = "e" + std::to_string(i);
        cr_assert(keys.make(name, i % 3 == 0   ? "ecdsa -b 256"
                                  : i % 3 == 1 ? "ecdsa -b 384"
                                               : "ecdsa -b 521"));
        const std::string line = keys.read(name + ".pub");
        lines.push_back(word(line, 1) + " " + word(line, 2));
    }
    {
        std::ofstream all_keys(keys.file("all"));
        for (const std::string& line : lines) all_keys << line << "\n";
    }
    const std::string printed = run("ssh-keygen -l -E sha256 -f " + keys.file("all"));
    std::size_t at = 0;
    int same = 0;
    for (const std::string& line : lines) {
        const std::size_t end = printed.find('\n', at);
        cr_assert(end != std::string::npos, "ssh-keygen has printed %d", same);
        const auto shown = all("publickey " + line + "\n");
        cr_assert(
            shown.size() == 1 && shown.front().key->view() == word(printed.substr(at, end - at), 2),
            "%s", line.c_str());
        at = end + 1;
        ++same;
    }
    cr_expect(same == kCount && at == printed.size(), "%d", same);
}
