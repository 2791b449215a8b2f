#include "key.hpp"

#include <algorithm>

#include "revoke/base/compose.hpp"
#include "revoke/base/text.hpp"
#include "revoke/conf/settings.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMaxFileBytes = 65536;
constexpr std::uint64_t kMaxRepresentatives = 256;
// Too long for an account or an entry, so that only an entry for the key denies it. It is not
// looked up.
const std::string kNobody(kMaxNameBytes + 1, 'a');

bool is_key_type(std::string_view word) {
    return word.starts_with("ssh-") || word.starts_with("ecdsa-") || word.starts_with("sk-");
}

// Returns the first line from its key type on, as sshd shows it. Options may precede the type.
std::string as_shown(std::string_view text) {
    for (std::string_view rest = take_until(text, '\n'); !rest.empty();) {
        const std::string_view from_here = rest;
        const std::string_view word = take_until(rest, ' ');
        if (is_key_type(word)) return "publickey " + std::string(from_here) + "\n";
    }
    return {};
}

// Removes the comment after the key, which sshd does not show.
std::string without_comment(const std::string& shown) {
    std::size_t at = 0;
    for (int words = 0; words < 3 && at != std::string::npos; ++words)
        at = shown.find_first_of(" \n", at + (words > 0 ? 1 : 0));
    return at == std::string::npos ? shown : shown.substr(0, at) + "\n";
}

Result<AuthKey> key_in_file(const std::string& path) {
    const auto text = TRY(read_input(path, kMaxFileBytes));
    std::string_view behind = text;
    (void)take_until(behind, '\n');
    if (!as_shown(behind).empty()) return make_error(Fault::malformed, path, "more than one key");
    const auto key = key_in_line(text);
    return key.ok() ? key : make_error(Fault::malformed, path, "not a public key file");
}

Result<KeySelector> from_file(KeySelector named, const std::string& path) {
    const AuthKey found = TRY(key_in_file(path));
    if (named.serial.empty() && named.key_id.empty()) named.in_file = found;
    if (named.kind == TargetKind::ca && !found.ca.empty())
        return make_error(Fault::malformed, path, "a certificate, not the public key of a CA");
    named.fingerprint = found.key;
    if (named.kind != TargetKind::certificate) return named;
    if (found.ca.empty()) return make_error(Fault::malformed, path, "a key without a certificate");
    named.fingerprint = found.ca;
    if (!named.serial.empty() || !named.key_id.empty()) return named;
    if (found.serial > 0) named.serial = std::to_string(found.serial);
    // Certificates without a serial all have serial 0.
    if (found.serial == 0) named.key_id = quoted(found.key_id);
    if (found.serial == 0 && found.key_id.empty())
        return make_error(Fault::malformed, path,
                          "neither serial nor key ID; revoke the key with --key");
    return named;
}

std::string_view as_typed(const Arguments& arguments) {
    if (!arguments.key.empty()) return arguments.key;
    if (!arguments.cert.empty()) return arguments.cert;
    return arguments.ca.empty() ? std::string_view(arguments.subject) : arguments.ca;
}

std::string describe(const AuthKey& key) {
    if (key.ca.empty()) return key.key;
    return compose("{} by {} serial {}", key.key, key.ca, key.serial);
}

}  // namespace

Result<AuthKey> key_in_line(std::string_view line) {
    const auto keys = keys_in(without_comment(as_shown(line)));
    if (!keys.ok() || keys.value().size() != 1)
        return make_error(Fault::malformed, line, "not a public key");
    return keys.value().front();
}

Result<std::optional<std::string>> fingerprint_of_line(std::string_view line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (!is_key_type(line)) return std::optional<std::string>();
    const auto key = key_in_line(line);
    if (!key.ok()) return std::optional<std::string>();
    if (!key.value().ca.empty())
        return make_error(Fault::refused, line, "a certificate; use 'revoke-user --cert FILE'");
    return std::optional(key.value().key);
}

