// bus.hpp - a connection to the system bus on which every call is bounded.
//
// Ground: sd-bus. A call waits at most kCallUsec, and never beyond the moment that was set for the
// whole of it.
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

// A connection to the system bus that gives up at a moment set beforehand.
class Bus {
public:
    // Connects. Units: deadline_usec: CLOCK_MONOTONIC. Errors: bus (object: "system bus").
    [[nodiscard]] static Result<Bus> open(std::uint64_t deadline_usec);
    void set_deadline(std::uint64_t deadline_usec) { deadline_usec_ = deadline_usec; }
    // The time that one call may take.
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

// Whom a method is asked of.
struct Peer {
    const char* service;
    const char* path;
    const char* interface;
};

// Puts the arguments into a request; what it returns is sd-bus's.
using Append = std::function<int(sd_bus_message* request)>;

// Calls `method` and waits for the reply, which is null when what it was about is gone: during an
// ending that is what was wanted.
// Errors: bus (object: the method).
[[nodiscard]] Result<Message> call(Bus& bus, const Peer& peer, const char* method,
                                   const Append& append);

// Asks the same of many objects, without waiting for one before the next is asked. The replies are
// in the order of `paths`; null is gone, as above.
// Errors: bus (object: the method), the first there was.
[[nodiscard]] Result<std::vector<Message>> call_all(Bus& bus, const char* service,
                                                    const std::vector<std::string>& paths,
                                                    const char* interface, const char* method,
                                                    const Append& append);

// Reads the array that `method` answered: read(message) takes one row, and returns what
// sd_bus_message_read does.
// Units:  row: the signature of one.
// Errors: bus (object: the method), when it is no such array.
[[nodiscard]] Result<void> read_array(const Message& reply, const char* method, const char* row,
                                      const std::function<int(sd_bus_message*)>& read);

// Reads the dictionary that GetAll answers: read(message, name) takes the value, or passes over it
// with sd_bus_message_skip.
// Errors: bus (object: the method), when it is no such dictionary.
[[nodiscard]] Result<void> read_properties(
    const Message& reply, const std::function<int(sd_bus_message*, std::string_view name)>& read);

// True when the connection broke: logind or the bus was restarted, which says nothing of sessions.
// Errors: none.
[[nodiscard]] bool is_break_off(const Error& error);

// The error for a reply that cannot be read.
// Units:  result: sd-bus's, a negative errno.
// Errors: none.
[[nodiscard]] Error bad_reply(const char* method, int result);

}  // namespace pam_revoke
