// show_history.cpp - revokectl history: actions from the history; denied logins and ended sessions
// from the journal.

#include <algorithm>
#include <iterator>

#include "actions.hpp"
#include "context.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/text.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/audit.hpp"
#include "revoke/logind/journal.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/pam_revoke/journal_socket.hpp"
#include "revoke/store/history.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

constexpr std::uint64_t kMaxHistoryBytes = std::uint64_t{256} << 20U;
constexpr std::size_t kMaxJournal =
    1000;  // of each kind; repeated denied logins can write more than that

// A record of the history or the journal; those of the journal are already filtered.
struct Shown {
    HistoryRecord record;
    bool is_journal = false;
};

// Reads the records of the history.
// Errors: as read_file(); for an invalid line, prints an error and sets `complete` to false.
Result<std::vector<Shown>> written(const Context& context, bool& complete) {
    const std::string path = context.state_dir() + "/" + kHistory;
    std::vector<Shown> records;
    const auto text = TRY(read_file(path, kMaxHistoryBytes, context.owner));
    if (!text) return records;
    for_each_line(*text, [&](std::string_view line, std::uint64_t number) {
        auto record = parse_record(line);
        if (!record) context.output.complain(compose("{}:{}: invalid record", path, number));
        complete = complete && record;
        if (record) records.push_back({std::move(*record)});
    });
    return records;
}

// Returns the user and origin of a journal entry, as text.
std::string words_of(JournalRecord& entry) {
    auto& fields = entry.fields;
    std::string text = fields["USER"];
    const auto add = [&](const char* before, const std::string& what) {
        text += what.empty() ? "" : before + what;
    };
    add(", session ", fields["SESSION"]);
    add(" by ", fields["RUSER"]);
    add(" at ", fields["SERVICE"]);
    add(" from ", fields["RHOST"]);
    add(" on ", fields["TTY"]);
    add(": ", fields["DETAIL"]);
    return text;
}

Shown record_of(JournalRecord& entry) {
    const bool is_denied = entry.message_id == kDeniedId;
    const bool is_ended = entry.message_id == message_id(Event::session_ended);
    auto& fields = entry.fields;
    const std::string user = "user:" + fields["USER"];
    HistoryRecord record;
    record.at_sec = static_cast<std::int64_t>(entry.at_usec / 1'000'000);
    record.action = is_denied ? "denied" : is_ended ? "session-ended" : "not-checked";
    record.target = fields["TARGET"].empty() ? user : fields["TARGET"];
    record.by = is_ended ? fields["BY"] : "pam_revoke";
    record.ref = fields["REF"];
    record.reason = fields["REASON"];
    record.result = is_ended ? "done" : fields["RESULT"];
    record.detail = words_of(entry);
    return {record, true};
}

// Returns the journal fields that match `wanted`: the login user, the caller or the target.
std::vector<std::string> fields_about(const std::string& wanted) {
    if (wanted.empty()) return {};
    std::vector<std::string> fields = {"REVOKE_TARGET=" + wanted};
    const std::string value = wanted.substr(wanted.find(':') + 1);
    if (wanted.starts_with("user:"))
        fields.insert(fields.end(), {"REVOKE_USER=" + value, "REVOKE_RUSER=" + value});
    if (wanted.starts_with("uid:")) fields.push_back("REVOKE_UID=" + value);
    return fields;
}

// Reads denied logins and ended sessions from the journal. Prints an error and returns false if
// some are missing.
bool take_journal(const Context& context, const std::string& wanted, std::vector<Shown>& records) {
    auto told = entries_with({kDeniedId, kUncheckedId, message_id(Event::session_ended)},
                             fields_about(wanted), kMaxJournal);
    if (!told.ok()) {
        context.output.complain(
            compose("denied logins are not listed: {}", describe(told.error())));
        return false;
    }
    if (!told.value().has_journal)
        context.output.warn(
            "denied logins are not listed: no journal on this host, the gate logs to syslog");
    if (told.value().is_truncated)
        context.output.complain(
            compose("only the newest {} journal entries of each kind are listed; for all, run "
                    "'journalctl MESSAGE_ID={}'",
                    kMaxJournal, kDeniedId));
    for (JournalRecord& entry : told.value().entries) records.push_back(record_of(entry));
    return !told.value().is_truncated;
}

// Merges both in order of time. The history has a resolution of one second: in the same second, an
// undo follows the denied logins, and any other record precedes them.
std::vector<Shown> merge(std::vector<Shown>& written, std::vector<Shown>& told) {
    std::vector<Shown> records;
    auto next = told.begin();
    for (Shown& shown : written) {
        const auto is_before = [&shown](const Shown& other) {
            const bool is_undo = shown.record.action == action_word(HistoryAction::undo);
            return other.record.at_sec < shown.record.at_sec ||
                   (is_undo && other.record.at_sec == shown.record.at_sec);
        };
        for (; next != told.end() && is_before(*next); ++next) records.push_back(std::move(*next));
        records.push_back(std::move(shown));
    }
    std::move(next, told.end(), std::back_inserter(records));
    return records;
}

}  // namespace

ExitCode show_history(const Context& asked) {
    Context context = asked;
    use_account_name(context);
    std::string wanted;
    if (!context.arguments.subject.empty()) {
        const auto target = subject_of(context.arguments);
        if (!target.ok()) return context.fail(target.error(), kUsage);
        wanted = text_of(target.value());
    }
    bool complete = true;
    auto history = written(context, complete);
    if (!history.ok()) return context.fail(history.error(), kIncomplete);
    std::vector<Shown> told;
    complete = take_journal(context, wanted, told) && complete;
    std::vector<std::vector<std::string>> rows = {
        {"AT", "ACTION", "TARGET", "BY", "RESULT", "REF", "REASON", "DETAIL"}};
    for (const auto& [record, is_journal] : merge(history.value(), told)) {
        if (!wanted.empty() && !is_journal && record.target != wanted) continue;
        context.output.answer(print_record(record));
        rows.push_back({std::string(print_time(record.at_sec).view()), record.action,
                        display(record.target), display(record.by), record.result,
                        display(record.ref), display(record.reason), display(record.detail)});
    }
    context.output.table(rows, "no history");
    return complete ? kDone : kIncomplete;
}

}  // namespace pam_revoke