Entry KeySelector::entry() const {
    Entry entry;
    entry.target = Target{kind, fingerprint, 0};
    entry.serial = serial;
    entry.keyid = key_id;
    return entry;
}

std::string KeySelector::text() const { return text_of(entry()); }

std::vector<AuthKey> KeySelector::representatives() const {
    if (kind != TargetKind::certificate) return {{fingerprint, {}, 0, {}}};
    AuthKey key{{}, fingerprint, 0, {}};
    for (std::size_t at = 0; at < key_id.size(); ++at)
        key.key_id += key_id[key_id[at] == '\\' && at + 1 < key_id.size() ? ++at : at];
    const auto [first, last] = parse_serials(serial).value_or(SerialRange());
    std::vector<AuthKey> representatives;
    for (std::uint64_t at = first; at - first < kMaxRepresentatives && at <= last; ++at) {
        representatives.push_back(key);
        representatives.back().serial = at;
        if (at == last) return representatives;
    }
    representatives.push_back(key);
    representatives.back().serial = last;
    return representatives;
}

bool KeySelector::has_more() const {
    const auto [first, last] = parse_serials(serial).value_or(SerialRange());
    return last - first > kMaxRepresentatives;
}

bool names_key(const Arguments& arguments) {
    if (!arguments.key.empty() || !arguments.cert.empty() || !arguments.ca.empty()) return true;
    const std::string& subject = arguments.subject;
    return subject.starts_with("key:") || subject.starts_with("cert:") ||
           subject.starts_with("ca:");
}

Result<KeySelector> named_key(const Arguments& arguments) {
    KeySelector named{!arguments.cert.empty() ? TargetKind::certificate
                      : !arguments.ca.empty() ? TargetKind::ca
                                              : TargetKind::key,
                      {},
                      arguments.serial,
                      quoted(arguments.key_id)};
    const std::string typed(as_typed(arguments));
    const bool is_option =
        !arguments.key.empty() || !arguments.cert.empty() || !arguments.ca.empty();
    if (is_option && !typed.starts_with(kFingerprintPrefix)) return from_file(named, typed);
    const char* reason = nullptr;
    const std::string text = is_option ? std::string(kind_word(named.kind)) + ":" + typed : typed;
    const auto target = parse_target(text, &reason);
    if (!target) return make_error(Fault::malformed, typed, reason);
    named.kind = target->kind;
    named.fingerprint = target->name;
    if (named.kind == TargetKind::certificate && named.serial.empty() && named.key_id.empty())
        return make_error(Fault::malformed, typed,
                          "a CA; add --serial or --key-id, or use --ca for all its certificates");
    return named;
}

Decision ask_gate_about(const Context& context, const std::vector<AuthKey>& keys,
                        const std::string& service) {
    const Settings settings = settings_at(context, service);
    const auto indexes = index_dir(settings);
    std::vector<ShownKey> shown;
    for (const AuthKey& key : keys) shown.push_back(key.shown());
    const Request request{kNobody,       std::nullopt,    service, asked_time_sec(context),
                          context.owner, indexes.c_str(), {},      shown};
    return decide(settings.policy, request);
}

RecordDirectory records_of(const Context& context) {
    return {std::string(record_dir(context.settings).view()), context.owner};
}

void annotate_auth(const Context& context, std::vector<Session>& sessions) {
    const RecordDirectory records = records_of(context);
    for (Session& session : sessions) {
        const SessionAuth auth = auth_of(session, records.path, records.owner);
        for (const AuthKey& key : auth.keys)
            session.opened_with += (session.opened_with.empty() ? "" : ", ") + describe(key);
        if (auth.by == AuthSource::journal && !session.opened_with.empty())
            session.opened_with += " (by the journal)";
        if (auth.by == AuthSource::unknown) session.opened_with = "unknown";
    }
}

}  // namespace pam_revoke
