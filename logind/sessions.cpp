#include "revoke/sessions.hpp"

#include <systemd/sd-bus.h>
#include <systemd/sd-login.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <tuple>

namespace pam_revoke {
namespace {

constexpr const char* kLogin = "org.freedesktop.login1";
constexpr const char* kLoginPath = "/org/freedesktop/login1";
constexpr const char* kManager = "org.freedesktop.login1.Manager";

struct Unref {
    void operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }
};
using Message = std::unique_ptr<sd_bus_message, Unref>;

struct BusError {
    sd_bus_error error = SD_BUS_ERROR_NULL;
    BusError() = default;
    BusError(const BusError&) = delete;
    BusError& operator=(const BusError&) = delete;
    ~BusError() { sd_bus_error_free(&error); }
    [[nodiscard]] bool is(const char* name) const { return sd_bus_error_has_name(&error, name) > 0; }
};

// Codes that say "it is gone": during an ending that is what was wanted.
bool means_gone(const BusError& reply) {
    return reply.is("org.freedesktop.login1.NoSuchUser") || reply.is("org.freedesktop.login1.NoSuchSession") ||
           reply.is("org.freedesktop.systemd1.NoSuchUnit") || reply.is("org.freedesktop.DBus.Error.UnknownObject") ||
           reply.is("org.freedesktop.DBus.Error.FileNotFound") || reply.is("org.freedesktop.systemd1.LoadFailed");
}

Error bus_error(std::string_view method, const BusError& reply, int result) {
    if (result == -ETIMEDOUT || reply.is("org.freedesktop.DBus.Error.NoReply") || reply.is("org.freedesktop.DBus.Error.Timeout"))
        return make_error(Fault::bus, method, "did not answer in time", ETIMEDOUT);
    if (result == -EACCES || result == -EPERM || reply.is("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"))
        return make_error(Fault::bus, method, "is not allowed to this user; run as root", EACCES);
    return make_error(Fault::bus, method, "failed", -result);
}

// Calls `method`; append(message) puts the arguments in. The reply is null when what it was about is gone.
template <typename Append>
Result<Message> call(Bus& bus, const char* service, const char* path, const char* interface, const char* method, Append append) {
    sd_bus_message* raw = nullptr;
    int result = sd_bus_message_new_method_call(bus.get(), &raw, service, path, interface, method);
    const Message request(raw);
    if (result >= 0) result = append(request.get());
    BusError reply;
    sd_bus_message* answer = nullptr;
    if (result >= 0) result = sd_bus_call(bus.get(), request.get(), bus.call_usec(), &reply.error, &answer);
    if (result >= 0) return Message(answer);
    if (means_gone(reply)) return Message();
    return bus_error(method, reply, result);
}

int nothing(sd_bus_message*) { return 0; }

Error bad_reply(const char* method, int result) { return make_error(Fault::bus, method, "answered something unknown", -result); }

struct Listed {
    Record record;
    std::string id;
    std::string path;
};

Result<std::vector<Listed>> listed_sessions(Bus& bus) {
    auto reply = call(bus, kLogin, kLoginPath, kManager, "ListSessions", nothing);
    if (!reply.ok()) return reply.error();
    std::vector<Listed> listed;
    sd_bus_message* message = reply.value().get();
    int result = sd_bus_message_enter_container(message, 'a', "(susso)");
    while (result > 0) {
        const char *id = nullptr, *user = nullptr, *seat = nullptr, *path = nullptr;
        std::uint32_t uid = 0;
        result = sd_bus_message_read(message, "(susso)", &id, &uid, &user, &seat, &path);
        if (result > 0) listed.push_back({{uid, user}, id, path});
    }
    if (result < 0) return bad_reply("ListSessions", result);
    return listed;
}

int read_text(sd_bus_message* message, std::string& text) {
    const char* value = nullptr;
    const int result = sd_bus_message_read(message, "v", "s", &value);
    if (result > 0) text = value;
    return result;
}

// Takes the value of the property `name` into the session, or passes over it.
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

// Asks for all properties of one session; nothing when it is gone.
Result<std::optional<Session>> describe(Bus& bus, const Listed& listed) {
    auto reply = call(bus, kLogin, listed.path.c_str(), "org.freedesktop.DBus.Properties", "GetAll",
                      [](sd_bus_message* request) { return sd_bus_message_append(request, "s", "org.freedesktop.login1.Session"); });
    if (!reply.ok()) return reply.error();
    if (reply.value() == nullptr) return std::optional<Session>();
    Session session;
    session.id = listed.id;
    session.user = listed.record.name;
    session.uid = listed.record.uid;
    sd_bus_message* message = reply.value().get();
    int result = sd_bus_message_enter_container(message, 'a', "{sv}");
    while (result >= 0 && (result = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        const char* name = nullptr;
        result = sd_bus_message_read(message, "s", &name);
        if (result >= 0) result = read_property(message, name, session);
        if (result >= 0) result = sd_bus_message_exit_container(message);
    }
    if (result < 0) return bad_reply("GetAll", result);
    return std::optional(session);
}

// Session ids are numbers, mostly: shorter ones first, so that 9 comes before 10.
bool comes_before(const Session& a, const Session& b) {
    return std::make_tuple(std::string_view(a.user), a.id.size(), std::string_view(a.id)) <
           std::make_tuple(std::string_view(b.user), b.id.size(), std::string_view(b.id));
}

}  // namespace

void Bus::Close::operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }

