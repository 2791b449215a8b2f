#include "end_options.hpp"

#include "revoke/logind/report.hpp"
#include "revoke/logind/terminals.hpp"

namespace pam_revoke {

EndOptions end_options(const Job& job) {
    EndOptions options;
    options.grace_usec = static_cast<std::uint64_t>(job.settings.grace_sec) * 1'000'000;
    options.limit_usec = static_cast<std::uint64_t>(job.settings.limit_sec) * 1'000'000;
    options.now = job.arguments.now;
    options.descendants = job.arguments.descendants;
    return options;
}

OnProgress show_progress(const Job& job) {
    return [&job](const Progress& progress) { job.output.progress(progress); };
}

void warn_people(const Job& job, const std::vector<Session>& sessions) {
    if (job.arguments.warn.empty()) return;
    for (const Session& session : sessions) {
        if (session.tty.empty()) continue;
        const auto done = write_on_terminal(session.tty, session.uid, job.arguments.warn);
        if (!done.ok()) job.output.warn(describe(done.error()));
    }
}

}  // namespace pam_revoke
