// undo.cpp - letting a person in again, as far as this host's own list kept them out.

#include "actions.hpp"
#include "context.hpp"
#include "indexes.hpp"
#include "key.hpp"
#include "linger.hpp"
#include "list_change.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/store/list_edit.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

// True when it was switched on again.
// Errors: bus, io: it was ours to give back, and could not be.
Result<bool> give_back_linger(const Context& context, const Target& target) {
    Result<Bus> none = make_error(Fault::bus, "system bus", "not needed");
    const auto account = account_of(none, target);
    return account.ok() ? resume_linger(context, account.value()) : account.error();
}

// What an undo would do.
ExitCode foresee_undo(const Context& context, const Entry& like) {
    const std::string name = text_of(like);
    const auto text = read_file(context.console_path(), kMaxListBytes, context.owner);
    if (!text.ok()) {
        context.output.complain(text.error());
        return kUnchanged;
    }
    const auto entries =
        text.value() ? entries_like(*text.value(), like) : std::vector<OwnedEntry>();
    if (entries.empty())
        context.output.complain(compose("{}: no entry in {}; nothing would be changed",
                                        display(name), context.console_path()));
    else
        context.output.say(compose("dry run: {} would be removed from {}",
                                   counted(entries.size(), "entry", "entries"),
                                   context.console_path()));
    const ExitCode code = entries.empty() ? kUnchanged : kDone;
    JsonObject json;
    json.add("target", name).add_flag("changed", false).add_flag("dry_run", true);
    context.output.answer(json.add("entries", static_cast<std::int64_t>(entries.size()))
                              .add("exit", std::int64_t{code})
                              .text());
    return code;
}

ExitCode undo_key(const Context& context) {
    const auto named = named_key(context.arguments);
    if (!named.ok()) return context.output.complain(named.error()), kUsage;
    const KeySelector& key = named.value();
    const std::string name = display(key.text());
    if (context.arguments.dry_run) return foresee_undo(context, key.entry());
    const auto restored = remove_entries(context, key.entry(), key.text());
    if (!restored.ok()) return context.output.complain(restored.error()), kUnchanged;
    const bool changed = restored.value().changed;
    if (changed) refresh_index(context);
    const Decision decision = ask_gate_about(context, key, "sshd");
    const bool clear = decision.verdict == Verdict::clear && !key.has_more();
    if (decision.verdict == Verdict::clear && !clear)
        context.output.complain(
            compose("{}: too many serials to check all; the first and the last are clear", name));
    if (decision.verdict == Verdict::revoked)
        context.output.complain(compose("{}: still revoked by {}:{}", name,
                                        display(decision.list.view()), decision.line));
    if (decision.verdict == Verdict::unavailable && decision.error)
        context.output.complain(*decision.error);
    if (!changed)
        context.output.complain(
            compose("{}: no entry in {}; nothing was changed", name, context.console_path()));
    const bool durable = restored.value().durable;
    if (!durable)
        context.output.complain(context.console_path() +
                                ": replaced, but may be lost in a power failure");
    if (changed && clear)
        context.output.say(compose("{}: {}", name, context.output.good("restored")));
    const auto remembered =
        changed ? remember(context, HistoryAction::undo, key.text(),
                           clear && durable ? HistoryResult::done : HistoryResult::incomplete, "")
                : Result<void>();
    if (!remembered.ok()) context.output.complain(remembered.error());
    const ExitCode code = !changed                              ? kUnchanged
                          : clear && durable && remembered.ok() ? kDone
                                                                : kIncomplete;
    JsonObject json;
    json.add("target", key.text())
        .add_flag("changed", changed)
        .add_flag("clear", clear)
        .add("still_in", decision.list.view());
    context.output.answer(json.add("exit", std::int64_t{code}).text());
    return code;
}

}  // namespace

ExitCode undo_user(Context& context) {
    if (!is_root(context)) return kUnchanged;
    if (names_key(context.arguments)) return undo_key(context);
    const auto target = subject_of(context.arguments);
    if (!target.ok()) {
        context.output.complain(target.error());
        return kUsage;
    }
    const std::string name = text_of(target.value());
    const bool is_user = target.value().kind == TargetKind::user;
    const std::string shown = display(is_user ? target.value().name : name);
    Entry like;
    like.target = target.value();
    if (context.arguments.dry_run) return foresee_undo(context, like);
    const auto restored = remove_entries(context, like, name);
    if (!restored.ok()) {
        context.output.complain(restored.error());
        return kUnchanged;
    }
    const bool changed = restored.value().changed;
    // First: the gate need not read a large list line by line to say what it will say.
    if (changed) refresh_index(context);
    const Decision decision = ask_gate(context, target.value(), "sshd");
    const bool clear = decision.verdict == Verdict::clear;
    if (decision.verdict == Verdict::revoked)
        context.output.complain(compose("{}: still revoked by {}:{}", shown,
                                        display(decision.list.view()), decision.line));
    if (decision.verdict == Verdict::unavailable && decision.error)
        context.output.complain(*decision.error);
    const auto lingering = clear ? give_back_linger(context, target.value()) : Result<bool>(false);
    if (!lingering.ok())
        context.output.complain("lingering could not be enabled again: " +
                                describe(lingering.error()));
    const bool lingers_again = lingering.ok() && lingering.value();
    if (!changed)
        context.output.complain(compose("{}: no entry in {}{}", shown, context.console_path(),
                                        lingers_again ? "" : "; nothing was changed"));
    const bool durable = restored.value().durable;
    if (!durable)
        context.output.complain(context.console_path() +
                                ": replaced, but may be lost in a power failure");
    if (lingers_again) context.output.say(compose("{}: lingering is enabled again", shown));
    if (changed && clear)
        context.output.say(compose("{}: {}", shown, context.output.good("restored")));
    if (changed && !clear)
        context.output.say(compose("{}: removed from {}, but the verdict is not clear", shown,
                                   context.console_path()));
    const bool acted = changed || lingers_again;
    const auto remembered =
        acted ? remember(context, HistoryAction::undo, name,
                         clear && lingering.ok() && durable ? HistoryResult::done
                                                            : HistoryResult::incomplete,
                         "")
              : Result<void>();
    if (!remembered.ok()) context.output.complain(remembered.error());
    const ExitCode code = !acted                                                  ? kUnchanged
                          : clear && lingering.ok() && durable && remembered.ok() ? kDone
                                                                                  : kIncomplete;
    context.output.answer(JsonObject()
                              .add("target", name)
                              .add_flag("changed", changed)
                              .add_flag("clear", clear)
                              .add_flag("linger_resumed", lingers_again)
                              .add("still_in", decision.list.view())
                              .add("exit", std::int64_t{code})
                              .text());
    return code;
}

}  // namespace pam_revoke
