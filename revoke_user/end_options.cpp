#include "end_options.hpp"

#include "revoke/logind/report.hpp"
#include "revoke/logind/terminals.hpp"

namespace pam_revoke {

EndOptions end_options(const Context& context) {
    EndOptions options;
    options.grace_usec = static_cast<std::uint64_t>(context.settings.grace_sec) * 1'000'000;
    options.limit_usec = static_cast<std::uint64_t>(context.settings.limit_sec) * 1'000'000;
    options.now = context.arguments.now;
    options.descendants = context.arguments.descendants;
    return options;
}

OnProgress show_progress(const Context& context) {
    return [&context](const Progress& progress) { context.output.progress(progress); };
}

void warn_users(const Context& context, const std::vector<Session>& sessions) {
    if (context.arguments.warn.empty()) return;
    for (const Session& session : sessions) {
        if (session.tty.empty()) continue;
        const auto done = write_on_terminal(session.tty, session.uid, context.arguments.warn);
        if (!done.ok()) context.output.warn(describe(done.error()));
    }
}

}  // namespace pam_revoke
