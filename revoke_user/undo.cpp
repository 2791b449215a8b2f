// undo.cpp - revoke-user --undo: removes entries from console.list.

#include <map>

#include "actions.hpp"
#include "context.hpp"
#include "held_units.hpp"
#include "indexes.hpp"
#include "key.hpp"
#include "linger.hpp"
#include "list_change.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/logind/account_queries.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/store/list_edit.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

// Prints what an undo would remove.
ExitCode foresee_undo(const Context& context, const Entry& like) {
    const std::string name = text_of(like);
    const auto text = read_file(context.console_path(), kMaxListBytes, context.owner);
    if (!text.ok()) return context.fail(text.error(), kUnchanged);
    const auto entries =
        text.value() ? entries_like(*text.value(), like) : std::vector<OwnedEntry>();
    if (entries.empty())
        context.output.complain(compose("{}: no entry in {}; nothing would be changed",
                                        display(name), context.console_path()));
    else
        context.output.say(compose("dry run: {} would be removed from {}",
                                   counted(entries.size(), "entry", "entries"),
                                   context.console_path()));
    JsonObject json;
    json.add("target", name).add_flag("changed", false).add_flag("dry_run", true);
    json.add("entries", entries.size());
    return context.answer(json, entries.empty() ? kUnchanged : kDone);
}

struct Undone {
    ListUpdate list;
    Decision decision;
    bool clear = false;
    bool unchecked_serials = false;
    Result<bool> lingering = false;  // true: enabled again
    Result<ReleasedUnits> released = ReleasedUnits{};
    [[nodiscard]] bool lingers_again() const { return lingering.ok() && lingering.value(); }
    [[nodiscard]] bool releases() const { return released.ok() && !released.value().units.empty(); }
    [[nodiscard]] bool released_all() const {
        return released.ok() && released.value().failed.ok();
    }
    [[nodiscard]] bool acted() const { return list.changed || lingers_again() || releases(); }
    [[nodiscard]] bool complete() const {
        return clear && lingering.ok() && released_all() && list.durable;
    }
};

// Enables lingering and allows units, as before the revocation.
void give_back(const Context& context, const Target& target, Undone& undone) {
    Result<Bus> none = make_error(Fault::bus, "system bus", "not needed");
    const auto account = account_of(none, target);
    if (!account.ok()) return void(undone.lingering = account.error());
    undone.lingering = resume_linger(context, account.value());
    undone.released = release_units(context, account.value());
}

// Prints at which services another list, or an option of the PAM line, still denies. Returns false
// if there is one.
bool is_clear_everywhere(const Context& context, const Target& target, const std::string& name) {
    std::map<std::string, std::string> services;  // by cause
    for (const auto& [line, settings] : gate_settings(context)) {
        const Decision decision = ask_gate(context, settings, target, line.service);
        if (decision.verdict == Verdict::clear) continue;
        std::string& same =
            services[decision.verdict == Verdict::revoked
                         ? compose("still revoked by {}:{}", display(decision.list.view()),
                                   decision.line)
                         : compose("cannot be checked{}",
                                   decision.error ? ": " + describe(*decision.error) : "")];
        same += (same.empty() ? "" : ", ") + line.service;
    }
    for (const auto& [cause, names] : services)
        context.output.complain(compose("{}: PAM service {}: {}", name, names, cause));
    return services.empty();
}

void say_verdict(const Context& context, const Undone& undone, const std::string& name) {
    const Decision& decision = undone.decision;
    if (undone.unchecked_serials)
        context.output.complain(
            compose("{}: too many serials to check all; the first and the last are clear", name));
    if (decision.verdict == Verdict::revoked)
        context.output.complain(compose("{}: still revoked by {}:{}", name,
                                        display(decision.list.view()), decision.line));
    if (decision.verdict == Verdict::unavailable && decision.error)
        context.output.complain(*decision.error);
}

