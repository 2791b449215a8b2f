// import_file.cpp - imports many targets from a file into console.list. No session is ended.

#include "actions.hpp"
#include "context.hpp"
#include "indexes.hpp"
#include "key.hpp"
#include "list_change.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/logind/account_queries.hpp"
#include "revoke/pam_revoke/nss.hpp"
#include "revoke/store/import.hpp"
#include "revoke/store/store.hpp"
#include "safeguards.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMaxErrors = 20;

constexpr int kAccountsOfImportMsec = 60'000;

// Prints the invalid lines, up to kMaxErrors.
void complain_of(const Context& context, const std::vector<BadLine>& bad, bool is_all) {
    const std::string path =
        context.arguments.subject == "-" ? "standard input" : display(context.arguments.subject);
    for (std::size_t i = 0; i < bad.size() && i < kMaxErrors; ++i)
        context.output.complain(compose("{}:{}: {}", path, bad[i].number, bad[i].reason));
    if (bad.size() > kMaxErrors)
        context.output.complain(
            compose("{}: and {} more", path, counted(bad.size() - kMaxErrors, "line", "lines")));
    context.output.complain(
        compose("{}: {}", path,
                is_all ? std::string("nothing was imported")
                       : counted(bad.size(), "line was", "lines were") + " not imported"));
}

// The services that do not deny what was imported. The last target stands for all: it is asked
// about at each service, and an exempt user is refused before.
std::vector<std::string> ask_services_about(const Context& context, const Imported& imported) {
    const char* reason = nullptr;
    const auto target = parse_target(imported.last_user, &reason);
    if (!target) return {};
    return describe_open(display(imported.last_user), ask_services(context, *target));
}

// Records and reports the import. Returns the exit code.
ExitCode conclude(const Context& context, const Imported& imported, const ListUpdate& update,
                  std::size_t left_out) {
    const std::string& path = context.arguments.subject;
    const bool dry = context.arguments.dry_run;
    const std::string counts =
        compose("{} {}, {} already known{}{}", imported.added, dry ? "would be added" : "added",
                imported.known, left_out == 0 ? "" : compose(", {} left out", left_out),
                imported.bad.empty() ? "" : compose(", {} not imported", imported.bad.size()));
    const auto open =
        update.changed ? ask_services_about(context, imported) : std::vector<std::string>();
    const bool is_whole = update.durable && left_out == 0 && imported.bad.empty() && open.empty();
    const auto remembered =
        update.changed
            ? remember(context, HistoryAction::import, path,
                       is_whole ? HistoryResult::done : HistoryResult::incomplete, counts)
            : Result<void>();
    const bool does_nothing = imported.is_refused || imported.added == 0;
    if (!imported.bad.empty()) complain_of(context, imported.bad, does_nothing);
    if (!imported.is_refused && imported.truncated)
        context.output.warn(display(path) +
                            ": no newline at the end; the last line may be truncated");
    if (imported.bad.empty() || !does_nothing)
        context.output.say(compose(
            "{}: {}{}", display(path), counts,
            update.changed ? "; no session was ended; run 'revokectl end NAME' for each user"
                           : ""));
    if (!update.durable)
        context.output.complain(context.console_path() +
                                ": replaced, but may be lost in a power failure");
    if (!remembered.ok()) context.output.complain(remembered.error());
    for (const std::string& error : open) context.output.complain(error);
    // A dry run of names that are all known is done.
    const bool unchanged = does_nothing && (!dry || !imported.bad.empty());
    const bool complete = is_whole && remembered.ok();
    const ExitCode code = unchanged ? kUnchanged : complete ? kDone : kIncomplete;
    JsonObject json;
    json.add("file", path).add("added", imported.added).add("known", imported.known);
    json.add("bad", imported.bad.size()).add("left_out", left_out);
    json.add_flag("dry_run", dry);
    return context.answer(json, code);
}

}  // namespace

ExitCode import_file(const Context& context) {
    const auto file = read_input(context.arguments.subject, kMaxListBytes);
    if (file.ok()) return import_text(context, file.value(), 0);
    return context.fail(file.error(), kUnchanged);
}

ExitCode import_text(const Context& context, const std::string& file, std::size_t left_out) {
    if (!texts_are_valid(context)) return kUsage;
    const std::string& path = context.arguments.subject;
    // An account database that fails cannot stop the import.
    std::size_t failed = 0;
    const auto find_uid_of = [&failed](const std::string& name) {
        const auto passwd = find_name(name.c_str());
        if (!passwd.ok()) ++failed;
        return passwd.ok() && passwd.value().known ? std::optional(passwd.value().uid)
                                                   : std::nullopt;
    };
    limit_account_queries(kAccountsOfImportMsec, kAccountsMsec / 2);
    const ImportDefaults defaults{quoted(context.arguments.reason),
                                  quoted(context.arguments.ref),
                                  quoted(context.by.name),
                                  context.now_sec,
                                  context.arguments.force ? nullptr : import_guard(context),
                                  find_uid_of,
                                  fingerprint_of_line};
    Imported imported;
    const auto change = [&](std::string_view text) -> Result<Edits> {
        auto lines = import_lines(
            text, file, defaults, context.console_path(),
            [&](std::size_t bytes) { context.output.bar("import", bytes, file.size()); });
        context.output.end_progress();
        if (!lines.ok()) return lines.error();
        imported = std::move(lines.value());
        if (imported.is_refused || imported.added == 0 || context.arguments.dry_run) return Edits();
        return std::move(imported.edits);
    };
    const auto done = change_list(context, HistoryAction::import, path, change);
    if (!done.ok()) return context.fail(done.error(), kUnchanged);
    if (failed > 0)
        context.output.warn(compose("{}: {} without uid=: the account database did not answer",
                                    display(path), counted(failed, "entry", "entries")));
    // Before asking the gate, which would otherwise read a large list line by line.
    if (done.value().changed) refresh_index(context);
    return conclude(context, imported, done.value(), left_out);
}

}  // namespace pam_revoke