std::uint64_t monotonic_usec() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000 + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
}

std::uint64_t Bus::call_usec() const {
    const std::uint64_t now = monotonic_usec();
    return now >= deadline_usec_ ? 1 : std::min(deadline_usec_ - now, kCallUsec);
}

Result<Bus> Bus::open(std::uint64_t deadline_usec) {
    sd_bus* raw = nullptr;
    int result = sd_bus_open_system(&raw);
    Bus bus;
    bus.bus_.reset(raw);
    bus.deadline_usec_ = deadline_usec;
    const std::uint64_t give_up = monotonic_usec() + bus.call_usec();
    // sd_bus_call would wait 90 s for a bus daemon that accepts and then says nothing.
    while (result >= 0 && sd_bus_is_ready(raw) == 0) {
        const std::uint64_t now = monotonic_usec();
        if (now >= give_up) return make_error(Fault::bus, "system bus", "did not answer in time", ETIMEDOUT);
        result = sd_bus_process(raw, nullptr);
        if (result == 0) result = sd_bus_wait(raw, give_up - now);
    }
    if (result < 0) return make_error(Fault::bus, "system bus", "can not be reached", -result);
    return bus;
}

Result<std::vector<Session>> list_sessions(Bus& bus, std::optional<std::uint32_t> uid) {
    const auto listed = listed_sessions(bus);
    if (!listed.ok()) return listed.error();
    std::vector<Session> sessions;
    for (const Listed& each : listed.value()) {
        if (uid && each.record.uid != *uid) continue;
        auto session = describe(bus, each);
        if (!session.ok()) return session.error();
        if (session.value()) sessions.push_back(std::move(*session.value()));
    }
    std::sort(sessions.begin(), sessions.end(), comes_before);
    return sessions;
}

Result<std::vector<Record>> list_records(Bus& bus) {
    const auto listed = listed_sessions(bus);
    if (!listed.ok()) return listed.error();
    std::vector<Record> records;
    for (const Listed& each : listed.value()) records.push_back(each.record);
    auto reply = call(bus, kLogin, kLoginPath, kManager, "ListUsers", nothing);
    if (!reply.ok()) return reply.error();
    sd_bus_message* message = reply.value().get();
    int result = sd_bus_message_enter_container(message, 'a', "(uso)");
    while (result > 0) {
        std::uint32_t uid = 0;
        const char *name = nullptr, *path = nullptr;
        result = sd_bus_message_read(message, "(uso)", &uid, &name, &path);
        if (result > 0) records.push_back({uid, name});
    }
    if (result < 0) return bad_reply("ListUsers", result);
    const auto key = [](const Record& record) { return std::tie(record.name, record.uid); };
    std::sort(records.begin(), records.end(), [&](const Record& a, const Record& b) { return key(a) < key(b); });
    records.erase(std::unique(records.begin(), records.end(), [&](const Record& a, const Record& b) { return key(a) == key(b); }),
                  records.end());
    return records;
}

Result<Done> terminate_session(Bus& bus, const std::string& id) {
    auto reply = call(bus, kLogin, kLoginPath, kManager, "TerminateSession",
                      [&id](sd_bus_message* request) { return sd_bus_message_append(request, "s", id.c_str()); });
    return reply.ok() ? Result<Done>(Done{}) : reply.error();
}

Result<Done> terminate_user(Bus& bus, std::uint32_t uid) {
    auto reply = call(bus, kLogin, kLoginPath, kManager, "TerminateUser",
                      [uid](sd_bus_message* request) { return sd_bus_message_append(request, "u", uid); });
    return reply.ok() ? Result<Done>(Done{}) : reply.error();
}

Result<Done> stop_unit(Bus& bus, const std::string& unit) {
    auto reply = call(bus, "org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager", "StopUnit",
                      [&unit](sd_bus_message* request) { return sd_bus_message_append(request, "ss", unit.c_str(), "replace"); });
    return reply.ok() ? Result<Done>(Done{}) : reply.error();
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
