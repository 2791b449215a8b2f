#include "context.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <ctime>

#include "revoke/base/compose.hpp"
#include "revoke/base/text.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/pam_revoke/module_line.hpp"
#include "revoke/pam_revoke/nss.hpp"

namespace pam_revoke {

Operator find_operator() {
    Operator by;
    by.uids.push_back(getuid());
    if (const auto uid = login_uid()) by.uids.push_back(*uid);
    const char* sudo_user = std::getenv("SUDO_USER");
    if (sudo_user != nullptr && why_not_a_name(sudo_user) == nullptr) {
        by.name = sudo_user;
        const auto passwd = find_name(sudo_user);
        if (passwd.ok() && passwd.value().known) by.uids.push_back(passwd.value().uid);
        return by;
    }
    const auto passwd = find_uid(by.uids.back());
    by.name = passwd.ok() && passwd.value().known ? std::string(passwd.value().name.view())
                                                  : compose("uid:{}", by.uids.back());
    return by;
}

Result<Account> account_of(Result<Bus>& bus, const Target& target) {
    return target.kind == TargetKind::uid ? find_account_by_uid(bus, target.uid)
                                          : find_account(bus, target.name);
}

ExitCode Context::fail(std::string_view line, ExitCode code) const {
    output.complain(line);
    return code;
}

ExitCode Context::fail(const Error& error, ExitCode code) const {
    output.complain(error);
    return code;
}

ExitCode Context::answer(JsonObject& json, ExitCode code) const {
    output.answer(json.add("exit", int{code}).text());
    return code;
}

void ignore_departure() {
    for (const int signal : {SIGHUP, SIGTERM}) (void)std::signal(signal, SIG_IGN);
}

bool is_root(const Context& context) {
    if (geteuid() == context.owner) return true;
    context.output.complain("nothing was changed; run it as root, for example with sudo");
    return false;
}

void use_account_name(Context& context) {
    std::string& name = context.arguments.subject;
    if (name.empty() || why_not_a_name(name) != nullptr) return;
    const auto passwd = find_name(name.c_str());
    if (!passwd.ok() || !passwd.value().known || passwd.value().name.was_truncated()) return;
    const std::string_view own = passwd.value().name.view();
    if (own == name || why_not_a_name(own) != nullptr) return;
    context.output.warn(
        compose("{}: named {} in the account database", display(name), display(own)));
    name = own;
}

Result<Target> subject_of(const Arguments& arguments) {
    const std::string_view text = arguments.subject;
    const char* reason = nullptr;
    if (text.find(':') != std::string_view::npos) {
        const auto target = parse_target(text, &reason);
        if (target && (target->kind == TargetKind::user || target->kind == TargetKind::uid))
            return *target;
        return make_error(Fault::malformed, text,
                          target ? "not a user; write this target into a list in lists.d" : reason);
    }
    if ((reason = why_not_a_name(text)) != nullptr)
        return make_error(Fault::malformed, text.empty() ? "NAME" : text, reason);
    if (parse_uid(text)) {
        const auto passwd = find_name(std::string(text).c_str());
        if (passwd.ok() && !passwd.value().known)
            return make_error(Fault::malformed, text,
                              "not a login name; use uid:NUMBER or user:NAME");
    }
    return Target{TargetKind::user, text, 0};
}

namespace {

// Only files are read: no sshd is run.
Examined files_of_host(const Context& context) {
    Examined host{{}, context.settings, context.owner, context.now_sec, [](std::string_view) {}};
    host.runs_sshd = false;
    return host;
}

Settings settings_with(const Context& context, const std::vector<std::string>& words,
                       const std::string& service) {
    std::vector<const char*> arguments;
    for (const std::string& word : words) arguments.push_back(word.c_str());
    return settings_of_line(arguments, service, context.owner);
}

}  // namespace

std::int64_t asked_time_sec(const Context& context) {
    return std::max<std::int64_t>(std::time(nullptr), context.arguments.from_sec.value_or(0));
}

Settings settings_at(const Context& context, const std::string& service) {
    const char* conf = context.arguments.conf.c_str();
    if (context.arguments.conf_given) return read_settings(conf, service, context.owner);
    const auto lines = gate_lines(files_of_host(context), service);
    return lines.empty() ? read_settings(conf, service, context.owner)
                         : settings_with(context, lines.front().arguments, service);
}

Decision ask_gate(const Context& context, const Settings& settings, const Target& target,
                  const std::string& service) {
    const auto indexes = index_dir(settings);
    Request request{target.name,   std::nullopt,   service, asked_time_sec(context),
                    context.owner, indexes.c_str()};
    if (target.kind == TargetKind::uid) request.uid = target.uid;
    request.error = settings.error ? &*settings.error : nullptr;
    return decide(settings.policy, request);
}

Decision ask_gate(const Context& context, const Target& target, const std::string& service) {
    return ask_gate(context, settings_at(context, service), target, service);
}

OpenServices ask_services(const Context& context, const Target& target, const std::string& only) {
    const auto ask = [&](const std::vector<std::string>& arguments,
                         const std::string& service) -> std::optional<std::string> {
        const Settings settings = settings_with(context, arguments, service);
        const Decision decision = ask_gate(context, settings, target, service);
        if (decision.verdict == Verdict::revoked) return std::nullopt;
        return why_not_denied(decision, context.console_path());
    };
    return open_services(files_of_host(context), ask, only);
}

std::vector<std::string> describe_open(const std::string& name, const OpenServices& open) {
    std::vector<std::string> errors;
    for (const OpenService& each : open.services)
        errors.push_back(compose("{}: PAM service {} does not deny: {}; run 'revokectl doctor'",
                                 name, each.service, each.reason));
    // Usually one cause for all files.
    if (!open.errors.empty())
        errors.push_back(describe(open.errors.front()) +
                         "; the PAM services could not all be checked");
    return errors;
}

std::vector<LineSettings> gate_settings(const Context& context) {
    std::vector<LineSettings> found;
    for (GateLine& line : gate_lines(files_of_host(context))) {
        Settings settings = settings_with(context, line.arguments, line.service);
        found.push_back({std::move(line), std::move(settings)});
    }
    return found;
}

std::string why_not_denied(const Decision& decision, const std::string& list) {
    if (decision.exempt) return "exempt by the configuration";
    return decision.error ? "could not be checked: " + describe(*decision.error)
                          : "the gate does not read " + list;
}

Target target_of(std::uint32_t uid, const std::string& name) {
    if (why_not_a_name(name) == nullptr) return Target{TargetKind::user, name, 0};
    return Target{TargetKind::uid, {}, uid};
}

}  // namespace pam_revoke
