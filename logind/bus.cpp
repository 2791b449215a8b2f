#include "revoke/bus.hpp"

#include <systemd/sd-bus.h>
#include <time.h>

#include <algorithm>
#include <cerrno>

namespace pam_revoke {
namespace {

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
    // NoReply is the daemon's word for a peer that went away; a timeout of our own has another name.
    if (reply.is("org.freedesktop.DBus.Error.NoReply") || result == -ECONNRESET || result == -ENOTCONN || result == -EPIPE)
        return make_error(Fault::bus, method, "broke off without an answer", ECONNRESET);
    if (result == -ETIMEDOUT) return make_error(Fault::bus, method, "did not answer in time", ETIMEDOUT);
    if (result == -EACCES || result == -EPERM || reply.is("org.freedesktop.DBus.Error.InteractiveAuthorizationRequired"))
        return make_error(Fault::bus, method, "is not allowed to this user; run as root", EACCES);
    return make_error(Fault::bus, method, "failed", -result);
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

void UnrefMessage::operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }

Result<Message> call(Bus& bus, const Peer& peer, const char* method, const Append& append) {
    sd_bus_message* raw = nullptr;
    int result = sd_bus_message_new_method_call(bus.get(), &raw, peer.service, peer.path, peer.interface, method);
    const Message request(raw);
    if (result >= 0) result = append(request.get());
    BusError reply;
    sd_bus_message* answer = nullptr;
    if (result >= 0) result = sd_bus_call(bus.get(), request.get(), bus.call_usec(), &reply.error, &answer);
    if (result >= 0) return Message(answer);
    if (means_gone(reply)) return Message();
    return bus_error(method, reply, result);
}

Result<Done> read_properties(const Message& reply, const std::function<int(sd_bus_message*, std::string_view name)>& read) {
    sd_bus_message* message = reply.get();
    int result = sd_bus_message_enter_container(message, 'a', "{sv}");
    while (result >= 0 && (result = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        const char* name = nullptr;
        result = sd_bus_message_read(message, "s", &name);
        if (result >= 0) result = read(message, name);
        if (result >= 0) result = sd_bus_message_exit_container(message);
    }
    return result < 0 ? Result<Done>(bad_reply("GetAll", result)) : Done{};
}

Error bad_reply(const char* method, int result) { return make_error(Fault::bus, method, "answered something unknown", -result); }

}  // namespace pam_revoke
