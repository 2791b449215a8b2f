// undo.cpp - letting a person in again, as far as this host's own list kept them out.

#include "actions.hpp"
#include "context.hpp"
#include "indexes.hpp"
#include "key.hpp"
#include "linger.hpp"
#include "list_change.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/store/list_edit.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

// True when it was switched on again.
// Errors: bus, io: it was ours to give back, and could not be.
Result<bool> give_back_linger(const Job& job, const Target& target) {
    Result<Bus> none = make_error(Fault::bus, "system bus", "not needed");
    const auto account = account_of(none, target);
    return account.ok() ? resume_linger(job, account.value()) : account.error();
}

// What an undo would do.
ExitCode foresee_undo(const Job& job, const Entry& like) {
    const std::string name = text_of(like);
    const auto text = read_file(job.console_path(), kMaxListBytes, job.owner);
    if (!text.ok()) {
        job.output.complain(text.error());
        return kUnchanged;
    }
    const auto entries = text.value() ? entries_like(*text.value(), like) : std::vector<OwnedEntry>();
    if (entries.empty())
        job.output.complain(compose("{}: no entry in {}; nothing would be changed", display(name), job.console_path()));
    else
        job.output.say(
            compose("dry run: {} would be removed from {}", counted(entries.size(), "entry", "entries"), job.console_path()));
    const ExitCode code = entries.empty() ? kUnchanged : kDone;
    JsonObject json;
    json.add("target", name).add_flag("changed", false).add_flag("dry_run", true);
    job.output.answer(json.add("entries", static_cast<std::int64_t>(entries.size())).add("exit", std::int64_t{code}).text());
    return code;
}

ExitCode undo_key(const Job& job) {
    const auto named = named_key(job.arguments);
    if (!named.ok()) return job.output.complain(named.error()), kUsage;
    const NamedKey& key = named.value();
    const std::string name = display(key.text());
    if (job.arguments.dry_run) return foresee_undo(job, key.entry());
    const auto restored = restore(job, key.entry(), key.text());
    if (!restored.ok()) return job.output.complain(restored.error()), kUnchanged;
    const bool changed = restored.value().changed;
    if (changed) refresh_index(job);
    const Decision decision = ask_gate_about(job, key, "sshd");
    const bool clear = decision.verdict == Verdict::clear && !key.has_more();
    if (decision.verdict == Verdict::clear && !clear)
        job.output.complain(compose("{}: too many serials to check all; the first and the last are clear", name));
    if (decision.verdict == Verdict::revoked)
        job.output.complain(compose("{}: still revoked by {}:{}", name, display(decision.list.view()), decision.line));
    if (decision.verdict == Verdict::unavailable && decision.error) job.output.complain(*decision.error);
    if (!changed) job.output.complain(compose("{}: no entry in {}; nothing was changed", name, job.console_path()));
    const bool durable = restored.value().durable;
    if (!durable) job.output.complain(job.console_path() + ": replaced, but may be lost in a power failure");
    if (changed && clear) job.output.say(compose("{}: {}", name, job.output.good("restored")));
    const auto remembered =
        changed ? remember(job, HistoryAction::undo, key.text(),
                           clear && durable ? HistoryResult::done : HistoryResult::incomplete, "") : Result<void>();
    if (!remembered.ok()) job.output.complain(remembered.error());
    const ExitCode code = !changed ? kUnchanged : clear && durable && remembered.ok() ? kDone : kIncomplete;
    JsonObject json;
    json.add("target", key.text()).add_flag("changed", changed).add_flag("clear", clear).add("still_in", decision.list.view());
    job.output.answer(json.add("exit", std::int64_t{code}).text());
    return code;
}

}  // namespace

ExitCode undo_person(Job& job) {
    if (!is_root(job)) return kUnchanged;
    if (names_key(job.arguments)) return undo_key(job);
    const auto target = subject_of(job.arguments);
    if (!target.ok()) {
        job.output.complain(target.error());
        return kUsage;
    }
    const std::string name = text_of(target.value());
    const bool is_user = target.value().kind == TargetKind::user;
    const std::string shown = display(is_user ? target.value().name : name);
    Entry like;
    like.target = target.value();
    if (job.arguments.dry_run) return foresee_undo(job, like);
    const auto restored = restore(job, like, name);
    if (!restored.ok()) {
        job.output.complain(restored.error());
        return kUnchanged;
    }
    const bool changed = restored.value().changed;
    // First: the gate need not read a large list line by line to say what it will say.
    if (changed) refresh_index(job);
    const Decision decision = ask_gate(job, target.value(), "sshd");
    const bool clear = decision.verdict == Verdict::clear;
    if (decision.verdict == Verdict::revoked)
        job.output.complain(compose("{}: still revoked by {}:{}", shown, display(decision.list.view()), decision.line));
    if (decision.verdict == Verdict::unavailable && decision.error) job.output.complain(*decision.error);
    const auto lingering = clear ? give_back_linger(job, target.value()) : Result<bool>(false);
    if (!lingering.ok()) job.output.complain("lingering could not be enabled again: " + describe(lingering.error()));
    const bool lingers_again = lingering.ok() && lingering.value();
    if (!changed)
        job.output.complain(
            compose("{}: no entry in {}{}", shown, job.console_path(), lingers_again ? "" : "; nothing was changed"));
    const bool durable = restored.value().durable;
    if (!durable) job.output.complain(job.console_path() + ": replaced, but may be lost in a power failure");
    if (lingers_again) job.output.say(compose("{}: lingering is enabled again", shown));
    if (changed && clear) job.output.say(compose("{}: {}", shown, job.output.good("restored")));
    if (changed && !clear) job.output.say(compose("{}: removed from {}, but the verdict is not clear", shown, job.console_path()));
    const bool acted = changed || lingers_again;
    const auto remembered =
        acted ? remember(job, HistoryAction::undo, name,
                                           clear && lingering.ok() && durable ? HistoryResult::done : HistoryResult::incomplete, "") : Result<void>();
    if (!remembered.ok()) job.output.complain(remembered.error());
    const ExitCode code = !acted ? kUnchanged : clear && lingering.ok() && durable && remembered.ok() ? kDone : kIncomplete;
    job.output.answer(JsonObject()
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
