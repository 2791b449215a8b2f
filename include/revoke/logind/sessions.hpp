// sessions.hpp - lists and ends logind's sessions and users.
//
// logind's record from the start of the session counts: the account may be deleted by now.
// Source: org.freedesktop.login1(5), sd-bus(3); sd_pid_get_session(3) for our own session.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/logind/bus.hpp"

namespace pam_revoke {

// A session in logind. Units: since_sec: seconds since 1970.
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
    std::string opened_with;  // its keys as text, if requested
    // The cgroup of its processes, as in /proc/PID/cgroup; empty without a scope.
    // Errors: none.
    [[nodiscard]] std::string cgroup() const;
    // True if the session is closing and has no processes left.
    // Errors: none.
    [[nodiscard]] bool is_over() const { return state == "closing" && processes == 0; }
};

// A user in logind: with sessions, lingering, or closing.
struct LogindUser {
    std::uint32_t uid = 0;
    std::string name;
};

// Returns all sessions, or those of `uid`, sorted by user and ID, without any that end meanwhile.
// Errors: bus (object: the method that failed).
[[nodiscard]] Result<std::vector<Session>> list_sessions(Bus& bus,
                                                         std::optional<std::uint32_t> uid);

// Returns all sessions, or the error of a bus that could not be opened.
// Errors: bus.
[[nodiscard]] Result<std::vector<Session>> list_sessions(Result<Bus>& bus);

// Returns the sessions of `uid` that have processes, from logind's files: the second witness, when
// logind or the bus does not answer. A file can be older than the end of its session, but no
// session is without a file. sd-login of systemd 252 returns no names, leaders and times.
// Errors: io if logind has no files on this host, or they cannot be read.
// Source: sd_uid_get_sessions(3), sd_session_get_state(3).
[[nodiscard]] Result<std::vector<Session>> sessions_in_files(std::uint32_t uid);

// Returns all users in logind, including every user with a session.
// Errors: bus.
[[nodiscard]] Result<std::vector<LogindUser>> list_records(Bus& bus);

// Asks logind to end a session, or everything of a user. Success if already gone.
// Errors: bus.
[[nodiscard]] Result<void> terminate_session(Bus& bus, const std::string& id);
[[nodiscard]] Result<void> terminate_user(Bus& bus, std::uint32_t uid);

// True if lingering is enabled for the user. Checks logind's file, which needs no bus.
// Errors: none.
// Source: loginctl(1), enable-linger.
[[nodiscard]] bool lingers(const std::string& user);

// Enables or disables lingering. For an account unknown to logind, disabling removes the file.
// Errors: bus, also when it did not take effect; io.
[[nodiscard]] Result<void> set_linger(Bus& bus, const std::string& user, std::uint32_t uid,
                                      bool on);

// Returns the ID of our own session, if any.
// Errors: none.
// Source: sd_pid_get_session(3).
[[nodiscard]] std::optional<std::string> own_session();

// True for an interactive login: class user*, on a terminal, through SSH or on a display. Classes
// manager, background, greeter, lock-screen are no logins, nor is cron.
// Errors: none.
[[nodiscard]] bool is_login(const Session& session);

}  // namespace pam_revoke
