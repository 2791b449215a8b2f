// show_doctor.cpp - revokectl doctor: prints a line or JSON object for each finding.

#include <filesystem>

#include "actions.hpp"
#include "context.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/doctor/doctor.hpp"
#include "revoke/logind/report.hpp"

namespace pam_revoke {
namespace {

// A line of the gate can name another configuration, or other lists, than those examined.
void examine_gate_lines(const Context& context, Findings& findings) {
    const std::string own = std::string(context.settings.state_dir.view()) + "/lists.d";
    for (const auto& [line, settings] : gate_settings(context)) {
        const std::string object = line.service + ": " + line.place;
        const auto& lists = settings.policy.lists;
        const bool is_other = lists.view() != context.settings.policy.lists.view();
        if (settings.error && !context.settings.error)
            findings.push_back({"pam", object, describe(*settings.error), "fix the line"});
        else if (is_other && !contains_item(lists.view(), own))
            findings.push_back({"pam", object,
                                "the gate does not read " + own + ", where revoke-user writes",
                                "add the directory to the lists= of the line"});
    }
}

}  // namespace

ExitCode show_doctor(const Context& context) {
    const std::string& root = context.arguments.root;
    std::error_code fault;
    if (!root.empty() && !std::filesystem::is_directory(root, fault))
        return context.fail(display(root) + ": not a directory", kUsage);
    const Examined host{root, context.settings, context.owner, context.now_sec,
                        [&context](std::string_view line) { context.output.warn(line); }};
    Findings findings = examine(host);
    if (root.empty()) examine_gate_lines(context, findings);
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
