#include "revoke/logind/sessions.hpp"

#include <systemd/sd-bus.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <tuple>

#include "revoke/kernel/cgroup.hpp"
#include "revoke/kernel/procfs.hpp"
#include "revoke/kernel/root.hpp"

namespace pam_revoke {
namespace {

constexpr const char* kLogin = "org.freedesktop.login1";
constexpr Peer kManager{kLogin, "/org/freedesktop/login1", "org.freedesktop.login1.Manager"};

// Source: logind's state files, which it reads after a restart.
const std::string kLingerDirectory = "/var/lib/systemd/linger/";

constexpr const char* kBooted = "/run/systemd/system";  // as sd_booted(3)
constexpr const char* kSessionDirectory = "/run/systemd/sessions";
constexpr int kAlsoClosing = -1;

int nothing(sd_bus_message*) { return 0; }

struct Listed {
    LogindUser record;
    std::string id;
    std::string path;
};

Result<std::vector<Listed>> listed_sessions(Bus& bus) {
    auto reply = TRY(call(bus, kManager, "ListSessions", nothing));
    std::vector<Listed> listed;
    TRY(read_array(reply, "ListSessions", "(susso)", [&listed](sd_bus_message* message) {
        const char *id = nullptr, *user = nullptr, *seat = nullptr, *path = nullptr;
        std::uint32_t uid = 0;
        const int result = sd_bus_message_read(message, "(susso)", &id, &uid, &user, &seat, &path);
        if (result > 0) listed.push_back({{uid, user}, id, path});
        return result;
    }));
    return listed;
}

int read_text(sd_bus_message* message, std::string& text) {
    const char* value = nullptr;
    const int result = sd_bus_message_read(message, "v", "s", &value);
    if (result > 0) text = value;
    return result;
}

// Reads the property `name` into the session, or skips it.
int read_property(sd_bus_message* message, std::string_view name, Session& session) {
    if (name == "State") return read_text(message, session.state);
    if (name == "Class") return read_text(message, session.klass);
    if (name == "Type") return read_text(message, session.type);
    if (name == "Service") return read_text(message, session.service);
    if (name == "TTY") return read_text(message, session.tty);
    if (name == "RemoteHost") return read_text(message, session.remote_host);
    if (name == "Scope") return read_text(message, session.scope);
    if (name == "Remote") {
        int remote = 0;
        const int result = sd_bus_message_read(message, "v", "b", &remote);
        session.remote = remote != 0;
        return result;
    }
    if (name == "Leader") {
        std::uint32_t leader = 0;
        const int result = sd_bus_message_read(message, "v", "u", &leader);
        session.leader = static_cast<pid_t>(leader);
        return result;
    }
    if (name == "Timestamp") {
        std::uint64_t since_usec = 0;
        const int result = sd_bus_message_read(message, "v", "t", &since_usec);
        session.since_sec = static_cast<std::int64_t>(since_usec / 1'000'000);
        return result;
    }
    return sd_bus_message_skip(message, "v");
}

Result<Session> described(const Listed& listed, const Message& properties) {
    Session session;
    session.id = listed.id;
    session.user = listed.record.name;
    session.uid = listed.record.uid;
    TRY(read_properties(properties, [&session](sd_bus_message* message, std::string_view name) {
        return read_property(message, name, session);
    }));
    return session;
}

// Adds what logind does not have: the process count, and the terminal of an SSH session. Since 9.8,
// OpenSSH opens the terminal after the session.
void look_inside(Session& session) {
    const std::vector<pid_t> pids = ControlGroup(session.cgroup()).pids();
    session.processes = pids.size();
    for (std::size_t i = 0; i < pids.size() && session.tty.empty() && session.type == "tty"; ++i)
        session.tty = pseudo_terminal_of(pids[i]);
}

// Session IDs are usually numbers: shorter ones first, so that 9 comes before 10.
bool comes_before(const Session& a, const Session& b) {
    return std::make_tuple(std::string_view(a.user), a.id.size(), std::string_view(a.id)) <
           std::make_tuple(std::string_view(b.user), b.id.size(), std::string_view(b.id));
}

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

Result<std::vector<Session>> list_sessions(Bus& bus, std::optional<std::uint32_t> uid) {
    auto listed = TRY(listed_sessions(bus));
    if (uid) std::erase_if(listed, [uid](const Listed& each) { return each.record.uid != *uid; });
    std::vector<std::string> paths;
    for (const Listed& each : listed) paths.push_back(each.path);
    const auto properties = TRY(call_all(bus, kLogin, paths, "org.freedesktop.DBus.Properties",
                                         "GetAll", [](sd_bus_message* request) {
                                             return sd_bus_message_append(
                                                 request, "s", "org.freedesktop.login1.Session");
                                         }));
    std::vector<Session> sessions;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        if (properties[i] == nullptr) continue;  // it ended meanwhile
        auto session = TRY(described(listed[i], properties[i]));
        if (!session.scope.empty()) look_inside(session);
        sessions.push_back(std::move(session));
    }
    std::sort(sessions.begin(), sessions.end(), comes_before);
    return sessions;
}

Result<std::vector<Session>> list_sessions(Result<Bus>& bus) {
    return bus.ok() ? list_sessions(bus.value(), std::nullopt) : bus.error();
}

Result<std::vector<Session>> sessions_in_files(std::uint32_t uid) {
    // Packages create the directory of sessions also where systemd does not run.
    for (const char* path : {kBooted, kSessionDirectory})
        if (access(kernel_path(path).c_str(), R_OK) != 0)
            return make_error(Fault::io, path, "cannot examine", errno);
    char** ids = nullptr;
    const int count = sd_uid_get_sessions(uid, kAlsoClosing, &ids);
    if (count < 0) return make_error(Fault::io, kSessionDirectory, "cannot read", -count);
    std::vector<Session> sessions;
    for (int i = 0; i < count; ++i) {
        const std::unique_ptr<char, decltype(&std::free)> id(ids[i], &std::free);
        Session session = session_in_file(id.get(), uid);
        if (session.processes > 0) sessions.push_back(std::move(session));
    }
    std::free(static_cast<void*>(ids));
    return sessions;
}

Result<std::vector<LogindUser>> list_records(Bus& bus) {
    const auto reply = TRY(call(bus, kManager, "ListUsers", nothing));
    std::vector<LogindUser> records;
    TRY(read_array(reply, "ListUsers", "(uso)", [&records](sd_bus_message* message) {
        std::uint32_t uid = 0;
        const char *name = nullptr, *path = nullptr;
        const int result = sd_bus_message_read(message, "(uso)", &uid, &name, &path);
        if (result > 0) records.push_back({uid, name});
        return result;
    }));
    return records;
}

Result<void> terminate_session(Bus& bus, const std::string& id) {
    (void)TRY(call(bus, kManager, "TerminateSession", [&id](sd_bus_message* request) {
        return sd_bus_message_append(request, "s", id.c_str());
    }));
    return {};
}

Result<void> terminate_user(Bus& bus, std::uint32_t uid) {
    (void)TRY(call(bus, kManager, "TerminateUser", [uid](sd_bus_message* request) {
        return sd_bus_message_append(request, "u", uid);
    }));
    return {};
}

bool lingers(const std::string& user) {
    if (user.empty() || user.find('/') != std::string::npos) return false;
    return access((kLingerDirectory + user).c_str(), F_OK) == 0;
}

Result<void> set_linger(Bus& bus, const std::string& user, std::uint32_t uid, bool on) {
    const auto reply = TRY(call(bus, kManager, "SetUserLinger", [&](sd_bus_message* request) {
        return sd_bus_message_append(request, "ubb", uid, int{on}, 0);
    }));
    const bool is_unknown = reply == nullptr;
    if (is_unknown && !on && lingers(user) && unlink((kLingerDirectory + user).c_str()) != 0)
        return make_error(Fault::io, kLingerDirectory + user, "cannot remove", errno);
    return lingers(user) == on ? Result<void>()
                               : make_error(Fault::bus, "SetUserLinger", "did not take effect");
}

std::string Session::cgroup() const {
    return scope.empty() ? std::string() : slice_path(uid) + "/" + scope;
}

std::optional<std::string> own_session() {
    char* id = nullptr;
    if (sd_pid_get_session(0, &id) < 0) return std::nullopt;
    const std::unique_ptr<char, decltype(&std::free)> owned(id, &std::free);
    return std::string(id);
}

bool is_login(const Session& session) {
    if (!session.klass.starts_with("user")) return false;
    if (session.remote || session.service == "sshd" || session.type == "tty") return true;
    return session.type == "x11" || session.type == "wayland" || session.type == "mir";
}

}  // namespace pam_revoke
