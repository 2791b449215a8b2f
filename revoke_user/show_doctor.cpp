// show_doctor.cpp - revokectl doctor: prints a line or JSON object for each finding.

#include <filesystem>

#include "actions.hpp"
#include "context.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/doctor/doctor.hpp"

namespace pam_revoke {

ExitCode show_doctor(const Context& context) {
    const std::string& root = context.arguments.root;
    std::error_code fault;
    if (!root.empty() && !std::filesystem::is_directory(root, fault))
        return context.fail(display(root) + ": not a directory", kUsage);
    const Examined host{root, context.settings, context.owner, context.now_sec,
                        [&context](std::string_view line) { context.output.warn(line); }};
    const Findings findings = examine(host);
    for (const Finding& finding : findings) {
        context.output.answer(JsonObject()
                                  .add("finding", finding.kind)
                                  .add("object", finding.object)
                                  .add("reason", finding.reason)
                                  .add("next_step", finding.next_step)
                                  .text());
        context.output.say(compose("{}: {}: {}; {}", finding.kind, display(finding.object),
                                   display(finding.reason), display(finding.next_step)));
    }
    if (findings.empty()) context.output.say(context.output.good("healthy"));
    return findings.empty() ? kDone : kFindings;
}

}  // namespace pam_revoke
