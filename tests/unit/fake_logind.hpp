// fake_logind.hpp - logind and systemd for one test, on a private system bus.
//
// It implements org.freedesktop.login1 and .systemd1: a test sets the sessions and services, and
// reads the method calls.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "revoke/base/file.hpp"
#include "revoke/logind/sessions.hpp"
#include "unit.hpp"

namespace pam_revoke {

inline Session session_of(const std::string& id, std::uint32_t uid, const std::string& user) {
    Session session;
    session.id = id;
    session.uid = uid;
    session.user = user;
    session.state = "active";
    return session;
}

// Serves one client at a time. The client waits for each reply, so that it and the bus thread never
// use the shared data at the same time.
class FakeLogind : TestDirectory {
public:
    struct Service {
        std::string name;
        std::string user;  // User=
        std::string sub_state = "auto-restart";
        std::uint32_t main_pid = 0;
    };

    std::vector<Session> sessions;
    std::vector<LogindUser> lingering;  // users without a session
    std::vector<Service> activating;
    std::vector<Service> loaded;     // for GetUnit
    std::vector<Service> starters;   // timers; "user" is the service they start
    std::vector<std::string> calls;  // "TerminateUser 43200", in order
    std::set<std::string> failing;   // methods that return an error
    std::string breaks_at;           // the method that closes the connection, once
    std::function<void(const std::string& call)> on_call = [](const std::string&) {};

    FakeLogind() {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string socket_path = path + "/bus";
        cr_assert(socket_path.size() < sizeof address.sun_path);
        socket_path.copy(address.sun_path, socket_path.size());
        cr_assert(bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address),
                       sizeof address) == 0 &&
                  listen(listener_.get(), 8) == 0);
        setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + socket_path).c_str(), 1);
        thread_ = std::thread([this] { serve(); });
    }
    ~FakeLogind() {
        is_over_ = true;
        thread_.join();
        unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
    }

    [[nodiscard]] std::size_t count(const std::string& call) const {
        return static_cast<std::size_t>(std::count(calls.begin(), calls.end(), call));
    }
    // Returns the calls that change something, in order.
    [[nodiscard]] std::vector<std::string> requests() const {
        std::vector<std::string> found;
        for (const std::string& call : calls)
            if (call.find(' ') != std::string::npos) found.push_back(call);
        return found;
    }

