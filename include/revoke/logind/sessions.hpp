// sessions.hpp - what logind knows of sessions and people, and asking it to end them.
//
// Edge: org.freedesktop.login1. What logind recorded when the session began counts, not the account
// database, which may have forgotten the person since.
// Source: org.freedesktop.login1(5), sd-bus(3); sd_pid_get_session(3) for one's own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/logind/bus.hpp"

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
    std::size_t processes = 0;
    std::string opened_with;  // keys in words, where it was asked
    // The cgroup of its processes, as in /proc/PID/cgroup; empty without a scope.
    // Errors: none.
    [[nodiscard]] std::string cgroup() const;
    // True when all its processes are gone and logind has only not forgotten it yet.
    // Errors: none.
    [[nodiscard]] bool is_over() const { return state == "closing" && processes == 0; }
};

// A person of whom logind keeps a record: with sessions, lingering, or closing.
struct LogindUser {
    std::uint32_t uid = 0;
    std::string name;
};

// All sessions, or those of `uid`, sorted by user and id. One that ends while we ask is left out.
// Errors: bus (object: the method that failed).
[[nodiscard]] Result<std::vector<Session>> list_sessions(Bus& bus,
                                                         std::optional<std::uint32_t> uid);

// All sessions; the failure of a bus that could not be opened is passed on.
// Errors: bus.
[[nodiscard]] Result<std::vector<Session>> list_sessions(Result<Bus>& bus);

// Everybody of whom logind keeps a record: who has a session is among them.
// Errors: bus.
[[nodiscard]] Result<std::vector<LogindUser>> list_records(Bus& bus);

// Asks logind to end a session, or everything of a user. Gone already is done.
// Errors: bus.
[[nodiscard]] Result<void> terminate_session(Bus& bus, const std::string& id);
[[nodiscard]] Result<void> terminate_user(Bus& bus, std::uint32_t uid);

// True when logind starts the person's manager without a login. Asked of its file, which outlives
// every bus.
// Errors: none.
// Source: loginctl(1), enable-linger.
[[nodiscard]] bool lingers(const std::string& user);

// Switches lingering on or off. For an account that was deleted, which logind does not know any
// more, its file is taken away.
// Errors: bus, also when it did not take effect; io.
[[nodiscard]] Result<void> set_linger(Bus& bus, const std::string& user, std::uint32_t uid,
                                      bool on);

// The session this process belongs to, if any.
// Errors: none.
// Source: sd_pid_get_session(3).
[[nodiscard]] std::optional<std::string> own_session();

// True for a session in which a person works: class user*, at a terminal, by ssh or on a display.
// Errors: none. Classes manager, background, greeter, lock-screen are no log-ins, nor is cron.
[[nodiscard]] bool is_login(const Session& session);

}  // namespace pam_revoke
