// import_file.cpp - many people at once, out of a file, into this host's own list. Nobody's sessions are ended by it.

#include <fmt/format.h>

#include "job.hpp"
#include "revoke/import.hpp"
#include "revoke/json.hpp"
#include "revoke/report.hpp"
#include "revoke/store.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMostComplaints = 20;

// Each line that is not understood, as far as somebody would read on.
void complain_of(const Job& job, const std::vector<BadLine>& bad) {
    const std::string path = display(job.arguments.subject);
    for (std::size_t i = 0; i < bad.size() && i < kMostComplaints; ++i)
        job.output.complain(fmt::format("{}:{}: {}", path, bad[i].number, bad[i].reason));
    if (bad.size() > kMostComplaints) job.output.complain(fmt::format("{}: and {} lines more", path, bad.size() - kMostComplaints));
    job.output.complain(fmt::format("{}: nothing was imported: {} lines are not understood", path, bad.size()));
}

}  // namespace

int import_file(const Job& job) {
    if (!is_root(job)) return kUnchanged;
    if (!texts_fit(job)) return kUsage;
    const std::string& path = job.arguments.subject;
    const auto file = read_input(path, kMaxListBytes);
    if (!file.ok()) {
        job.output.complain(file.error());
        return kUnchanged;
    }
    const ImportDefaults defaults{quoted(job.arguments.reason), quoted(job.arguments.ref), quoted(job.by.name), job.now_sec,
                                  job.arguments.force ? nullptr : import_guard(job)};
    Imported imported;
    const auto change = [&](std::string_view text) -> Result<Edits> {
        auto lines =
            import_lines(text, file.value(), defaults, [&](std::size_t bytes) { job.output.bar("import", bytes, file.value().size()); });
        job.output.end_progress();
        if (!lines.ok()) return lines.error();
        imported = std::move(lines.value());
        if (!imported.bad.empty() || imported.added == 0 || job.arguments.dry_run) return Edits();
        return std::move(imported.edits);
    };
    const auto done = change_list(job, "import", path, change);
    if (!done.ok()) {
        job.output.complain(done.error());
        return kUnchanged;
    }
    if (!imported.bad.empty()) complain_of(job, imported.bad);
    const int code = !imported.bad.empty() || (!done.value().changed() && !job.arguments.dry_run) ? kUnchanged
                     : done.value().durable                                                       ? kDone
                                                                                                  : kIncomplete;
    if (imported.bad.empty())
        job.output.say(fmt::format("{}: {} {}, {} known already{}", display(path), imported.added,
                                   job.arguments.dry_run ? "would be added" : "added", imported.known,
                                   done.value().changed() ? "; no session was ended: --end-only NAME does that" : ""));
    if (!done.value().durable) job.output.complain(job.console_path() + ": is replaced, but may not survive a power cut");
    JsonObject json;
    json.add("file", path).add("added", static_cast<std::int64_t>(imported.added)).add("known", static_cast<std::int64_t>(imported.known));
    job.output.answer(json.add("bad", static_cast<std::int64_t>(imported.bad.size())).add("exit", std::int64_t{code}).text());
    if (done.value().changed()) refresh_index(job, *done.value().change);
    return code;
}

}  // namespace pam_revoke
