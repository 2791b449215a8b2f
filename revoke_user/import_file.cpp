// import_file.cpp - many people at once, out of a file, into this host's own list. Nobody's sessions are ended by it.

#include "actions.hpp"
#include "context.hpp"
#include "import_text.hpp"
#include "indexes.hpp"
#include "list_change.hpp"
#include "safeguards.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/store/import.hpp"
#include "revoke/base/json.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMostComplaints = 20;

// Each line that is not understood, as far as somebody would read on.
void complain_of(const Job& job, const std::vector<BadLine>& bad) {
    const std::string path = job.arguments.subject == "-" ? "standard input" : display(job.arguments.subject);
    for (std::size_t i = 0; i < bad.size() && i < kMostComplaints; ++i)
        job.output.complain(compose("{}:{}: {}", path, bad[i].number, bad[i].reason));
    if (bad.size() > kMostComplaints)
        job.output.complain(compose("{}: and {} more", path, counted(bad.size() - kMostComplaints, "line", "lines")));
    job.output.complain(compose("{}: nothing was imported: {} invalid", path, counted(bad.size(), "line is", "lines are")));
}

// Remembers what was done, and says it. Returns the exit code.
ExitCode conclude(const Job& job, const Imported& imported, const Denial& denial, std::size_t left_out) {
    const std::string& path = job.arguments.subject;
    const bool dry = job.arguments.dry_run;
    const std::string counts = compose("{} {}, {} already known{}", imported.added, dry ? "would be added" : "added", imported.known,
                                           left_out == 0 ? "" : compose(", {} left out", left_out));
    const auto remembered =
        denial.changed ? remember(job, HistoryAction::import, path,
                                      denial.durable && left_out == 0 ? HistoryResult::done : HistoryResult::incomplete, counts) : Result<void>();
    if (!imported.bad.empty()) complain_of(job, imported.bad);
    if (imported.bad.empty() && imported.truncated) job.output.warn(display(path) + ": no newline at the end; the last line may be truncated");
    if (imported.bad.empty())
        job.output.say(compose("{}: {}{}", display(path), counts,
                                   denial.changed ? "; no session was ended; run 'revokectl end NAME' for each user" : ""));
    if (!denial.durable) job.output.complain(job.console_path() + ": replaced, but may be lost in a power failure");
    if (!remembered.ok()) job.output.complain(remembered.error());
    const bool unchanged = !imported.bad.empty() || (!denial.changed && !dry);
    const ExitCode code = unchanged ? kUnchanged : denial.durable && left_out == 0 && remembered.ok() ? kDone : kIncomplete;
    JsonObject json;
    json.add("file", path).add("added", static_cast<std::int64_t>(imported.added)).add("known", static_cast<std::int64_t>(imported.known));
    json.add("bad", static_cast<std::int64_t>(imported.bad.size())).add("left_out", static_cast<std::int64_t>(left_out));
    json.add_flag("dry_run", dry);
    job.output.answer(json.add("exit", std::int64_t{code}).text());
    return code;
}

}  // namespace

ExitCode import_file(const Job& job) {
    if (!is_root(job)) return kUnchanged;
    const auto file = read_input(job.arguments.subject, kMaxListBytes);
    if (file.ok()) return import_text(job, file.value(), 0);
    job.output.complain(file.error());
    return kUnchanged;
}

ExitCode import_text(const Job& job, const std::string& file, std::size_t left_out) {
    if (!texts_fit(job)) return kUsage;
    const std::string& path = job.arguments.subject;
    const ImportDefaults defaults{quoted(job.arguments.reason), quoted(job.arguments.ref), quoted(job.by.name), job.now_sec,
                                  job.arguments.force ? nullptr : import_guard(job)};
    Imported imported;
    const auto change = [&](std::string_view text) -> Result<Edits> {
        auto lines = import_lines(text, file, defaults, job.console_path(), [&](std::size_t bytes) { job.output.bar("import", bytes, file.size()); });
        job.output.end_progress();
        if (!lines.ok()) return lines.error();
        imported = std::move(lines.value());
        if (!imported.bad.empty() || imported.added == 0 || job.arguments.dry_run) return Edits();
        return std::move(imported.edits);
    };
    const auto done = change_list(job, HistoryAction::import, path, change);
    if (!done.ok()) {
        job.output.complain(done.error());
        return kUnchanged;
    }
    const ExitCode code = conclude(job, imported, done.value(), left_out);
    if (done.value().changed) refresh_index(job);
    return code;
}

}  // namespace pam_revoke
