// undo.cpp - letting a person in again, as far as this host's own list kept them out.

#include <fmt/format.h>

#include "job.hpp"
#include "revoke/json.hpp"
#include "revoke/report.hpp"

namespace pam_revoke {

int undo_person(Job& job) {
    if (!is_root(job)) return kUnchanged;
    const auto target = subject_of(job.arguments);
    if (!target.ok()) {
        job.output.complain(target.error());
        return kUsage;
    }
    const std::string name = text_of(target.value());
    if (job.arguments.dry_run) {
        job.output.say(fmt::format("{}: would be taken out of {}", display(name), job.console_path()));
        return kDone;
    }
    const auto restored = restore(job, target.value());
    if (!restored.ok()) {
        job.output.complain(restored.error());
        return kUnchanged;
    }
    const bool changed = restored.value().changed;
    const Answer answer = ask_gate(job, target.value(), "sshd");
    const bool clear = answer.verdict == Verdict::clear;
    if (!changed) job.output.complain(fmt::format("{}: is not in {}; nothing was changed", display(name), job.console_path()));
    if (answer.verdict == Verdict::revoked)
        job.output.complain(fmt::format("{}: is still denied by {}:{}", display(name), display(answer.list.view()), answer.line));
    if (answer.verdict == Verdict::unavailable && answer.error) job.output.complain(*answer.error);
    if (changed && clear) job.output.say(fmt::format("{}: {}", display(name), job.output.good("may log in again")));
    const auto remembered = changed ? remember(job, "undo", target.value(), clear ? "done" : "incomplete", "") : Result<Done>(Done{});
    if (!remembered.ok()) job.output.complain(remembered.error());
    const int code = !changed ? kUnchanged : clear && remembered.ok() ? kDone : kIncomplete;
    job.output.answer(JsonObject()
                          .add("target", name)
                          .add_flag("changed", changed)
                          .add_flag("clear", clear)
                          .add("still_in", answer.list.view())
                          .add("exit", std::int64_t{code})
                          .text());
    return code;
}

}  // namespace pam_revoke
