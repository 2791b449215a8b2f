#include "revoke/logind/report.hpp"

#include <cerrno>
#include <cstdio>

#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"

namespace pam_revoke {

std::string describe(const Error& error) {
    std::string text = display(error.object.view()) + ": " + error.reason;
    const char* system_word = error.os_error != 0 ? strerrordesc_np(error.os_error) : nullptr;
    return system_word != nullptr ? compose("{}: {}", text, system_word) : text;
}

std::string describe(const Session& session) {
    std::string place = session.service;
    if (!session.tty.empty()) place += (place.empty() ? "" : ", ") + session.tty;
    if (!session.remote_host.empty()) place += " from " + session.remote_host;
    return display(compose("session {} ({}{}{})", session.id,
                           session.klass == "user" ? "" : session.klass + ", ", place,
                           session.state == "closing" ? ", closing" : ""));
}

std::string describe(const Process& process) {
    const std::string group = process.cgroup.substr(process.cgroup.rfind('/') + 1);
    return display(
        compose("pid {} {} ({}, {})", process.pid, process.command, tie_word(process.tie), group));
}

std::string to_json(const Session& session) {
    JsonObject json;
    json.add("id", session.id)
        .add("user", session.user)
        .add("uid", session.uid)
        .add("state", session.state);
    json.add("class", session.klass)
        .add("type", session.type)
        .add("service", session.service)
        .add("tty", session.tty);
    json.add("remote_host", session.remote_host).add("leader", session.leader);
    json.add("since", print_time(session.since_sec).view());
    json.add("processes", session.processes);
    if (!session.opened_with.empty()) json.add("opened_with", session.opened_with);
    return json.text();
}

std::string to_json(const Process& process) {
    JsonObject json;
    json.add("pid", process.pid).add("uid", process.uid).add("tie", tie_word(process.tie));
    return json.add("cgroup", process.cgroup).add("command", process.command).text();
}

std::string to_json(const PersistenceHook& hook) {
    return JsonObject().add("kind", hook.kind).add("path", hook.path).text();
}

std::string to_json(const Error& error) { return json_string(describe(error)); }

Result<void> flush_output() {
    const bool was_lost = std::ferror(stdout) != 0;
    const int os_error = std::fflush(stdout) == 0 ? 0 : errno;
    if (!was_lost && os_error == 0) return {};
    return make_error(Fault::io, "standard output", "cannot write", os_error);
}

}  // namespace pam_revoke
