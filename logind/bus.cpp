#include "revoke/logind/bus.hpp"

#include <systemd/sd-bus.h>

#include <algorithm>
#include <cerrno>

#include "revoke/base/time.hpp"

namespace pam_revoke {
namespace {

// Concurrent calls. More would fill the daemon's queue for this connection.
constexpr std::size_t kAtOnce = 64;

// Error names that mean "it is gone". For an ending that is success.
bool means_gone(const sd_bus_error* reply) {
    constexpr const char* kGone[] = {
        "org.freedesktop.login1.NoSuchUser",        "org.freedesktop.login1.NoSuchSession",
        "org.freedesktop.systemd1.NoSuchUnit",      "org.freedesktop.systemd1.UnitMasked",
        "org.freedesktop.DBus.Error.UnknownObject", "org.freedesktop.DBus.Error.FileNotFound",
        "org.freedesktop.systemd1.LoadFailed"};
    return std::any_of(std::begin(kGone), std::end(kGone), [reply](const char* name) {
        return sd_bus_error_has_name(reply, name) > 0;
    });
}

Error bus_error(std::string_view method, const sd_bus_error* reply, int result) {
    // NoReply is for a peer that went away; our own timeout has another name.
    if (sd_bus_error_has_name(reply, "org.freedesktop.DBus.Error.NoReply") > 0 ||
        result == -ECONNRESET || result == -ENOTCONN || result == -EPIPE)
        return make_error(Fault::bus, method, "connection closed without a reply", ECONNRESET);
    if (result == -ETIMEDOUT)
        return make_error(Fault::bus, method, "did not answer in time", ETIMEDOUT);
    if (result == -EACCES || result == -EPERM ||
        sd_bus_error_has_name(reply,
                              "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired") > 0)
        return make_error(Fault::bus, method, "root is needed", EACCES);
    return make_error(Fault::bus, method, "failed", -result);
}

struct UnrefSlot {
    void operator()(sd_bus_slot* slot) const { sd_bus_slot_unref(slot); }
};

// One call of many. The slot, and with it the callback, is freed before the bus.
struct Request {
    Message reply;
    std::unique_ptr<sd_bus_slot, UnrefSlot> slot;
};

int take_reply(sd_bus_message* reply, void* request, sd_bus_error*) {
    static_cast<Request*>(request)->reply.reset(sd_bus_message_ref(reply));
    return 0;
}

Result<Message> request_to(Bus& bus, const Peer& peer, const char* method, const Append& append) {
    sd_bus_message* raw = nullptr;
    int result = sd_bus_message_new_method_call(bus.get(), &raw, peer.service, peer.path,
                                                peer.interface, method);
    Message request(raw);
    if (result >= 0) result = append(request.get());
    if (result < 0) return bus_error(method, nullptr, result);
    return request;
}

// Runs the bus until all calls are answered.
int wait_for_answers(Bus& bus, const std::vector<Request>& questions) {
    const auto answered = [](const Request& request) { return request.reply != nullptr; };
    const std::uint64_t give_up = monotonic_usec() + bus.call_usec();
    while (!std::all_of(questions.begin(), questions.end(), answered)) {
        // Any user can keep our queue full, so the clock is checked each time.
        const std::uint64_t now = monotonic_usec();
        if (now >= give_up) return -ETIMEDOUT;
        int result = sd_bus_process(bus.get(), nullptr);
        if (result == 0) result = sd_bus_wait(bus.get(), give_up - now);
        if (result < 0 && result != -EINTR) return result;
    }
    return 0;
}

}  // namespace

void Bus::Close::operator()(sd_bus* bus) const { sd_bus_close_unref(bus); }

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
    // sd_bus_call() would wait 90 s for a bus daemon that accepts and never answers.
    while (result >= 0 && sd_bus_is_ready(raw) == 0) {
        const std::uint64_t now = monotonic_usec();
        if (now >= give_up)
            return make_error(Fault::bus, "system bus", "did not answer in time", ETIMEDOUT);
        result = sd_bus_process(raw, nullptr);
        if (result == 0) result = sd_bus_wait(raw, give_up - now);
    }
    if (result < 0) return make_error(Fault::bus, "system bus", "cannot connect", -result);
    return bus;
}

void UnrefMessage::operator()(sd_bus_message* message) const { sd_bus_message_unref(message); }

Result<Message> call(Bus& bus, const Peer& peer, const char* method, const Append& append) {
    const auto request = TRY(request_to(bus, peer, method, append));
    sd_bus_error reply = SD_BUS_ERROR_NULL;
    sd_bus_message* response = nullptr;
    const int result = sd_bus_call(bus.get(), request.get(), bus.call_usec(), &reply, &response);
    if (result >= 0) return Message(response);
    const bool gone = means_gone(&reply);
    const Error error = bus_error(method, &reply, result);
    sd_bus_error_free(&reply);
    return gone ? Result<Message>(Message()) : error;
}

Result<std::vector<Message>> call_all(Bus& bus, const char* service,
                                      const std::vector<std::string>& paths, const char* interface,
                                      const char* method, const Append& append) {
    std::vector<Message> replies;
    while (replies.size() < paths.size()) {
        std::vector<Request> questions(std::min(kAtOnce, paths.size() - replies.size()));
        for (std::size_t i = 0; i < questions.size(); ++i) {
            const auto request = TRY(request_to(
                bus, {service, paths[replies.size() + i].c_str(), interface}, method, append));
            sd_bus_slot* slot = nullptr;
            const int result = sd_bus_call_async(bus.get(), &slot, request.get(), take_reply,
                                                 &questions[i], UINT64_MAX);
            questions[i].slot.reset(slot);
            if (result < 0) return bus_error(method, nullptr, result);
        }
        const int result = wait_for_answers(bus, questions);
        if (result < 0) return bus_error(method, nullptr, result);
        for (Request& request : questions) {
            const sd_bus_error* error = sd_bus_message_get_error(request.reply.get());
            if (error != nullptr && !means_gone(error))
                return bus_error(method, error, -sd_bus_error_get_errno(error));
            replies.push_back(error == nullptr ? std::move(request.reply) : Message());
        }
    }
    return replies;
}

Result<void> read_array(const Message& reply, const char* method, const char* row,
                        const std::function<int(sd_bus_message*)>& read) {
    int result = sd_bus_message_enter_container(reply.get(), 'a', row);
    while (result > 0) result = read(reply.get());
    return result < 0 ? Result<void>(bad_reply(method, result)) : Result<void>();
}

Result<void> read_properties(
    const Message& reply, const std::function<int(sd_bus_message*, std::string_view name)>& read) {
    sd_bus_message* message = reply.get();
    int result = sd_bus_message_enter_container(message, 'a', "{sv}");
    while (result >= 0 && (result = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        const char* name = nullptr;
        result = sd_bus_message_read(message, "s", &name);
        if (result >= 0) result = read(message, name);
        if (result >= 0) result = sd_bus_message_exit_container(message);
    }
    return result < 0 ? Result<void>(bad_reply("GetAll", result)) : Result<void>();
}

bool is_break_off(const Error& error) {
    return error.fault == Fault::bus && error.os_error == ECONNRESET;
}

Error bad_reply(const char* method, int result) {
    return make_error(Fault::bus, method, "invalid reply", -result);
}

}  // namespace pam_revoke