void say_undone(const Context& context, const Undone& undone, const std::string& name) {
    say_verdict(context, undone, name);
    const bool changed = undone.list.changed;
    const std::string path = context.console_path();
    if (!undone.lingering.ok())
        context.output.complain("lingering could not be enabled again: " +
                                describe(undone.lingering.error()));
    if (!changed)
        context.output.complain(compose("{}: no entry in {}{}", name, path,
                                        undone.acted() ? "" : "; nothing was changed"));
    if (!undone.list.durable)
        context.output.complain(path + ": replaced, but may be lost in a power failure");
    if (!undone.released_all())
        context.output.complain(
            compose("{}: some units are still held off: {}; run --undo again", name,
                    describe(undone.released.ok() ? undone.released.value().failed.error()
                                                  : undone.released.error())));
    if (undone.released.ok()) {
        for (const std::string& unit : undone.released.value().units)
            context.output.say(compose("{}: unit {} {}", name, display(unit),
                                       unit.ends_with(".service")
                                           ? "can start again; it was not started"
                                           : "is no longer held off; its start was requested"));
        for (const std::string& unit : undone.released.value().gone)
            context.output.warn(
                compose("{}: unit {} is gone or masked; it was not started", name, display(unit)));
    }
    if (undone.lingers_again()) context.output.say(name + ": lingering is enabled again");
    if (changed && undone.clear)
        context.output.say(compose("{}: {}", name, context.output.good("restored")));
    if (changed && !undone.clear)
        context.output.say(
            compose("{}: removed from {}, but the verdict is not clear", name, path));
}

// Units: key: nullptr for a user.
ExitCode undo(const Context& context, const Entry& like, const KeySelector* key) {
    if (context.arguments.dry_run) return foresee_undo(context, like);
    const std::string target = text_of(like);
    const bool is_user = like.target.kind == TargetKind::user;
    const auto restored = remove_entries(context, like, target);
    if (!restored.ok()) return context.fail(restored.error(), kUnchanged);
    limit_account_queries(kAccountsAfterMsec);
    Undone undone{restored.value(), {}};
    // Before asking the gate, which would otherwise read a large list line by line.
    if (undone.list.changed) refresh_index(context);
    undone.decision = key ? ask_gate_about(context, key->representatives(), "sshd")
                          : ask_gate(context, like.target, "sshd");
    undone.unchecked_serials = undone.decision.verdict == Verdict::clear && key && key->has_more();
    undone.clear = undone.decision.verdict == Verdict::clear && !undone.unchecked_serials;
    if (undone.clear && !key) {
        const std::string name = display(is_user ? like.target.name : target);
        undone.clear = is_clear_everywhere(context, like.target, name);
    }
    if (undone.clear && !key) give_back(context, like.target, undone);
    say_undone(context, undone, display(is_user ? like.target.name : target));
    const auto result = undone.complete() ? HistoryResult::done : HistoryResult::incomplete;
    const auto remembered = undone.acted()
                                ? remember(context, HistoryAction::undo, target, result, "")
                                : Result<void>();
    if (!remembered.ok()) context.output.complain(remembered.error());
    const ExitCode code = !undone.acted()                        ? kUnchanged
                          : undone.complete() && remembered.ok() ? kDone
                                                                 : kIncomplete;
    JsonObject json;
    json.add("target", target).add_flag("changed", undone.list.changed);
    json.add_flag("clear", undone.clear);
    JsonArray released;
    if (undone.released.ok())
        for (const std::string& unit : undone.released.value().units)
            released.add_raw(json_string(unit));
    if (!key)
        json.add_flag("linger_resumed", undone.lingers_again())
            .add_raw("units_released", released.text());
    json.add("still_in", undone.decision.list.view());
    return context.answer(json, code);
}

}  // namespace

ExitCode undo_user(const Context& asked) {
    Context context = asked;
    if (names_key(context.arguments)) {
        const auto key = named_key(context.arguments);
        if (!key.ok()) return context.fail(key.error(), kUsage);
        return undo(context, key.value().entry(), &key.value());
    }
    use_account_name(context);
    const auto target = subject_of(context.arguments);
    if (!target.ok()) return context.fail(target.error(), kUsage);
    Entry like;
    like.target = target.value();
    return undo(context, like, nullptr);
}

}  // namespace pam_revoke
