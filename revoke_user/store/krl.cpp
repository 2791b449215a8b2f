#include "revoke/store/krl.hpp"

#include <algorithm>
#include <array>

#include "revoke/base/compose.hpp"
#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kHexBytes = 7 + 64;

unsigned digit(char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); }

// ssh-keygen prints hashes of a KRL in hex, and everywhere else in base64.
std::string from_hex(std::string_view hex) {
    if (hex.find_first_not_of("0123456789abcdef") != std::string_view::npos) return {};
    std::array<std::uint8_t, 32> digest{};
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = static_cast<std::uint8_t>(digit(hex[2 * i]) << 4U | digit(hex[2 * i + 1]));
    return std::string(print_fingerprint(digest).view());
}

// Returns the fingerprint at the start of `text`, or an empty text.
std::string fingerprint_in(std::string_view text) {
    const std::string_view word = take_until(text, ' ');
    if (!word.starts_with(kFingerprintPrefix)) return {};
    if (word.size() == kHexBytes) return from_hex(word.substr(kFingerprintPrefix.size()));
    return why_not_a_fingerprint(word) == nullptr ? std::string(word) : std::string();
}

// Returns a key ID printed by ssh-keygen, escaped for quotes; empty if it is not printed
// completely.
std::string key_id_of(std::string_view printed) {
    if (printed.empty() || printed.find('\\') != std::string_view::npos) return {};
    return quoted(printed);
}

// Reads the output of ssh-keygen, line by line.
struct Printed {
    ListOfKrl list;
    std::string authority;  // the CA of the following lines
    bool is_anybodys = false;

    const char* take_comment(std::string_view line) {
        constexpr std::string_view kAuthority = "# CA key ";
        if (line.starts_with("# hash SHA1:"))
            return "a SHA1 hash has no equivalent; revoke the key itself";
        is_anybodys = line == "# Wildcard CA";
        if (!line.starts_with(kAuthority)) return nullptr;
        line.remove_prefix(kAuthority.size());
        authority = fingerprint_in(line.substr(std::min(line.find(' ') + 1, line.size())));
        return authority.empty() ? "unsupported CA key" : nullptr;
    }

    const char* take_certificate(std::string_view attribute, const std::string& value) {
        if (is_anybodys) return "a serial or key ID without a CA has no equivalent";
        if (authority.empty()) return "unsupported CA key";
        if (value.empty()) return "key ID not printed completely";
        list.text += compose("cert:{} {}=\"{}\"\n", authority, attribute, value);
        return nullptr;
    }

    const char* take(std::string_view line) {
        constexpr std::string_view kHash = "hash: ";
        constexpr std::string_view kSerial = "serial: ";
        constexpr std::string_view kId = "id: ";
        if (line.empty()) return nullptr;
        if (line.starts_with('#')) return take_comment(line);
        if (line.starts_with(kSerial))
            return take_certificate("serial", std::string(line.substr(kSerial.size())));
        if (line.starts_with(kId))
            return take_certificate("keyid", key_id_of(line.substr(kId.size())));
        const std::string hash =
            line.starts_with(kHash) ? fingerprint_in(line.substr(kHash.size())) : std::string();
        if (hash.empty()) return "unsupported item";
        list.text += compose("ca:{}\n", hash);
        return nullptr;
    }
};

// True if ssh-keygen would lose a part of `id`: a comment, or blanks around it.
bool is_lost(const std::string& id) {
    return id.empty() || id.front() == ' ' || id.back() == ' ' ||
           id.find_first_of("#\t") != std::string::npos;
}

}  // namespace

ListOfKrl list_of_krl(std::string_view printed) {
    Printed reading;
    reading.list.text = std::string(kListHeader) + "\n";
    if (!printed.starts_with("# KRL version "))
        reading.list.bad.push_back({1, "unexpected first line"});
    for_each_line(printed, [&reading](std::string_view line, std::uint64_t number) {
        if (const char* reason = reading.take(line)) reading.list.bad.push_back({number, reason});
    });
    return reading.list;
}

const char* add_to_krl(const Entry& entry, KrlOfList& krl) {
    if (!entry.services.empty() || !entry.hosts.empty()) return "limited to some services or hosts";
    if (entry.target.kind != TargetKind::certificate) {
        krl.hashes += compose("hash: {}\n", entry.target.name);
        return nullptr;
    }
    std::string& lines = krl.by_authority[std::string(entry.target.name)];
    if (!entry.serial.empty() && !entry.keyid.empty())
        return "both a serial and a key ID; a KRL cannot combine them";
    if (!entry.serial.empty()) {
        // Written as numbers: ssh-keygen reads a leading 0 as octal, and rejects a range of one.
        const auto [first, last] = parse_serials(entry.serial).value_or(SerialRange());
        if (first == 0) return "serial 0, which a KRL cannot contain";
        lines += first == last ? compose("serial: {}\n", first)
                               : compose("serial: {}-{}\n", first, last);
        return nullptr;
    }
    std::string id;
    append_plain(entry.keyid, id);
    if (is_lost(id)) return "key ID that ssh-keygen cannot read";
    lines += compose("id: {}\n", id);
    return nullptr;
}

}  // namespace pam_revoke
