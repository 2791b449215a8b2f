#include "revoke/pam_revoke/ssh_auth.hpp"

#include <array>

#include "revoke/base/digest.hpp"
#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr std::string_view kVendor = "@openssh.com";
constexpr std::string_view kCertified = "-cert-v01@openssh.com";

// A key type, and how many strings follow its name. Bytes, not pointers, which need relocation at
// each login.
struct KeyType {
    std::array<char, 36> name;
    int fields;
    [[nodiscard]] std::string_view plain() const { return name.data(); }
};
constexpr std::array<KeyType, 8> kKeyTypes = {
    // Explicit: if the type is deduced, g++ 12 makes the array writable.
    KeyType{{"ssh-ed25519"}, 1},
    KeyType{{"ssh-rsa"}, 2},
    KeyType{{"ssh-dss"}, 4},
    KeyType{{"ecdsa-sha2-nistp256"}, 2},
    KeyType{{"ecdsa-sha2-nistp384"}, 2},
    KeyType{{"ecdsa-sha2-nistp521"}, 2},
    KeyType{{"sk-ssh-ed25519@openssh.com"}, 2},
    KeyType{{"sk-ecdsa-sha2-nistp256@openssh.com"}, 3},
};

// True if `name` is the name of the type's certificates.
bool is_certified(const KeyType& type, std::string_view name) {
    std::string_view stem = type.plain();
    if (stem.ends_with(kVendor)) stem.remove_suffix(kVendor.size());
    if (!name.starts_with(stem)) return false;
    name.remove_prefix(stem.size());
    return name == kCertified;
}

Error malformed(const char* reason) { return make_error(Fault::malformed, kAuthInfo, reason); }

// Reads numbers and strings from the start of a blob; after a missing one, all others are empty.
class Wire {
public:
    explicit Wire(std::string_view blob) : rest_(blob) {}
    [[nodiscard]] bool is_complete() const { return complete_; }
    [[nodiscard]] bool at_end() const { return complete_ && rest_.empty(); }
    [[nodiscard]] std::string_view rest() const { return rest_; }

    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (const char c : bytes(size)) value = value << 8U | static_cast<unsigned char>(c);
        return value;
    }
    std::string_view string() { return bytes(static_cast<std::size_t>(number(4))); }

private:
    std::string_view bytes(std::size_t size) {
        complete_ = complete_ && size <= rest_.size();
        const std::string_view taken =
            complete_ ? std::string_view(rest_.data(), size) : std::string_view();
        rest_.remove_prefix(taken.size());
        return taken;
    }

    std::string_view rest_;
    bool complete_ = true;
};

Fingerprint fingerprint_of_certified(const KeyType& type, std::string_view fields) {
    const auto size = static_cast<char>(type.plain().size());
    const char length[] = {0, 0, 0, size};
    const auto digest = sha256({std::string_view(length, sizeof length), type.plain(), fields});
    return print_fingerprint(digest);
}

// After the type name: nonce, key, serial, kind, key ID, principals, two dates, options,
// extensions, reserved, signing key, signature.
const char* take_certificate(const KeyType& type, Wire wire, Credential& credential) {
    (void)wire.string();
    const std::string_view before = wire.rest();
    for (int i = 0; i < type.fields; ++i) (void)wire.string();
    const std::string_view fields(before.data(), before.size() - wire.rest().size());
    Certificate certificate;
    certificate.serial = wire.number(8);
    (void)wire.number(4);
    certificate.key_id.append(wire.string());
    (void)wire.string();
    certificate.valid_after_sec = wire.number(8);
    (void)wire.number(8);
    for (int i = 0; i < 3; ++i) (void)wire.string();
    const std::string_view ca = wire.string();
    (void)wire.string();
    if (!wire.at_end()) return "certificate truncated or with an invalid length";
    if (ca.empty()) return "certificate without a CA";
    certificate.ca = print_fingerprint(sha256({ca}));
    credential.key = fingerprint_of_certified(type, fields);
    credential.certificate = certificate;
    return nullptr;
}

// Returns why the key is invalid, or nullptr.
const char* take_key(std::string_view name, std::string_view text, Credential& credential) {
    std::array<char, kMaxKeyBytes> buffer;
    const auto blob = decode_base64(text, buffer);
    if (!blob) return "key not in base64, or too long";
    Wire wire(*blob);
    if (wire.string() != name || name.empty()) return "key type does not match the key";
    for (const KeyType& type : kKeyTypes)
        if (is_certified(type, name)) return take_certificate(type, wire, credential);
    // A plain key is identified by all of its bytes, whatever they mean.
    if (name.find("-cert-") != std::string_view::npos) return "unknown certificate type";
    if (wire.rest().empty()) return "empty key";
    credential.key = print_fingerprint(sha256({*blob}));
    return nullptr;
}

}  // namespace

Result<bool> SshAuth::next(Credential& credential) {
    if (rest_.empty()) return false;
    std::string_view line = take_until(rest_, '\n');
    credential = {};
    credential.method = take_until(line, ' ');
    if (credential.method.empty()) return malformed("line without a method");
    const bool has_key = credential.method == "publickey" || credential.method == "hostbased";
    if (!has_key) return true;
    const std::string_view type = take_until(line, ' ');
    const char* reason = take_key(type, take_until(line, ' '), credential);
    return reason == nullptr ? Result<bool>(true) : malformed(reason);
}

}  // namespace pam_revoke
