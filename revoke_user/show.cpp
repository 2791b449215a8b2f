// show.cpp - revokectl list and check.

#include "actions.hpp"
#include "context.hpp"
#include "indexes.hpp"
#include "key.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/pam_revoke/break_glass.hpp"
#include "revoke/pam_revoke/nss.hpp"
#include "revoke/store/list_edit.hpp"
#include "revoke/store/store.hpp"
#include "unknown_user.hpp"

namespace pam_revoke {
namespace {

std::string plain_of(std::string_view raw) {
    std::string text;
    append_plain(raw, text);
    return text;
}

std::string plain(std::string_view raw) { return display(plain_of(raw)); }

std::string moment(const std::optional<std::int64_t>& time_sec) {
    return time_sec ? std::string(print_time(*time_sec).view()) : std::string();
}

std::string entry_json(const Entry& entry, const std::string& path, std::uint64_t number,
                       bool now) {
    JsonObject json;
    json.add("target", text_of(entry.target))
        .add_flag("in_force", now)
        .add("from", moment(entry.from_sec))
        .add("until", moment(entry.until_sec));
    if (entry.not_before_sec) json.add("not_before", moment(entry.not_before_sec));
    if (!entry.user.empty()) json.add("user", plain_of(entry.user));
    if (entry.uid) json.add("uid", *entry.uid);
    if (!entry.serial.empty()) json.add("serial", entry.serial);
    if (!entry.keyid.empty()) json.add("keyid", plain_of(entry.keyid));
    json.add("services", entry.services)
        .add("hosts", entry.hosts)
        .add("ref", plain_of(entry.ref))
        .add("by", plain_of(entry.by))
        .add("at", moment(entry.at_sec));
    return json.add("reason", plain_of(entry.reason)).add("list", path).add("line", number).text();
}

std::string state_of(const Entry& entry, std::int64_t now_sec) {
    if (!in_force(entry, now_sec))
        return entry.until_sec && *entry.until_sec <= now_sec ? "expired" : "planned";
    return entry.not_before_sec ? "before " + moment(entry.not_before_sec) : "in force";
}

// Adds the entries of one list to the table, or prints them as JSON. False if the list or one of
// its lines is invalid or cannot be read.
bool take_list(const Context& context, const std::string& path,
               std::vector<std::vector<std::string>>& rows) {
    const auto text = required(read_file(path, kMaxListBytes, context.owner), path);
    if (!text.ok()) {
        context.output.complain(text.error());
        return false;
    }
    for (const OwnedEntry& owned : list_entries(text.value())) {
        const Entry entry = owned.entry();
        const bool now = in_force(entry, context.now_sec);
        if (!now && !context.arguments.all) continue;
        context.output.answer(entry_json(entry, path, owned.number, now));
        const std::string owner =
            entry.user.empty() ? std::string() : compose(" ({})", plain(entry.user));
        rows.push_back({display(text_of(entry)) + owner, state_of(entry, context.now_sec),
                        moment(entry.from_sec), moment(entry.until_sec), plain(entry.ref),
                        plain(entry.by), moment(entry.at_sec), plain(entry.reason),
                        compose("{}:{}", display(path), owned.number)});
    }
    const ListCheck check = check_list(text.value(), context.now_sec);
    for (const BadLine& line : check.bad)
        context.output.complain(compose("{}{}: {}", display(path),
                                        line.number > 0 ? compose(":{}", line.number) : "",
                                        line.reason));
    return check.bad.empty();
}

// Returns what allows a login that cannot be checked, as in the gate; empty if it is denied.
std::string admission_of(const Context& context, const Decision& decision) {
    if (decision.verdict != Verdict::unavailable || decision.cause == FailureCause::limits)
        return {};
    if (decision.unavailable == Unavailable::allow) return "unavailable = allow";
    const std::int64_t broken_sec = break_glass_left_sec(
        context.settings.run_dir.view(), context.owner, context.settings.policy.break_glass_sec);
    return broken_sec > 0 && decision.cause == FailureCause::lists
               ? compose("break-glass, for {} s more", broken_sec)
               : std::string();
}

// Prints the gate's decision. Returns the exit code.
// Units:  open: the service if it does not deny what the gate denies; no value if it was not asked.
ExitCode print_decision(const Context& context, const std::string& asked, const std::string& name,
                        const std::string& service, const Decision& decision,
                        const std::optional<OpenServices>& open) {
    const bool revoked = decision.verdict == Verdict::revoked;
    const char* word = revoked                              ? "revoked"
                       : decision.verdict == Verdict::clear ? "clear"
                                                            : "unavailable";
    JsonObject json;
    json.add("target", asked)
        .add("service", service)
        .add("verdict", word)
        .add_flag("exempt", decision.exempt)
        .add("entry", revoked ? decision.target.view() : std::string_view())
        .add("list", decision.list.view());
    json.add("bad_lines", decision.bad_lines);
    json.add("line", decision.line)
        .add("ref", decision.ref.view())
        .add("reason", decision.reason.view());
    const std::string admission = admission_of(context, decision);
    json.add("error", decision.error ? describe(*decision.error) : std::string());
    if (decision.verdict == Verdict::unavailable) json.add("admitted_by", admission);
    if (open) json.add_flag("denied", open->services.empty() && open->errors.empty());
    context.output.answer(json.text());
    if (decision.bad_line) context.output.complain(*decision.bad_line);
    if (decision.bad_lines > 0)
        context.output.complain(
            counted(decision.bad_lines, "line is", "lines are") +
            " invalid and not enforced; run 'revokectl verify FILE' for details");
    if (decision.index_error)
        context.output.warn("list is read line by line: " + describe(*decision.index_error) +
                            "; run 'revokectl reindex'");
    if (revoked) {
        context.output.say(compose("{}: {} by {}:{}", name, context.output.bad("revoked"),
                                   display(decision.list.view()), decision.line));
        context.output.say(
            compose("  entry   {}{}", display(decision.target.view()),
                    decision.by_uid ? " (by UID: renamed account or reused UID)" : ""));
        if (!decision.ref.empty())
            context.output.say(compose("  ref     {}", display(decision.ref.view())));
        if (!decision.reason.empty())
            context.output.say(compose("  reason  {}", display(decision.reason.view())));
        const auto errors = open ? describe_open(name, *open) : std::vector<std::string>();
        for (const std::string& error : errors) context.output.complain(error);
        return errors.empty() ? kRevoked : kIncomplete;
    }
    if (decision.error) context.output.complain(*decision.error);
    if (decision.verdict == Verdict::unavailable) {
        context.output.say(compose("{}: {}: could not be checked; logins are {}", name,
                                   context.output.bad(word),
                                   admission.empty() ? std::string("denied until this is fixed")
                                                     : "allowed by " + admission));
        return kIncomplete;
    }
    context.output.say(compose("{}: {}{}", name, context.output.good(word),
                               decision.exempt ? " (exempt by the configuration)" : ""));
    return kDone;
}

}  // namespace

ExitCode show_list(const Context& context) {
    const auto paths = list_paths(context);
    if (!paths.ok()) return context.fail(paths.error(), kIncomplete);
    std::vector<std::vector<std::string>> rows = {
        {"TARGET", "STATE", "FROM", "UNTIL", "REF", "BY", "AT", "REASON", "LIST"}};
    bool complete = true;
    for (const std::string& path : paths.value())
        complete = take_list(context, path, rows) && complete;
    context.output.table(rows, "no entries");
    return complete ? kDone : kIncomplete;
}

ExitCode show_check(const Context& context) {
    const std::string service =
        context.arguments.selection.service.empty() ? "sshd" : context.arguments.selection.service;
    if (names_key(context.arguments)) {
        const auto key = named_key(context.arguments);
        if (!key.ok()) return context.fail(key.error(), kUsage);
        const std::string asked = key.value().text();
        const auto keys =
            key.value().in_file ? std::vector{*key.value().in_file} : key.value().representatives();
        return print_decision(context, asked, display(asked), service,
                              ask_gate_about(context, keys, service), std::nullopt);
    }
    const auto target = subject_of(context.arguments);
    if (!target.ok()) return context.fail(target.error(), kUsage);
    if (target.value().kind == TargetKind::user)
        if (const auto user = find_name(std::string(target.value().name).c_str());
            user.ok() && !user.value().known)
            context.output.warn(describe_unknown_user(target.value()));
    const std::string asked = text_of(target.value());
    const bool is_user = target.value().kind == TargetKind::user;
    const Decision decision = ask_gate(context, target.value(), service);
    // With --conf, the question is about that file.
    const bool asks_service = decision.verdict == Verdict::revoked && !context.arguments.conf_given;
    return print_decision(
        context, asked, display(is_user ? target.value().name : asked), service, decision,
        asks_service ? std::optional(ask_services(context, target.value(), service))
                     : std::nullopt);
}

}  // namespace pam_revoke
