// show_doctor.cpp - what is wrong with the gate of a host or a tree, a line or an object for each finding.

#include <filesystem>

#include "revoke/doctor/doctor.hpp"
#include "actions.hpp"
#include "context.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"

namespace pam_revoke {

ExitCode show_doctor(Job& job) {
    const std::string& root = job.arguments.root;
    std::error_code fault;
    if (!root.empty() && !std::filesystem::is_directory(root, fault)) {
        job.output.complain(display(root) + ": not a directory");
        return kUsage;
    }
    const Examined host{root, job.settings, job.owner, job.now_sec, [&job](std::string_view line) { job.output.warn(line); }};
    const Findings findings = examine(host);
    for (const Finding& finding : findings) {
        job.output.answer(JsonObject()
                              .add("finding", finding.kind)
                              .add("object", finding.object)
                              .add("reason", finding.reason)
                              .add("next_step", finding.next_step)
                              .text());
        job.output.say(compose("{}: {}: {}; {}", finding.kind, display(finding.object), display(finding.reason),
                               display(finding.next_step)));
    }
    if (findings.empty()) job.output.say(job.output.good("healthy"));
    return findings.empty() ? kDone : kFindings;
}

}  // namespace pam_revoke
