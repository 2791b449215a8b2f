#include "revoke/opening.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>
#include <csignal>

#include "revoke/file.hpp"
#include "revoke/journal.hpp"
#include "revoke/proc.hpp"
#include "revoke/session_record.hpp"
#include "revoke/signal.hpp"
#include "revoke/ssh_identity.hpp"
#include "revoke/target.hpp"

namespace pam_revoke {
namespace {

std::optional<std::uint64_t> start_of(pid_t pid) {
    return start_in(read_small(AT_FDCWD, ("/proc/" + std::to_string(pid) + "/stat").c_str()));
}

// Nothing when there is no record of this very process.
Result<std::optional<std::string>> recorded(pid_t leader, const std::string& folder, uid_t owner) {
    const auto start = start_of(leader);
    if (!start) return std::optional<std::string>();
    const auto directory = open_trusted_directory(folder.c_str(), owner);
    if (!directory.ok()) return directory.error();
    const std::string name = std::to_string(leader);
    const auto file = open_trusted_file(directory.value().get(), name.c_str(), folder + "/" + name, kMaxRecordBytes, owner);
    if (!file.ok() && file.error().fault == Fault::missing) return std::optional<std::string>();
    if (!file.ok()) return file.error();
    std::string text(kMaxRecordBytes + 1, '\0');
    const auto size = read_whole(file.value().get(), text, folder + "/" + name);
    if (!size.ok()) return size.error();
    const auto credentials = credentials_in(std::string_view(text).substr(0, size.value()), *start);
    return credentials ? std::optional(std::string(*credentials)) : std::nullopt;
}

// The keys of the methods that sshd said were gone through; nothing when it said nothing of that kind.
Result<std::optional<std::vector<OpenedKey>>> said(const Session& session) {
    const auto messages = messages_of(session.leader, session.since_sec);
    if (!messages.ok()) return messages.error();
    std::vector<OpenedKey> keys;
    bool accepted = false;
    for (const std::string& message : messages.value()) {
        const auto key = key_in_message(message);
        // With several methods, sshd names at its usual level only the last: who came by a password may have shown a key before.
        accepted = accepted || (key && !key->key.empty() && message.starts_with("Accepted "));
        if (key && !key->key.empty()) keys.push_back(*key);
    }
    return accepted ? std::optional(keys) : std::nullopt;
}

std::string_view take_word(std::string_view& text) {
    const std::size_t size = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, size);
    text.remove_prefix(std::min(size + 1, text.size()));
    return word;
}

// SHA256: and 43 characters, behind which a comma may stand; empty for something else.
std::string fingerprint_in(std::string_view word) {
    if (word.ends_with(',')) word.remove_suffix(1);
    const char* reason = nullptr;
    const bool is_one = parse_target("key:" + std::string(word), &reason).has_value();
    return std::string(is_one ? word : std::string_view());
}

// "KEYID (serial N) CA TYPE FINGERPRINT[ more]": the key id is anything, so that it is read from its end.
bool take_certificate(std::string_view text, OpenedKey& key) {
    constexpr std::string_view kSerial = " (serial ";
    constexpr std::string_view kCa = ") CA ";
    const std::size_t ca = text.rfind(kCa);
    const std::size_t serial = text.substr(0, ca).rfind(kSerial);
    if (ca == std::string_view::npos || serial == std::string_view::npos) return false;
    key.key_id = text.substr(0, serial);
    const std::string_view digits = text.substr(serial + kSerial.size(), ca - serial - kSerial.size());
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), key.serial);
    text.remove_prefix(ca + kCa.size());
    (void)take_word(text);
    key.ca = fingerprint_in(take_word(text));
    // A key id that sshd had to spell otherwise is not what the certificate says.
    const bool is_plain = key.key_id.find('\\') == std::string::npos;
    return is_plain && read.ec == std::errc() && read.ptr == digits.data() + digits.size() && !key.ca.empty();
}

}  // namespace

std::optional<OpenedKey> key_in_message(std::string_view message) {
    constexpr std::string_view kBehind = " ssh2";
    const std::string_view result = take_word(message);
    if (result != "Accepted" && result != "Partial") return std::nullopt;
    const std::string_view method = take_word(message);
    OpenedKey key;
    if (method != "publickey" && method != "hostbased") return key;
    const std::size_t at = message.find(kBehind);
    if (at == std::string_view::npos) return std::nullopt;
    message.remove_prefix(at + kBehind.size());
    if (!message.starts_with(": ")) return std::nullopt;
    message.remove_prefix(2);
    const std::string_view type = take_word(message);
    key.key = fingerprint_in(take_word(message));
    if (key.key.empty()) return std::nullopt;
    if (!type.ends_with("-CERT")) return key;
    if (take_word(message) != "ID" || !take_certificate(message, key)) return std::nullopt;
    return key;
}

