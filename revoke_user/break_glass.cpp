// break_glass.cpp - --break-glass: for a time, who can not be checked is let in.
// Layer: command.

#include "revoke/break_glass.hpp"

#include <fmt/format.h>

#include "job.hpp"
#include "revoke/json.hpp"
#include "revoke/report.hpp"
#include "revoke/store.hpp"
#include "revoke/time.hpp"

namespace pam_revoke {
namespace {

// For how long, 0 for "off". Errors: malformed, refused (object: what was typed).
Result<std::int64_t> asked_for_sec(const Job& job) {
    const std::string& text = job.arguments.subject;
    const std::int64_t most_sec = job.settings.policy.break_glass_sec;
    if (text == "off") return 0;
    const auto duration_sec = parse_duration(text);
    if (!duration_sec || *duration_sec == 0) return make_error(Fault::malformed, text, "is neither a duration such as 2h nor off");
    if (most_sec == 0)
        return make_error(Fault::refused, text, "is not announced: break_glass = 2h in [gate] of the configuration does that, beforehand");
    if (*duration_sec > most_sec) return make_error(Fault::refused, text, "is longer than break_glass of the configuration allows");
    return *duration_sec;
}

// Writes the file, or takes it away. False when there was nothing to take away.
Result<bool> put(const Job& job, std::int64_t for_sec) {
    const auto folder = Folder::open(std::string(job.settings.run_dir.view()), job.owner);
    if (!folder.ok()) return folder.error();
    if (for_sec > 0) return folder.value().replace(kBreakGlassName, print_break_glass(since_boot_sec() + for_sec).view(), 0600);
    const auto was = folder.value().read(kBreakGlassName, 64);
    const auto removed = folder.value().remove(kBreakGlassName);
    return removed.ok() ? Result<bool>(!was.ok() || !was.value().empty()) : removed.error();
}

}  // namespace

int break_glass(const Job& job) {
    if (!is_root(job)) return kUnchanged;
    const std::string& text = job.arguments.subject;
    const auto for_sec = asked_for_sec(job);
    if (!for_sec.ok()) {
        job.output.complain(for_sec.error());
        return for_sec.error().fault == Fault::malformed ? kUsage : kUnchanged;
    }
    if (for_sec.value() > 0 && !is_confirmed(job, fmt::format("Let everybody in who can not be checked, for {}?", text))) return kUnchanged;
    const auto done = put(job, for_sec.value());
    if (!done.ok() || (for_sec.value() == 0 && !done.value())) {
        job.output.complain(done.ok() ? std::string("the glass is not broken; nothing was changed") : describe(done.error()));
        return kUnchanged;
    }
    const auto remembered = remember(job, "break-glass", text, "done", "");
    if (!remembered.ok()) job.output.complain(remembered.error());
    const std::int64_t left_sec = broken_for_sec(job.settings.run_dir.view(), job.owner, job.settings.policy.break_glass_sec);
    const bool as_asked = (left_sec > 0) == (for_sec.value() > 0);
    job.output.say(left_sec > 0 ? fmt::format("for {} s, who can not be checked is let in; who is listed is not", left_sec)
                                : std::string("who can not be checked is met as the configuration says"));
    const int code = as_asked && remembered.ok() ? kDone : kIncomplete;
    job.output.answer(JsonObject().add("break_glass_sec", left_sec).add("exit", std::int64_t{code}).text());
    return code;
}

}  // namespace pam_revoke
