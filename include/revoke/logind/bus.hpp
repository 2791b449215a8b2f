// bus.hpp - a connection to the system bus with bounded calls.
//
// A call waits at most kCallUsec, and never past the deadline of the connection.
// Source: sd-bus(3).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/base/result.hpp"

struct sd_bus;
struct sd_bus_message;

namespace pam_revoke {

inline constexpr std::uint64_t kCallUsec = 5'000'000;

class Bus {
public:
    // Connects. Units: deadline_usec: CLOCK_MONOTONIC. Errors: bus (object: "system bus").
    [[nodiscard]] static Result<Bus> open(std::uint64_t deadline_usec);
    void set_deadline(std::uint64_t deadline_usec) { deadline_usec_ = deadline_usec; }
    // Returns the time limit of one call.
    // Units:  microseconds, at most kCallUsec, at least 1.
    // Errors: none.
    [[nodiscard]] std::uint64_t call_usec() const;
    [[nodiscard]] sd_bus* get() const { return bus_.get(); }

private:
    struct Close {
        void operator()(sd_bus* bus) const;
    };
    std::unique_ptr<sd_bus, Close> bus_;
    std::uint64_t deadline_usec_ = 0;
};

struct UnrefMessage {
    // Errors: none.
    void operator()(sd_bus_message* message) const;
};
using Message = std::unique_ptr<sd_bus_message, UnrefMessage>;

// The object and interface of a method.
struct Peer {
    const char* service;
    const char* path;
    const char* interface;
};

// Appends the arguments to a request; returns sd-bus's result.
using Append = std::function<int(sd_bus_message* request)>;

// Calls `method` and waits for the reply; null when the session, user or unit no longer exists.
// Errors: bus (object: the method).
[[nodiscard]] Result<Message> call(Bus& bus, const Peer& peer, const char* method,
                                   const Append& append);

// Calls `method` on many objects in parallel. Replies are in the order of `paths`; null as above.
// Errors: bus (object: the method), the first one.
[[nodiscard]] Result<std::vector<Message>> call_all(Bus& bus, const char* service,
                                                    const std::vector<std::string>& paths,
                                                    const char* interface, const char* method,
                                                    const Append& append);

// Reads the array in a reply of `method`: read(message) reads one row, returns sd-bus's result.
// Units:  row: the signature of a row.
// Errors: bus (object: the method), for another type.
[[nodiscard]] Result<void> read_array(const Message& reply, const char* method, const char* row,
                                      const std::function<int(sd_bus_message*)>& read);

// Reads the dictionary in a GetAll reply: read(message, name) reads the value or skips it with
// sd_bus_message_skip.
// Errors: bus (object: the method), for another type.
[[nodiscard]] Result<void> read_properties(
    const Message& reply, const std::function<int(sd_bus_message*, std::string_view name)>& read);

// True if the connection was reset: logind or the bus was restarted; sessions may still exist.
// Errors: none.
[[nodiscard]] bool is_break_off(const Error& error);

// The error for a reply that cannot be read.
// Units:  result: negative errno from sd-bus.
// Errors: none.
[[nodiscard]] Error bad_reply(const char* method, int result);

}  // namespace pam_revoke