Result<std::vector<OpenedKey>> keys_in(std::string_view auth_info) {
    std::vector<OpenedKey> keys;
    SshIdentity identity(auth_info);
    Credential credential;
    for (;;) {
        const auto more = identity.next(credential);
        if (!more.ok()) return more.error();
        if (!more.value()) return keys;
        if (!credential.key) continue;
        OpenedKey key{std::string(credential.key->view()), {}, 0, {}};
        if (credential.certificate) {
            key.ca = credential.certificate->ca.view();
            key.serial = credential.certificate->serial;
            key.key_id = credential.certificate->key_id.view();
        }
        keys.push_back(std::move(key));
    }
}

Opening opening_of(const Session& session, const std::string& folder, uid_t owner) {
    Opening opening{OpenedBy::unknown, {}, {}};
    // Whatever the service is called: an sshd may go by another name.
    const auto record = session.leader > 0 ? recorded(session.leader, folder, owner) : Result<std::optional<std::string>>(std::nullopt);
    if (record.ok() && !record.value() && session.service != "sshd") return {};
    if (record.ok() && record.value()) {
        auto keys = keys_in(*record.value());
        if (!keys.ok()) return {OpenedBy::unknown, {}, keys.error()};
        return {OpenedBy::record, std::move(keys.value()), {}};
    }
    if (!record.ok() && record.error().fault == Fault::missing && session.service != "sshd") return {};
    const auto heard = session.leader > 0 ? said(session) : Result<std::optional<std::vector<OpenedKey>>>(std::nullopt);
    if (heard.ok() && heard.value()) return {OpenedBy::journal, *heard.value(), {}};
    const bool no_folder = !record.ok() && record.error().fault == Fault::missing;
    opening.trouble = !record.ok() && !no_folder ? record.error()
                      : !heard.ok()              ? heard.error()
                                                 : make_error(Fault::missing, "session " + session.id,
                                                              "was opened by sshd, and neither a record nor the journal says with which key");
    return opening;
}

std::vector<RecordedLogin> recorded_logins(const std::string& folder, uid_t owner) {
    std::vector<RecordedLogin> logins;
    const auto directory = open_trusted_directory(folder.c_str(), owner);
    if (!directory.ok()) return logins;
    DirectoryReader names(directory.value().get());
    for (;;) {
        const auto name = names.next();
        if (!name.ok() || name.value() == nullptr) return logins;
        const std::string_view digits(name.value());
        RecordedLogin login;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), login.pid);
        if (read.ec != std::errc() || read.ptr != digits.data() + digits.size()) continue;
        const auto start = start_of(login.pid);
        const auto record = recorded(login.pid, folder, owner);
        if (!start || !record.ok() || !record.value()) continue;
        auto keys = keys_in(*record.value());
        if (!keys.ok()) continue;
        login.start_ticks = *start;
        login.keys = std::move(keys.value());
        logins.push_back(std::move(login));
    }
}

bool is_at(const RecordedLogin& login) { return start_of(login.pid) == login.start_ticks; }

void kill_login(const RecordedLogin& login) {
    std::vector<RecordedLogin> tree = {login};
    for (std::size_t i = 0; i < tree.size(); ++i) {
        const std::string folder = "/proc/" + std::to_string(tree[i].pid) + "/task/" + std::to_string(tree[i].pid) + "/children";
        const std::string text = read_small(AT_FDCWD, folder.c_str());
        std::string_view rest(text);
        for (pid_t child = 0; !rest.empty();) {
            const std::string_view word = take_word(rest);
            const bool is_pid = std::from_chars(word.data(), word.data() + word.size(), child).ec == std::errc();
            const auto start = is_pid ? start_of(child) : std::nullopt;
            if (start) tree.push_back({child, *start, {}});
        }
    }
    for (const RecordedLogin& each : tree)
        (void)signal_process(each.pid, SIGKILL,
                             [&each](int directory) { return start_in(read_small(directory, "stat")) == each.start_ticks; });
}

void tidy_records(const std::string& folder, uid_t owner) {
    const auto directory = open_trusted_directory(folder.c_str(), owner);
    if (!directory.ok()) return;
    std::vector<std::string> gone;
    DirectoryReader names(directory.value().get());
    for (;;) {
        const auto name = names.next();
        if (!name.ok() || name.value() == nullptr) break;
        std::string_view digits(name.value());
        if (digits.starts_with('.')) digits.remove_prefix(1);
        pid_t pid = 0;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), pid);
        const bool is_record = read.ec == std::errc() && read.ptr == digits.data() + digits.size();
        // Gone only where others can be seen.
        if (is_record && !start_of(pid) && start_of(getpid())) gone.emplace_back(name.value());
    }
    for (const std::string& name : gone) unlinkat(directory.value().get(), name.c_str(), 0);
}

}  // namespace pam_revoke
