#include "revoke/logind/units.hpp"

#include <systemd/sd-bus.h>

#include <algorithm>

#include "revoke/base/compose.hpp"

namespace pam_revoke {
namespace {

constexpr const char* kSystemd = "org.freedesktop.systemd1";
constexpr Peer kManager{kSystemd, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"};

constexpr std::string_view kTemplate = "@.service";

struct Unit {
    std::string name;
    std::string path;
    std::string sub_state;
};

Result<std::vector<Unit>> list_units(Bus& bus, const std::vector<std::string>& states,
                                     const std::vector<std::string>& patterns) {
    const auto append = [](sd_bus_message* request, const std::vector<std::string>& words) {
        int result = sd_bus_message_open_container(request, 'a', "s");
        for (const std::string& word : words)
            if (result >= 0) result = sd_bus_message_append(request, "s", word.c_str());
        return result < 0 ? result : sd_bus_message_close_container(request);
    };
    const auto reply = TRY(call(bus, kManager, "ListUnitsByPatterns", [&](sd_bus_message* request) {
        const int result = append(request, states);
        return result < 0 ? result : append(request, patterns);
    }));
    std::vector<Unit> units;
    TRY(read_array(reply, "ListUnitsByPatterns", "(ssssssouso)", [&units](sd_bus_message* message) {
        const char *name = nullptr, *skipped = nullptr, *sub_state = nullptr, *path = nullptr;
        std::uint32_t job = 0;
        const int result =
            sd_bus_message_read(message, "(ssssssouso)", &name, &skipped, &skipped, &skipped,
                                &sub_state, &skipped, &path, &job, &skipped, &skipped);
        if (result > 0) units.push_back({name, path, sub_state});
        return result;
    }));
    return units;
}

// The units that a unit starts.
Result<std::vector<std::string>> triggers_of(Bus& bus, const std::string& path) {
    const Peer peer{kSystemd, path.c_str(), "org.freedesktop.DBus.Properties"};
    const auto reply = TRY(call(bus, peer, "Get", [](sd_bus_message* request) {
        return sd_bus_message_append(request, "ss", "org.freedesktop.systemd1.Unit", "Triggers");
    }));
    std::vector<std::string> units;
    if (reply == nullptr) return units;
    int result = sd_bus_message_enter_container(reply.get(), 'v', "as");
    if (result >= 0) result = sd_bus_message_enter_container(reply.get(), 'a', "s");
    const char* unit = nullptr;
    while (result >= 0 && (result = sd_bus_message_read(reply.get(), "s", &unit)) > 0)
        units.emplace_back(unit);
    if (result < 0) return bad_reply("Get", result);
    return units;
}

// A socket with Accept=yes has a service for each connection; Triggers= does not have them.
Result<std::vector<std::string>> services_started_by(Bus& bus, const Unit& unit) {
    auto services = TRY(triggers_of(bus, unit.path));
    std::erase_if(services, [](const std::string& name) { return !name.ends_with(".service"); });
    constexpr std::string_view kSocket = ".socket";
    if (services.empty() && unit.name.ends_with(kSocket))
        services.push_back(
            unit.name.substr(0, unit.name.size() - kSocket.size()).append(kTemplate));
    return services;
}

// Reads a property of a service into `value`, unless it is not loaded.
template <typename Value>
Result<Message> read_property(Bus& bus, const std::string& path, const char* name, const char* type,
                              Value* value) {
    const Peer peer{kSystemd, path.c_str(), "org.freedesktop.DBus.Properties"};
    auto reply = TRY(call(bus, peer, "Get", [name](sd_bus_message* request) {
        return sd_bus_message_append(request, "ss", "org.freedesktop.systemd1.Service", name);
    }));
    const int result = reply == nullptr ? 0 : sd_bus_message_read(reply.get(), "v", type, value);
    if (result < 0) return bad_reply("Get", result);
    return reply;  // the text is in it
}

// User= of a service; empty for root.
Result<std::string> user_of(Bus& bus, const std::string& path) {
    const char* user = "";
    const auto reply = TRY(read_property(bus, path, "User", "s", &user));
    return std::string(user);
}

bool is_one_of(const std::vector<std::string>& users, const std::string& user) {
    return !user.empty() && std::find(users.begin(), users.end(), user) != users.end();
}

// All services that wait for their restart, or those of `users`.
Result<std::vector<std::string>> services_between_starts(Bus& bus,
                                                         const std::vector<std::string>* users) {
    std::vector<std::string> found;
    for (const Unit& unit : TRY(list_units(bus, {"activating"}, {"*.service"}))) {
        if (!unit.sub_state.starts_with("auto-restart")) continue;
        if (users == nullptr || is_one_of(*users, TRY(user_of(bus, unit.path))))
            found.push_back(unit.name);
    }
    return found;
}

// Returns the object of a service; no value if it is not loaded.
Result<std::optional<std::string>> path_of_service(Bus& bus, const std::string& unit) {
    // A template has a user in its instances only. The next one is not loaded.
    const bool is_template = unit.ends_with(kTemplate);
    const std::string_view stem(unit.data(), unit.size() - (is_template ? kTemplate.size() : 0));
    const std::string name = is_template ? compose("{}@0.service", stem) : unit;
    const char* method = is_template ? "LoadUnit" : "GetUnit";
    const auto reply = TRY(call(bus, kManager, method, [&name](sd_bus_message* request) {
        return sd_bus_message_append(request, "s", name.c_str());
    }));
    if (reply == nullptr) return std::optional<std::string>();
    const char* path = "";
    const int result = sd_bus_message_read(reply.get(), "o", &path);
    if (result < 0) return bad_reply("GetUnit", result);
    return std::optional<std::string>(path);
}

}  // namespace

Result<void> stop_unit(Bus& bus, const std::string& unit) {
    (void)TRY(call(bus, kManager, "StopUnit", [&unit](sd_bus_message* request) {
        return sd_bus_message_append(request, "ss", unit.c_str(), "replace");
    }));
    return {};
}

Result<bool> start_unit(Bus& bus, const std::string& unit) {
    const auto reply = call(bus, kManager, "StartUnit", [&unit](sd_bus_message* request) {
        return sd_bus_message_append(request, "ss", unit.c_str(), "replace");
    });
    if (!reply.ok()) return make_error(Fault::bus, unit, "cannot start", reply.error().os_error);
    return reply.value() != nullptr;
}

Result<void> reload_units(Bus& bus) {
    (void)TRY(call(bus, kManager, "Reload", [](sd_bus_message*) { return 0; }));
    return {};
}

Error error_of(const Starter& starter) {
    return make_error(
        Fault::refused, compose("{} ({})", starter.unit, starter.service),
        "will start this service of the user; stop and disable the timer, socket or path");
}

Result<std::vector<std::string>> restarting_units(Bus& bus, const std::vector<std::string>& users) {
    return services_between_starts(bus, &users);
}

Result<std::vector<std::string>> restarting_units(Bus& bus) {
    return services_between_starts(bus, nullptr);
}

Result<std::optional<ServiceOwner>> owner_of_service(Bus& bus, const std::string& unit) {
    const auto path = TRY(path_of_service(bus, unit));
    if (!path) return std::optional<ServiceOwner>();
    ServiceOwner owner{TRY(user_of(bus, *path)), 0};
    std::uint32_t pid = 0;
    (void)TRY(read_property(bus, *path, "MainPID", "u", &pid));
    owner.main_pid = static_cast<pid_t>(pid);
    return std::optional(std::move(owner));
}

Result<std::vector<Starter>> starters_for(Bus& bus, const std::vector<std::string>& users) {
    const auto units = TRY(list_units(bus, {"active"}, {"*.timer", "*.socket", "*.path"}));
    std::vector<Starter> found;
    for (const Unit& unit : units) {
        if (unit.sub_state == "elapsed") continue;  // a timer that was for the boot
        for (const std::string& service : TRY(services_started_by(bus, unit))) {
            const auto path = TRY(path_of_service(bus, service));
            if (!path) continue;
            const auto user = TRY(user_of(bus, *path));
            if (is_one_of(users, user)) found.push_back({unit.name, service});
        }
    }
    return found;
}

}  // namespace pam_revoke
