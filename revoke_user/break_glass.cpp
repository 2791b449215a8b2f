// break_glass.cpp - revokectl break-glass: allows logins that cannot be checked, for a time.

#include "revoke/pam_revoke/break_glass.hpp"

#include "actions.hpp"
#include "context.hpp"
#include "list_change.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/store/store.hpp"
#include "safeguards.hpp"

namespace pam_revoke {
namespace {

// Returns the duration, 0 for "off". Errors: malformed, refused (object: the argument).
Result<std::int64_t> asked_for_sec(const Context& context) {
    const std::string& text = context.arguments.subject;
    const std::int64_t most_sec = context.settings.policy.break_glass_sec;
    if (text == "off") return 0;
    const auto duration_sec = parse_duration(text);
    if (!duration_sec)
        return make_error(Fault::malformed, text,
                          "invalid duration (expected a value such as 2h, or off)");
    if (most_sec == 0)
        return make_error(Fault::refused, text,
                          "not allowed by the configuration; set break_glass = 2h in [gate]");
    if (*duration_sec > most_sec)
        return make_error(Fault::refused, text,
                          "longer than break_glass in [gate] of the configuration");
    return *duration_sec;
}

std::int64_t broken_now_sec(const Context& context) {
    return break_glass_left_sec(context.settings.run_dir.view(), context.owner,
                                context.settings.policy.break_glass_sec);
}

// True with a reason, and with a confirmation on a terminal or --yes.
bool is_wanted(const Context& context) {
    if (context.arguments.reason.empty())
        return context.output.complain("break-glass needs --reason"), false;
    if (!context.arguments.yes && !context.output.can_ask())
        return context.output.complain("break-glass needs --yes without a terminal"), false;
    const std::int64_t left_sec = broken_now_sec(context);
    if (left_sec > 0)
        context.output.say(compose("break-glass is already enabled, for {} s more", left_sec));
    return is_confirmed(context, compose("Allow logins that cannot be checked, for {}? [y/N] ",
                                         context.arguments.subject));
}

// Writes the file, or removes it for 0.
Result<void> put(const Context& context, std::int64_t for_sec) {
    const auto directory =
        TRY(Directory::open(std::string(context.settings.run_dir.view()), context.owner));
    if (for_sec == 0) return directory.remove(kBreakGlassFile);
    const auto text = print_break_glass(for_sec);
    if (text.empty())
        return make_error(Fault::io, "/proc/sys/kernel/random/boot_id", "cannot read");
    TRY(directory.replace(kBreakGlassFile, text.view(), 0600));
    return {};
}

// Writes the history first, so that break-glass is never enabled without a record.
Result<bool> change_break_glass(const Context& context, std::int64_t for_sec) {
    const std::string& text = context.arguments.subject;
    const auto action = for_sec > 0 ? HistoryAction::break_glass : HistoryAction::end_break_glass;
    TRY(remember(context, action, text, HistoryResult::begun, ""));
    const auto done = put(context, for_sec);
    const bool as_asked = done.ok() && (broken_now_sec(context) > 0) == (for_sec > 0);
    const auto remembered = remember(context, action, text,
                                     as_asked    ? HistoryResult::done
                                     : done.ok() ? HistoryResult::incomplete
                                                 : HistoryResult::failed,
                                     done.ok() ? "" : done.error().reason);
    if (!remembered.ok()) context.output.complain(remembered.error());
    return done.ok() ? Result<bool>(as_asked && remembered.ok()) : done.error();
}

}  // namespace

ExitCode break_glass(const Context& context) {
    const auto for_sec = asked_for_sec(context);
    if (!for_sec.ok()) {
        const bool is_malformed = for_sec.error().fault == Fault::malformed;
        return context.fail(for_sec.error(), is_malformed ? kUsage : kUnchanged);
    }
    if (for_sec.value() > 0 && !is_wanted(context)) return kUnchanged;
    if (for_sec.value() == 0 && broken_now_sec(context) == 0)
        return context.fail("break-glass is not enabled; nothing was changed", kUnchanged);
    const auto changed = change_break_glass(context, for_sec.value());
    if (!changed.ok()) return context.fail(changed.error(), kUnchanged);
    const std::int64_t left_sec = broken_now_sec(context);
    const std::string until(print_time(context.now_sec + left_sec).view());
    context.output.say(left_sec > 0
                           ? compose("break-glass is enabled until {}; revoked users are still "
                                     "denied; disable it with 'revokectl break-glass off'",
                                     until)
                           : std::string("break-glass is disabled"));
    JsonObject json;
    json.add("break_glass_sec", left_sec).add("until", left_sec > 0 ? until : "");
    return context.answer(json, changed.value() ? kDone : kIncomplete);
}

}  // namespace pam_revoke
