#include "revoke/logind/session_auth.hpp"

#include "revoke/base/text.hpp"
#include "revoke/list/target.hpp"
#include "revoke/logind/journal.hpp"
#include "revoke/logind/login_records.hpp"
#include "revoke/pam_revoke/ssh_auth.hpp"

namespace pam_revoke {
namespace {

// The keys that sshd logged as accepted; no value unless the last method was a key.
Result<std::optional<std::vector<AuthKey>>> recorded_keys(const Session& session) {
    const auto messages = TRY(messages_of(session.leader, session.since_sec));
    std::vector<AuthKey> keys;
    bool accepted = false;
    for (const std::string& message : messages) {
        const auto key = key_in_message(message);
        // At its default log level, sshd logs only the last method: a key may precede a password.
        accepted = accepted || (key && !key->key.empty() && message.starts_with("Accepted "));
        if (key && !key->key.empty()) keys.push_back(*key);
    }
    return accepted ? std::optional(keys) : std::nullopt;
}

// SHA256: and 43 characters, possibly followed by a comma; empty for anything else.
std::string fingerprint_in(std::string_view word) {
    if (word.ends_with(',')) word.remove_suffix(1);
    return why_not_a_fingerprint(word) == nullptr ? std::string(word) : std::string();
}

// Parses "KEYID (serial N) CA TYPE FINGERPRINT[ more]" from its end: the key ID can be any text.
bool take_certificate(std::string_view text, AuthKey& key) {
    constexpr std::string_view kSerial = " (serial ";
    constexpr std::string_view kCa = ") CA ";
    const std::size_t ca = text.rfind(kCa);
    const std::size_t serial = text.substr(0, ca).rfind(kSerial);
    if (ca == std::string_view::npos || serial == std::string_view::npos) return false;
    key.key_id = text.substr(0, serial);
    const std::size_t digits = serial + kSerial.size();
    const auto number = parse_number<std::uint64_t>(text.substr(digits, ca - digits));
    key.serial = number.value_or(0);
    text.remove_prefix(ca + kCa.size());
    (void)take_until(text, ' ');
    key.ca = fingerprint_in(take_until(text, ' '));
    // If sshd escaped characters of a key ID, it is not the key ID of the certificate.
    const bool is_plain = key.key_id.find('\\') == std::string::npos;
    return is_plain && number && !key.ca.empty();
}

}  // namespace

std::optional<AuthKey> key_in_message(std::string_view message) {
    constexpr std::string_view kBehind = " ssh2";
    const std::string_view result = take_until(message, ' ');
    if (result != "Accepted" && result != "Partial") return std::nullopt;
    const std::string_view method = take_until(message, ' ');
    AuthKey key;
    if (method != "publickey" && method != "hostbased") return key;
    const std::size_t at = message.find(kBehind);
    if (at == std::string_view::npos) return std::nullopt;
    message.remove_prefix(at + kBehind.size());
    if (!message.starts_with(": ")) return std::nullopt;
    message.remove_prefix(2);
    const std::string_view type = take_until(message, ' ');
    key.key = fingerprint_in(take_until(message, ' '));
    if (key.key.empty()) return std::nullopt;
    if (!type.ends_with("-CERT")) return key;
    if (take_until(message, ' ') != "ID" || !take_certificate(message, key)) return std::nullopt;
    return key;
}

Result<std::vector<AuthKey>> keys_in(std::string_view auth_info) {
    std::vector<AuthKey> keys;
    SshAuth identity(auth_info);
    Credential credential;
    for (;;) {
        const auto more = TRY(identity.next(credential));
        if (!more) return keys;
        if (!credential.key) continue;
        AuthKey key{std::string(credential.key->view()), {}, 0, {}};
        if (credential.certificate) {
            key.ca = credential.certificate->ca.view();
            key.serial = credential.certificate->serial;
            key.key_id = credential.certificate->key_id.view();
        }
        keys.push_back(std::move(key));
    }
}

SessionAuth auth_of(const Session& session, const std::string& directory, uid_t owner) {
    SessionAuth auth{AuthSource::unknown, {}, {}};
    // Records are read for any service: sshd may run under another name.
    const auto record = session.leader > 0 ? recorded_auth_info(session.leader, directory, owner)
                                           : Result<std::optional<std::string>>(std::nullopt);
    if (record.ok() && !record.value() && session.service != "sshd") return {};
    if (record.ok() && record.value()) {
        auto keys = keys_in(*record.value());
        if (!keys.ok()) return {AuthSource::unknown, {}, keys.error()};
        return {AuthSource::record, std::move(keys.value()), {}};
    }
    const auto logged = session.leader > 0
                            ? recorded_keys(session)
                            : Result<std::optional<std::vector<AuthKey>>>(std::nullopt);
    if (logged.ok() && logged.value()) return {AuthSource::journal, *logged.value(), {}};
    auth.error =
        !record.ok() ? record.error()
        : !logged.ok()
            ? logged.error()
            : make_error(
                  Fault::io, "session " + session.id,
                  "opened by sshd with an unknown key: neither a record nor the journal has it");
    return auth;
}

}  // namespace pam_revoke
