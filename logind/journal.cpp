#include "revoke/journal.hpp"

#include <systemd/sd-journal.h>

#include <algorithm>
#include <array>
#include <memory>

namespace pam_revoke {
namespace {

constexpr std::uint64_t kSecondUsec = 1'000'000;
constexpr std::uint64_t kBeforeUsec = 600 * kSecondUsec;  // LoginGraceTime is two minutes, mostly
constexpr std::uint64_t kAfterUsec = 5 * kSecondUsec;

using Journal = std::unique_ptr<sd_journal, decltype(&sd_journal_close)>;

Error failed(int result) { return make_error(Fault::io, "journal", "can not be read", -result); }

std::string message_in(sd_journal* journal) {
    constexpr std::string_view kField = "MESSAGE=";
    const void* data = nullptr;
    std::size_t size = 0;
    if (sd_journal_get_data(journal, "MESSAGE", &data, &size) < 0 || size < kField.size()) return {};
    return std::string(static_cast<const char*>(data), size).substr(kField.size());
}

std::map<std::string, std::string> fields_of(sd_journal* journal) {
    constexpr std::string_view kOurs = "REVOKE_";
    std::map<std::string, std::string> fields;
    const void* data = nullptr;
    std::size_t size = 0;
    sd_journal_restart_data(journal);
    while (sd_journal_enumerate_available_data(journal, &data, &size) > 0) {
        const std::string_view field(static_cast<const char*>(data), size);
        const std::size_t equals = field.find('=');
        if (!field.starts_with(kOurs) || equals == std::string_view::npos) continue;
        fields.emplace(field.substr(kOurs.size(), equals - kOurs.size()), field.substr(equals + 1));
    }
    return fields;
}

// The newest first. Errors: those of sd-journal, negative.
int take_newest(sd_journal* journal, std::string_view message_id, std::size_t most, std::vector<ToldEntry>& entries) {
    sd_journal_flush_matches(journal);
    for (const std::string& match : {"MESSAGE_ID=" + std::string(message_id), std::string("_UID=0")})
        if (const int result = sd_journal_add_match(journal, match.c_str(), 0); result < 0) return result;
    int result = sd_journal_seek_tail(journal);
    for (std::size_t i = 0; i < most && result >= 0 && (result = sd_journal_previous(journal)) > 0; ++i) {
        std::uint64_t at_usec = 0;
        if ((result = sd_journal_get_realtime_usec(journal, &at_usec)) < 0) break;
        entries.push_back({static_cast<std::int64_t>(at_usec / kSecondUsec), message_id, fields_of(journal)});
    }
    return result;
}

}  // namespace

Result<std::vector<ToldEntry>> entries_with(const std::vector<std::string_view>& message_ids, std::size_t most) {
    sd_journal* opened = nullptr;
    if (const int result = sd_journal_open(&opened, SD_JOURNAL_LOCAL_ONLY); result < 0) return failed(result);
    const Journal journal(opened, &sd_journal_close);
    std::vector<ToldEntry> entries;
    for (const std::string_view id : message_ids)
        if (const int result = take_newest(opened, id, most, entries); result < 0) return failed(result);
    std::reverse(entries.begin(), entries.end());
    std::stable_sort(entries.begin(), entries.end(), [](const ToldEntry& a, const ToldEntry& b) { return a.at_sec < b.at_sec; });
    return entries;
}

Result<std::vector<std::string>> messages_of(pid_t pid, std::int64_t since_sec) {
    sd_journal* opened = nullptr;
    int result = sd_journal_open(&opened, SD_JOURNAL_LOCAL_ONLY);
    if (result < 0) return failed(result);
    const Journal journal(opened, &sd_journal_close);
    sd_id128_t boot{};
    if ((result = sd_id128_get_boot(&boot)) < 0) return failed(result);
    std::array<char, SD_ID128_STRING_MAX> boot_text{};
    const std::string of_boot = std::string("_BOOT_ID=") + sd_id128_to_string(boot, boot_text.data());
    for (const std::string& match : {"_PID=" + std::to_string(pid), std::string("_UID=0"), of_boot})
        if ((result = sd_journal_add_match(opened, match.c_str(), 0)) < 0) return failed(result);
    const std::uint64_t since_usec = static_cast<std::uint64_t>(since_sec) * kSecondUsec;
    if ((result = sd_journal_seek_realtime_usec(opened, since_usec - std::min(since_usec, kBeforeUsec))) < 0) return failed(result);
    std::vector<std::string> messages;
    while ((result = sd_journal_next(opened)) > 0) {
        std::uint64_t at_usec = 0;
        if ((result = sd_journal_get_realtime_usec(opened, &at_usec)) < 0) break;
        if (at_usec > since_usec + kAfterUsec) break;
        messages.push_back(message_in(opened));
    }
    return result < 0 ? Result<std::vector<std::string>>(failed(result)) : messages;
}

}  // namespace pam_revoke
