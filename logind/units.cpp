#include "revoke/logind/units.hpp"

#include <systemd/sd-bus.h>

#include <algorithm>

namespace pam_revoke {
namespace {

constexpr const char* kSystemd = "org.freedesktop.systemd1";
constexpr Peer kManager{kSystemd, "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"};

struct Unit {
    std::string name;
    std::string path;
};

// Services in auto-restart: between two starts.
Result<std::vector<Unit>> activating_services(Bus& bus) {
    const auto reply = TRY(call(bus, kManager, "ListUnitsByPatterns", [](sd_bus_message* request) {
        return sd_bus_message_append(request, "asas", 1, "activating", 1, "*.service");
    }));
    std::vector<Unit> units;
    TRY(read_array(reply, "ListUnitsByPatterns", "(ssssssouso)", [&units](sd_bus_message* message) {
        const char *name = nullptr, *skipped = nullptr, *sub_state = nullptr, *path = nullptr;
        std::uint32_t job = 0;
        const int result =
            sd_bus_message_read(message, "(ssssssouso)", &name, &skipped, &skipped, &skipped,
                                &sub_state, &skipped, &path, &job, &skipped, &skipped);
        if (result > 0 && std::string_view(sub_state).starts_with("auto-restart"))
            units.push_back({name, path});
        return result;
    }));
    return units;
}

// User= of a service; empty for root.
Result<std::string> user_of(Bus& bus, const Unit& unit) {
    const Peer peer{kSystemd, unit.path.c_str(), "org.freedesktop.DBus.Properties"};
    const auto reply = TRY(call(bus, peer, "Get", [](sd_bus_message* request) {
        return sd_bus_message_append(request, "ss", "org.freedesktop.systemd1.Service", "User");
    }));
    const char* user = "";
    if (reply == nullptr) return std::string();
    const int result = sd_bus_message_read(reply.get(), "v", "s", &user);
    return result < 0 ? Result<std::string>(bad_reply("Get", result)) : std::string(user);
}

}  // namespace

Result<void> stop_unit(Bus& bus, const std::string& unit) {
    (void)TRY(call(bus, kManager, "StopUnit", [&unit](sd_bus_message* request) {
        return sd_bus_message_append(request, "ss", unit.c_str(), "replace");
    }));
    return {};
}

Result<std::vector<std::string>> restarting_units(Bus& bus, const std::vector<std::string>& users) {
    const auto units = TRY(activating_services(bus));
    std::vector<std::string> found;
    for (const Unit& unit : units) {
        const auto user = TRY(user_of(bus, unit));
        if (std::find(users.begin(), users.end(), user) != users.end() && !user.empty())
            found.push_back(unit.name);
    }
    return found;
}

}  // namespace pam_revoke
