#include "session_files.hpp"

#include <systemd/sd-login.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <memory>

#include "revoke/kernel/cgroup.hpp"
#include "revoke/kernel/root.hpp"

namespace pam_revoke {
namespace {

constexpr const char* kBooted = "/run/systemd/system";  // as sd_booted(3)
constexpr const char* kDirectory = "/run/systemd/sessions";
constexpr int kAlsoClosing = -1;

// Reads one value by a function of sd-login; empty if the session has none.
std::string text_of(const std::string& id, int (*get)(const char* session, char** value)) {
    char* value = nullptr;
    if (get(id.c_str(), &value) < 0) return {};
    const std::unique_ptr<char, decltype(&std::free)> owned(value, &std::free);
    return value;
}

Session session_in_file(std::string id, std::uint32_t uid) {
    Session session;
    session.id = std::move(id);
    session.uid = uid;
    session.state = text_of(session.id, sd_session_get_state);
    session.klass = text_of(session.id, sd_session_get_class);
    session.type = text_of(session.id, sd_session_get_type);
    session.service = text_of(session.id, sd_session_get_service);
    session.tty = text_of(session.id, sd_session_get_tty);
    session.remote_host = text_of(session.id, sd_session_get_remote_host);
    session.remote = sd_session_is_remote(session.id.c_str()) > 0;
    session.scope = "session-" + session.id + ".scope";
    session.processes = ControlGroup(session.cgroup()).pids().size();
    return session;
}

}  // namespace

Result<std::vector<Session>> sessions_in_files(std::uint32_t uid) {
    // Packages create the directory of sessions also where systemd does not run.
    for (const char* path : {kBooted, kDirectory})
        if (access(kernel_path(path).c_str(), R_OK) != 0)
            return make_error(Fault::io, path, "cannot examine", errno);
    char** ids = nullptr;
    const int count = sd_uid_get_sessions(uid, kAlsoClosing, &ids);
    if (count < 0) return make_error(Fault::io, kDirectory, "cannot read", -count);
    std::vector<Session> sessions;
    for (int i = 0; i < count; ++i) {
        const std::unique_ptr<char, decltype(&std::free)> id(ids[i], &std::free);
        Session session = session_in_file(id.get(), uid);
        if (session.processes > 0) sessions.push_back(std::move(session));
    }
    std::free(static_cast<void*>(ids));
    return sessions;
}

}  // namespace pam_revoke
