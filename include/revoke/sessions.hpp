// sessions.hpp - what logind knows of sessions and people, and asking it to end them.
//
// Edge: the only home of <systemd/*>. Every call is bounded by the bus's deadline. What logind recorded when the
// session began counts, not the account database, which may have forgotten the person since.
// Source: org.freedesktop.login1(5), sd-bus(3); sd_pid_get_session(3) for one's own.
// Layer: edge.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/result.hpp"

struct sd_bus;

namespace pam_revoke {

// One session as logind describes it. Units: since_sec: seconds since 1970.
struct Session {
    std::string id;
    std::string user;  // the name logind recorded; may be empty
    std::uint32_t uid = 0;
    std::string state;  // online, active, closing
    std::string klass;  // user, manager, background, greeter, ...
    std::string type;   // tty, unspecified, x11, wayland
    std::string service;
    std::string tty;
    std::string remote_host;
    std::string scope;
    bool remote = false;
    pid_t leader = 0;
    std::int64_t since_sec = 0;
};

// A person of whom logind keeps a record: with sessions, lingering, or closing.
struct Record {
    std::uint32_t uid = 0;
    std::string name;
};

// A connection to the system bus that gives up at a moment set beforehand.
class Bus {
public:
    // Connects. Units: deadline_usec: CLOCK_MONOTONIC. Errors: bus (object: "system bus").
    [[nodiscard]] static Result<Bus> open(std::uint64_t deadline_usec);
    void set_deadline(std::uint64_t deadline_usec) { deadline_usec_ = deadline_usec; }
    // Units: what is left for one call, at most kCallUsec, at least 1.
    [[nodiscard]] std::uint64_t call_usec() const;
    [[nodiscard]] sd_bus* get() const { return bus_.get(); }

private:
    struct Close {
        void operator()(sd_bus* bus) const;
    };
    std::unique_ptr<sd_bus, Close> bus_;
    std::uint64_t deadline_usec_ = 0;
};

inline constexpr std::uint64_t kCallUsec = 5'000'000;

// Units: CLOCK_MONOTONIC, in microseconds.
[[nodiscard]] std::uint64_t monotonic_usec();

// All sessions, or those of `uid`, sorted by user and id. One that ends while we ask is left out.
// Errors: bus (object: the method that failed).
[[nodiscard]] Result<std::vector<Session>> list_sessions(Bus& bus, std::optional<std::uint32_t> uid);

// Everybody of whom logind keeps a record, from users and from sessions, sorted, each pair once.
// Errors: bus.
[[nodiscard]] Result<std::vector<Record>> list_records(Bus& bus);

// Asks logind to end a session, or everything of a user. Gone already is done.
// Errors: bus.
[[nodiscard]] Result<Done> terminate_session(Bus& bus, const std::string& id);
[[nodiscard]] Result<Done> terminate_user(Bus& bus, std::uint32_t uid);

// Asks systemd to stop a unit, without waiting for it. Not loaded is done.
// Errors: bus.
// Source: org.freedesktop.systemd1(5), StopUnit: a scope that logind has abandoned is stopped by nobody else.
[[nodiscard]] Result<Done> stop_unit(Bus& bus, const std::string& unit);

// The session this process belongs to, if any.
[[nodiscard]] std::optional<std::string> own_session();

// True for a session in which a person works: class user*, at a terminal, by ssh or on a display.
// Errors: none. Classes manager, background, greeter, lock-screen are no log-ins, nor is cron.
[[nodiscard]] bool is_login(const Session& session);

}  // namespace pam_revoke
