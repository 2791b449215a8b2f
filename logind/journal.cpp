#include "revoke/logind/journal.hpp"

#include <systemd/sd-journal.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

namespace pam_revoke {
namespace {

constexpr std::uint64_t kSecondUsec = 1'000'000;
constexpr std::uint64_t kBeforeUsec = 600 * kSecondUsec;  // LoginGraceTime is usually two minutes
constexpr std::uint64_t kAfterUsec = 5 * kSecondUsec;

using Journal = std::unique_ptr<sd_journal, decltype(&sd_journal_close)>;

Error failed(int result) { return make_error(Fault::io, "journal", "cannot read", -result); }

std::string message_in(sd_journal* journal) {
    constexpr std::string_view kField = "MESSAGE=";
    const void* data = nullptr;
    std::size_t size = 0;
    if (sd_journal_get_data(journal, "MESSAGE", &data, &size) < 0 || size < kField.size())
        return {};
    return std::string(static_cast<const char*>(data), size).substr(kField.size());
}

constexpr std::array<std::string_view, 14> kFields = {
    "USER",   "RUSER", "TARGET", "SERVICE", "RHOST", "TTY", "RESULT",
    "DETAIL", "REF",   "REASON", "SESSION", "BY",    "UID", "PHASE"};

// Errors: a negative errno of sd-journal; a missing field is none.
int take_fields(sd_journal* journal, std::map<std::string, std::string>& fields) {
    for (const std::string_view name : kFields) {
        const std::string field = "REVOKE_" + std::string(name);
        const void* data = nullptr;
        std::size_t size = 0;
        const int result = sd_journal_get_data(journal, field.c_str(), &data, &size);
        if (result < 0 && result != -ENOENT) return result;
        if (result >= 0 && size > field.size())
            fields.emplace(
                name, std::string(static_cast<const char*>(data), size).substr(field.size() + 1));
    }
    return 0;
}

// Matches root's entries with this ID and one of the fields in `about`. Errors: as above.
int match(sd_journal* journal, std::string_view message_id, const std::vector<std::string>& about) {
    sd_journal_flush_matches(journal);
    const std::string id = "MESSAGE_ID=" + std::string(message_id);
    int result = 0;
    for (std::size_t i = 0; i < std::max<std::size_t>(about.size(), 1) && result >= 0; ++i) {
        if (i > 0) result = sd_journal_add_disjunction(journal);
        for (const std::string& field :
             {id, std::string("_UID=0"), i < about.size() ? about[i] : std::string()})
            if (result >= 0 && !field.empty())
                result = sd_journal_add_match(journal, field.c_str(), 0);
    }
    return result;
}

// Reads the newest entries first. Errors: as above.
int take_newest(sd_journal* journal, std::string_view message_id, std::size_t most,
                JournalRead& told) {
    int result = sd_journal_seek_tail(journal);
    for (std::size_t i = 0; result >= 0 && (result = sd_journal_previous(journal)) > 0; ++i) {
        if (i == most) {
            told.is_truncated = true;
            return 0;
        }
        JournalRecord entry{0, message_id, {}};
        if ((result = sd_journal_get_realtime_usec(journal, &entry.at_usec)) < 0) break;
        if ((result = take_fields(journal, entry.fields)) < 0) break;
        told.entries.push_back(std::move(entry));
    }
    return result;
}

}  // namespace

Result<JournalRead> entries_with(const std::vector<std::string_view>& message_ids,
                                 const std::vector<std::string>& about, std::size_t most) {
    sd_journal* opened = nullptr;
    if (const int result = sd_journal_open(&opened, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
        result < 0)
        return failed(result);
    const Journal journal(opened, &sd_journal_close);
    JournalRead told;
    told.has_journal =
        sd_journal_has_runtime_files(opened) > 0 || sd_journal_has_persistent_files(opened) > 0;
    for (const std::string_view id : message_ids) {
        int result = match(opened, id, about);
        if (result >= 0) result = take_newest(opened, id, most, told);
        if (result < 0) return failed(result);
    }
    std::sort(told.entries.begin(), told.entries.end(),
              [](const JournalRecord& a, const JournalRecord& b) { return a.at_usec < b.at_usec; });
    return told;
}

Result<std::vector<std::string>> messages_of(pid_t pid, std::int64_t since_sec) {
    sd_journal* opened = nullptr;
    int result = sd_journal_open(&opened, SD_JOURNAL_LOCAL_ONLY);
    if (result < 0) return failed(result);
    const Journal journal(opened, &sd_journal_close);
    sd_id128_t boot{};
    if ((result = sd_id128_get_boot(&boot)) < 0) return failed(result);
    std::array<char, SD_ID128_STRING_MAX> boot_text{};
    const std::string of_boot =
        std::string("_BOOT_ID=") + sd_id128_to_string(boot, boot_text.data());
    for (const std::string& match : {"_PID=" + std::to_string(pid), std::string("_UID=0"), of_boot})
        if ((result = sd_journal_add_match(opened, match.c_str(), 0)) < 0) return failed(result);
    const std::uint64_t since_usec = static_cast<std::uint64_t>(since_sec) * kSecondUsec;
    if ((result = sd_journal_seek_realtime_usec(
             opened, since_usec - std::min(since_usec, kBeforeUsec))) < 0)
        return failed(result);
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
