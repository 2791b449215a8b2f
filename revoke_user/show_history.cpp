// show_history.cpp - --history: what was done, as the history has it, and what came of it, as the journal has it.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "job.hpp"
#include "revoke/audit.hpp"
#include "revoke/history.hpp"
#include "revoke/journal.hpp"
#include "revoke/journal_socket.hpp"
#include "revoke/json.hpp"
#include "revoke/report.hpp"
#include "revoke/store.hpp"
#include "revoke/time.hpp"

namespace pam_revoke {
namespace {

constexpr std::uint64_t kMostHistoryBytes = std::uint64_t{256} << 20U;
constexpr std::size_t kMostOfJournal = 1000;  // of each kind; who tries to get in all night writes more

// A record, and the person whom it is about where the target is a key, a group or a number.
struct Shown {
    HistoryRecord record;
    std::string person;
};

// The records of the history. Errors: whatever keeps it from being read; a line that is no record is complained of, and `whole` false.
Result<std::vector<Shown>> written(const Job& job, bool& whole) {
    const std::string path = job.state_dir() + "/" + kHistory;
    std::vector<Shown> records;
    const auto text = read_file(path, kMostHistoryBytes, job.owner);
    if (!text.ok() && text.error().fault == Fault::missing) return records;
    if (!text.ok()) return text.error();
    std::string_view rest = text.value();
    for (std::uint64_t number = 1; !rest.empty(); ++number) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        auto record = parse_record(line);
        if (!record) job.output.complain(fmt::format("{}:{}: is no record", path, number));
        whole = whole && record;
        if (record) records.push_back({std::move(*record), {}});
    }
    return records;
}

// Whom an entry of the journal is about, and where they came from.
std::string words_of(ToldEntry& entry) {
    auto& fields = entry.fields;
    std::string text = fields["USER"];
    const auto add = [&](const char* before, const std::string& what) { text += what.empty() ? "" : before + what; };
    add(", session ", fields["SESSION"]);
    add(" by ", fields["RUSER"]);
    add(" at ", fields["SERVICE"]);
    add(" from ", fields["RHOST"]);
    add(" on ", fields["TTY"]);
    add(": ", fields["DETAIL"]);
    return text;
}

HistoryRecord record_of(ToldEntry& entry) {
    const bool is_denied = entry.message_id == kDeniedId;
    const bool is_ended = entry.message_id == message_id(Event::session_ended);
    const std::string target = entry.fields["TARGET"].empty() ? "user:" + entry.fields["USER"] : entry.fields["TARGET"];
    const std::string result = is_ended ? "done" : entry.fields["RESULT"];
    return {entry.at_sec,        is_denied ? "denied" : is_ended ? "session-ended" : "not-checked",
            target,              is_ended ? entry.fields["BY"] : "pam_revoke",
            entry.fields["REF"], entry.fields["REASON"],
            result,              words_of(entry)};
}

// What the journal has of denials and ended sessions.
Result<std::vector<Shown>> told(const Job& job) {
    auto entries = entries_with({kDeniedId, kUncheckedId, message_id(Event::session_ended)}, kMostOfJournal);
    if (!entries.ok()) return entries.error();
    std::vector<Shown> records;
    for (const std::string_view id : {kDeniedId, kUncheckedId}) {
        const auto count = std::count_if(entries.value().begin(), entries.value().end(), [id](const auto& entry) { return entry.message_id == id; });
        if (static_cast<std::size_t>(count) >= kMostOfJournal)
            job.output.warn(fmt::format("the newest {} of their kind are shown; all of them: journalctl MESSAGE_ID={}", kMostOfJournal, id));
    }
    for (ToldEntry& entry : entries.value()) records.push_back({record_of(entry), "user:" + entry.fields["USER"]});
    return records;
}

}  // namespace

int show_history(const Job& job) {
    std::string wanted;
    if (!job.arguments.subject.empty()) {
        const auto target = subject_of(job.arguments);
        if (!target.ok()) {
            job.output.complain(target.error());
            return kUsage;
        }
        wanted = text_of(target.value());
    }
    bool whole = true;
    auto records = written(job, whole);
    if (!records.ok()) {
        job.output.complain(records.error());
        return kIncomplete;
    }
    auto from_journal = told(job);
    if (!from_journal.ok()) job.output.complain(fmt::format("what was denied is not shown: {}", describe(from_journal.error())));
    whole = whole && from_journal.ok();
    if (from_journal.ok()) std::move(from_journal.value().begin(), from_journal.value().end(), std::back_inserter(records.value()));
    std::stable_sort(records.value().begin(), records.value().end(), [](const Shown& a, const Shown& b) { return a.record.at_sec < b.record.at_sec; });
    std::vector<std::vector<std::string>> rows = {{"AT", "ACTION", "TARGET", "BY", "RESULT", "REF", "REASON", "DETAIL"}};
    for (const auto& [record, person] : records.value()) {
        if (!wanted.empty() && record.target != wanted && person != wanted) continue;
        job.output.answer(print_record(record));
        rows.push_back({std::string(print_time(record.at_sec).view()), record.action, display(record.target), display(record.by),
                        record.result, display(record.ref), display(record.reason), display(record.detail)});
    }
    if (rows.size() > 1)
        job.output.table(rows);
    else
        job.output.say("no history");
    return whole ? kDone : kIncomplete;
}

}  // namespace pam_revoke
