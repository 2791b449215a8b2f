#include "operation.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>

#include "events.hpp"
#include "indexes.hpp"
#include "list_change.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/logind/account_queries.hpp"
#include "revoke/logind/audit.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/logind/terminals.hpp"
#include "safeguards.hpp"

namespace pam_revoke {
namespace {

constexpr std::int64_t kBytesPerMsec = 32 << 10;  // that a slow disk writes and syncs

// A large list takes longer.
int write_limit_msec(const Context& context) {
    struct stat status {};
    if (stat(context.console_path().c_str(), &status) != 0) return kWriteMsec;
    return kWriteMsec + static_cast<int>(status.st_size / kBytesPerMsec);
}

Result<std::optional<ListUpdate>> as_optional(const Result<ListUpdate>& update) {
    return update.ok() ? Result<std::optional<ListUpdate>>(std::optional(update.value()))
                       : update.error();
}

// True if the operation goes on without an entry: a user that fills the disk must not keep the
// sessions.
bool goes_on_without_entry(const Context& context, const Operation& operation, const Error& error,
                           Outcome& outcome) {
    constexpr int kCannotWrite[] = {ENOSPC, EDQUOT, EROFS, EIO};
    const auto* const cannot =
        std::find(std::begin(kCannotWrite), std::end(kCannotWrite), error.os_error);
    const bool cannot_write = error.fault == Fault::lost ||
                              (error.fault == Fault::io && cannot != std::end(kCannotWrite));
    if (operation.ends && cannot_write) {
        outcome.is_recorded = false;
        outcome.denied = operation.ask_gate().verdict == Verdict::revoked;
        outcome.errors.push_back(describe(error));
        outcome.errors.push_back(compose(
            "{}: not recorded, {}; make the list writable and run the command again",
            operation.name,
            outcome.denied ? "an earlier entry denies new logins" : "new logins are possible"));
        return true;
    }
    context.output.complain(error);
    if (operation.kind == OperationKind::user && error.fault != Fault::refused)
        context.output.complain(operation.name +
                                ": nothing was revoked and nothing was ended; 'revokectl end' "
                                "ends sessions without an entry");
    return false;
}

// Asks the gate after the list was written.
void take_update(const Context& context, const Operation& operation, const ListUpdate& update,
                 Outcome& outcome) {
    outcome.changed = update.changed;
    if (!update.durable)
        outcome.errors.push_back(context.console_path() +
                                 ": replaced, but may be lost in a power failure");
    outcome.planned = begins_later(context);
    // Before asking the gate, which would otherwise read a large list line by line. If sessions are
    // ended, the index is updated afterwards.
    outcome.indexed = !operation.ends && outcome.changed;
    if (outcome.indexed) refresh_index(context);
    const Decision decision = operation.ask_gate();
    const bool denies = decision.verdict == Verdict::revoked;
    outcome.denied = denies && !outcome.planned;
    if (!denies)
        outcome.errors.push_back(
            compose("{}: the entry is in the list, but the gate does not deny: {}", operation.name,
                    why_not_denied(decision, context.console_path())));
    else if (operation.ask_services)
        for (std::string& error : describe_open(operation.name, operation.ask_services()))
            outcome.errors.push_back(std::move(error));
}

// Writes the list, before any session is ended. False if nothing is to be done.
// Units:  writer: does it if sessions are ended now.
bool revoke(const Context& context, const Operation& operation, std::optional<ListWriter>& writer,
            Outcome& outcome) {
    const auto update = writer ? writer->wait(write_limit_msec(context))
                               : as_optional(deny(context, operation.entry));
    limit_account_queries(kAccountsAfterMsec);
    if (!update.ok()) return goes_on_without_entry(context, operation, update.error(), outcome);
    if (update.value()) {
        take_update(context, operation, *update.value(), outcome);
        return true;
    }
    outcome.is_late = true;
    outcome.is_recorded = false;
    outcome.denied = operation.ask_gate().verdict == Verdict::revoked;
    return true;
}

// After an entry that was written late, ends again: logins were possible meanwhile.
void take_late_entry(const Context& context, const Operation& operation, ListWriter& writer,
                     Outcome& outcome) {
    const auto update = writer.wait(kLateMsec);
    if (update.ok() && update.value()) {
        outcome.is_late = false;
        outcome.is_recorded = true;
        outcome.errors.clear();  // the second ending finds what is still wrong
        take_update(context, operation, *update.value(), outcome);
        const EndReport first = std::move(outcome.report);
        operation.end(outcome);
        return outcome.report.add(first);
    }
    outcome.errors.push_back(
        update.ok()
            ? compose("{}: the entry is not written yet: {} waits for its file system or for "
                      "another command; it will be written; see 'revokectl check'",
                      operation.name, context.console_path())
            : describe(update.error()));
}

// Writes the text of --warn to the terminals of the sessions.
void warn_users(const Context& context, const std::vector<Session>& sessions) {
    if (context.arguments.warn.empty()) return;
    for (const Session& session : sessions) {
        if (session.tty.empty()) continue;
        const auto done = write_on_terminal(session.tty, session.uid, context.arguments.warn);
        if (!done.ok()) context.output.warn(describe(done.error()));
    }
}

// True if something was ended or left. An ending of a user or of sessions always counts.
bool has_ended(const Operation& operation, const EndReport& report) {
    if (operation.kind != OperationKind::key) return operation.ends;
    return !report.ended.empty() || !report.sessions.empty() || report.own_left ||
           report.logins_killed > 0;
}

void remember_target(const Context& context, const Operation& operation, Outcome& outcome) {
    const EndReport& report = outcome.report;
    const bool is_user = operation.kind == OperationKind::user;
    std::string detail =
        compose("{} sessions ended, {} left, {}", report.ended.size(), report.sessions.size(),
                is_user ? compose("{} processes left", report.survivors.size())
                        : compose("{} logins without a session killed", report.logins_killed));
    if (is_user && !operation.ends) detail = "no session was ended";
    for (const std::string& unit : report.units_stopped)
        detail += compose(", unit {} stopped", display(unit));
    for (const std::string& unit : outcome.held)
        detail += compose(", unit {} held off", display(unit));
    const std::size_t count = outcome.is_late ? 0 : report.evidence.processes.size();
    if (count > 0)
        detail += compose(", {} in {}", counted(count, "process", "processes"), kEvidence);
    if (outcome.allowed_sec) detail += ", logged out, new logins are possible";
    const std::string target = text_of(operation.entry);
    if (!outcome.is_recorded)
        detail += outcome.is_late ? ", entry not written yet" : ", no entry could be written";
    const bool is_end = context.arguments.only_ends() || !outcome.is_recorded;
    const auto action = is_end ? HistoryAction::end : HistoryAction::revoke;
    if (outcome.is_late) {
        log_event(context, action, target, outcome.result(), detail);
        outcome.errors.push_back(operation.name +
                                 ": the ending is in the journal, and neither in the history nor "
                                 "in evidence.jsonl");
    } else {
        const auto remembered =
            remember(context, action, target, outcome.result(), detail, report.evidence);
        if (!remembered.ok()) outcome.errors.push_back(describe(remembered.error()));
    }
    log_ended_sessions(context, report.ended, target);
}

}  // namespace

bool begins_later(const Context& context) {
    return context.arguments.from_sec.value_or(0) > context.now_sec;
}

ExitCode carry_out(const Context& context, const Operation& operation) {
    if (context.arguments.dry_run) return foresee(context, operation);
    if (!is_confirmed(context, "Continue? [y/N] ")) return kUnchanged;
    const bool only_ends = context.arguments.only_ends();
    Outcome outcome;
    std::optional<ListWriter> writer;
    if (operation.ends) ignore_departure();
    if (!only_ends && operation.ends) {
        std::optional<LogOutTime> log_out;
        outcome.log_out_sec = std::time(nullptr) + kLogOutSec;
        if (context.arguments.log_out) log_out = LogOutTime{outcome.log_out_sec, std::nullopt};
        writer.emplace([&context, &operation, log_out](int lock_msec) {
            return deny(context, operation.entry, lock_msec, log_out);
        });
    }
    if (!only_ends && !revoke(context, operation, writer, outcome)) return kUnchanged;
    if (only_ends) limit_account_queries(kAccountsAfterMsec);
    if (operation.ends) {
        warn_users(context, operation.there.sessions);
        operation.end(outcome);
        if (outcome.is_late) take_late_entry(context, operation, *writer, outcome);
        context.output.end_progress();
    }
    const bool acted = outcome.changed || has_ended(operation, outcome.report);
    if (operation.remember)
        operation.remember(outcome);
    else if (acted)
        remember_target(context, operation, outcome);
    const bool idle = !acted && (only_ends || !operation.ends);
    const ExitCode code = !outcome.complete() ? kIncomplete : idle ? kUnchanged : kDone;
    if (idle && outcome.complete())
        context.output.complain(compose("{}: {}", operation.name, operation.idle));
    print_outcome(context, operation, outcome);
    if (const std::size_t lost = lost_journal_entries(); lost > 0)
        context.output.warn(compose("the journal did not accept {}; see 'revokectl history'",
                                    counted(lost, "entry", "entries")));
    context.output.answer(outcome_json(operation, outcome, result_word(outcome.result()), code));
    std::fflush(stdout);
    if (outcome.changed && !outcome.indexed) refresh_index(context);
    if (outcome.report.own_left) operation.end_own();
    return code;
}

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