private:
    static constexpr int kWaitMsec = 10;

    void serve() {
        while (!is_over_) {
            pollfd event{listener_.get(), POLLIN, 0};
            if (poll(&event, 1, kWaitMsec) > 0)
                serve_client(accept(listener_.get(), nullptr, nullptr));
        }
    }
    void serve_client(int fd) {
        sd_bus* bus = nullptr;
        const bool is_ready =
            sd_bus_new(&bus) >= 0 && sd_bus_set_fd(bus, fd, fd) >= 0 &&
            sd_bus_set_server(
                bus, 1, SD_ID128_MAKE(1, 2, 3, 4, 5, 6, 7, 8, 9, a, b, c, d, e, f, 10)) >= 0 &&
            sd_bus_add_filter(bus, nullptr, answer, this) >= 0 && sd_bus_start(bus) >= 0;
        for (int result = is_ready ? 0 : -1; result >= 0 && !is_over_;) {
            result = sd_bus_process(bus, nullptr);
            if (result == 0) result = sd_bus_wait(bus, kWaitMsec * 1000);
        }
        sd_bus_close_unref(bus);
    }
    static int answer(sd_bus_message* call, void* self, sd_bus_error*) {
        return static_cast<FakeLogind*>(self)->answer_to(call);
    }
    int answer_to(sd_bus_message* call) {
        if (sd_bus_message_is_method_call(call, nullptr, nullptr) <= 0) return 0;  // Disconnected
        const std::string method = sd_bus_message_get_member(call);
        if (method == "Hello") return sd_bus_reply_method_return(call, "s", ":1.1");
        if (method == breaks_at) {
            breaks_at.clear();
            sd_bus_close(sd_bus_message_get_bus(call));
            return 1;
        }
        if (failing.contains(method))
            return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_FAILED, "is to fail");
        if (method == "GetAll") return describe(call);
        if (method == "Get") return reply_property(call);
        calls.push_back(method + argument_of(call));
        on_call(calls.back());
        if (method == "ListSessions") return list_sessions(call);
        if (method == "ListUsers") return list_users(call);
        if (method == "ListUnitsByPatterns") return list_units(call);
        if (method == "GetUnit" || method == "LoadUnit") return reply_unit(call);
        if (method == "StopUnit") return sd_bus_reply_method_return(call, "o", "/job/1");
        return sd_bus_reply_method_return(call, nullptr);
    }
    // Returns the argument of a method that changes something.
    static std::string argument_of(sd_bus_message* call) {
        const char* text = "";
        std::uint32_t uid = 0;
        const std::string_view signature = sd_bus_message_get_signature(call, 1);
        if (signature.starts_with('s') && sd_bus_message_read(call, "s", &text) > 0)
            return std::string(" ") + text;
        if (signature.starts_with('u') && sd_bus_message_read(call, "u", &uid) > 0)
            return " " + std::to_string(uid);
        return {};
    }
    static std::string name_in_path(sd_bus_message* call) {
        const std::string path = sd_bus_message_get_path(call);
        return path.substr(path.rfind('/') + 1);
    }
    // Replies with an array; append() adds the fields of each row.
    template <typename Rows, typename Append>
    static int reply(sd_bus_message* call, const char* row, const Rows& rows, Append append) {
        sd_bus_message* message = nullptr;
        int result = sd_bus_message_new_method_return(call, &message);
        if (result >= 0) result = sd_bus_message_open_container(message, 'a', row);
        for (const auto& each : rows)
            if (result >= 0) result = append(message, each);
        if (result >= 0) result = sd_bus_message_close_container(message);
        if (result >= 0) result = sd_bus_send(nullptr, message, nullptr);
        sd_bus_message_unref(message);
        return result < 0 ? result : 1;
    }
    int list_sessions(sd_bus_message* call) {
        return reply(call, "(susso)", sessions,
                     [](sd_bus_message* message, const Session& session) {
                         return sd_bus_message_append(message, "(susso)", session.id.c_str(),
                                                      session.uid, session.user.c_str(), "",
                                                      ("/session/" + session.id).c_str());
                     });
    }
    int list_users(sd_bus_message* call) {
        std::vector<LogindUser> users = lingering;
        for (const Session& session : sessions) users.push_back({session.uid, session.user});
        return reply(call, "(uso)", users, [](sd_bus_message* message, const LogindUser& user) {
            return sd_bus_message_append(message, "(uso)", user.uid, user.name.c_str(), "/user");
        });
    }
    int describe(sd_bus_message* call) {
        const std::string id = name_in_path(call);
        const auto same = [&id](const Session& session) { return session.id == id; };
        const auto found = std::find_if(sessions.begin(), sessions.end(), same);
        if (found == sessions.end())
            return sd_bus_reply_method_errorf(call, SD_BUS_ERROR_UNKNOWN_OBJECT, "has ended");
        return reply(call, "{sv}", std::vector{*found}, append_properties);
    }
    static int append_properties(sd_bus_message* message, const Session& session) {
        const struct {
            const char* name;
            const std::string& text;
        } texts[] = {
            {"State", session.state}, {"Class", session.klass},
            {"Type", session.type},   {"Service", session.service},
            {"TTY", session.tty},     {"RemoteHost", session.remote_host},
            {"Scope", session.scope},
        };
        int result =
            sd_bus_message_append(message, "{sv}", "Seat", "(so)", "", "/");  // must be skipped
        for (const auto& [name, text] : texts)
            if (result >= 0)
                result = sd_bus_message_append(message, "{sv}", name, "s", text.c_str());
        const auto since_usec = static_cast<std::uint64_t>(session.since_sec) * 1'000'000;
        return result < 0
                   ? result
                   : sd_bus_message_append(
                         message, "{sv}{sv}{sv}", "Remote", "b", int{session.remote}, "Leader", "u",
                         static_cast<std::uint32_t>(session.leader), "Timestamp", "t", since_usec);
    }
    int list_units(sd_bus_message* call) {
        const char* state = "";
        (void)sd_bus_message_enter_container(call, 'a', "s");
        (void)sd_bus_message_read(call, "s", &state);
        const bool is_active = state == std::string_view("active");
        const std::vector<Service>& listed = is_active ? starters : activating;
        std::vector<std::size_t> rows(listed.size());
        for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
        return reply(call, "(ssssssouso)", rows, [&](sd_bus_message* message, std::size_t row) {
            const Service& service = listed[row];
            const std::string unit = (is_active ? "/starter/" : "/unit/") + std::to_string(row);
            return sd_bus_message_append(message, "(ssssssouso)", service.name.c_str(), "",
                                         "loaded", "activating", service.sub_state.c_str(), "",
                                         unit.c_str(), 0, "", "/");
        });
    }
    // The last call is "GetUnit NAME" or "LoadUnit NAME".
    int reply_unit(sd_bus_message* call) {
        for (std::size_t i = 0; i < loaded.size(); ++i)
            if (calls.back().ends_with("Unit " + loaded[i].name))
                return sd_bus_reply_method_return(call, "o",
                                                  ("/loaded/" + std::to_string(i)).c_str());
        return sd_bus_reply_method_errorf(call, "org.freedesktop.systemd1.NoSuchUnit", "no unit");
    }
    int reply_property(sd_bus_message* call) {
        const std::string unit = sd_bus_message_get_path(call);
        const std::vector<Service>& units = unit.starts_with("/loaded/")    ? loaded
                                            : unit.starts_with("/starter/") ? starters
                                                                            : activating;
        const Service& service = units[std::stoul(name_in_path(call))];
        const char* property = "";
        const char* interface = "";
        (void)sd_bus_message_read(call, "ss", &interface, &property);
        if (property == std::string_view("Triggers") && service.user.empty())
            return sd_bus_reply_method_return(call, "v", "as", 0);
        if (property == std::string_view("Triggers"))
            return sd_bus_reply_method_return(call, "v", "as", 1, service.user.c_str());
        if (property == std::string_view("MainPID"))
            return sd_bus_reply_method_return(call, "v", "u", service.main_pid);
        return sd_bus_reply_method_return(call, "v", "s", service.user.c_str());
    }

    Fd listener_{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    std::atomic<bool> is_over_ = false;
    std::thread thread_;
};

}  // namespace pam_revoke
