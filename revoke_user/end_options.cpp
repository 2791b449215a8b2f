#include "end_options.hpp"

namespace pam_revoke {

EndOptions end_options(const Context& context) {
    EndOptions options;
    options.grace_usec = static_cast<std::uint64_t>(context.settings.grace_sec) * 1'000'000;
    options.limit_usec = static_cast<std::uint64_t>(context.settings.limit_sec) * 1'000'000;
    options.now = context.arguments.now;
    options.descendants = context.arguments.descendants;
    options.gathers_evidence = true;
    return options;
}

OnProgress show_progress(const Context& context) {
    return [&context](const Progress& progress) { context.output.progress(progress); };
}

}  // namespace pam_revoke
