// units.hpp - stops systemd units, and finds services that wait for their restart.
//
// systemd may restart the service of a killed process: the unit itself must be stopped.
// Source: org.freedesktop.systemd1(5).
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/logind/bus.hpp"

namespace pam_revoke {

// Asks systemd to stop a unit, without waiting. Success if not loaded.
// Errors: bus.
// Source: org.freedesktop.systemd1(5), StopUnit: nothing else stops a scope that logind abandoned.
[[nodiscard]] Result<void> stop_unit(Bus& bus, const std::string& unit);

// Returns the services of `users` (login names and UIDs as text) that wait for their restart. They
// have no process meanwhile.
// Errors: bus.
// Source: systemd.service(5), Restart= and RestartSec=; User=.
[[nodiscard]] Result<std::vector<std::string>> restarting_units(
    Bus& bus, const std::vector<std::string>& users);

// Returns all services in this state.
// Errors: bus.
[[nodiscard]] Result<std::vector<std::string>> restarting_units(Bus& bus);

// Whose a service is: its User=, empty for root, and its main process, 0 without one.
struct ServiceOwner {
    std::string user;
    pid_t main_pid = 0;
};
// Returns the owner of a service; no value if it is not loaded.
// Errors: bus.
// Source: org.freedesktop.systemd1(5), GetUnit, User, MainPID.
[[nodiscard]] Result<std::optional<ServiceOwner>> owner_of_service(Bus& bus,
                                                                   const std::string& unit);

// A timer, socket or path that starts a service.
struct Starter {
    std::string unit;
    std::string service;
};
// The error for a starter that stays: what it starts would run again.
// Errors: none.
[[nodiscard]] Error error_of(const Starter& starter);

// Starts a unit. False if it does not exist or is masked.
// Errors: bus (object: the unit).
[[nodiscard]] Result<bool> start_unit(Bus& bus, const std::string& unit);

// Keeps a service from starting until the next boot, by a drop-in with a condition that fails, or
// removes the drop-in. Call reload_units() afterwards.
// Errors: malformed for a name that is no service; io.
// Source: systemd.unit(5), ConditionPathExists.
[[nodiscard]] Result<void> forbid_service(const std::string& service);
[[nodiscard]] Result<void> allow_service(const std::string& service);

// Makes systemd read its units again.
// Errors: bus.
[[nodiscard]] Result<void> reload_units(Bus& bus);

// Returns those that are active and will start a service of `users` (login names and UIDs as text).
// Errors: bus.
// Source: org.freedesktop.systemd1(5), Triggers.
[[nodiscard]] Result<std::vector<Starter>> starters_for(Bus& bus,
                                                        const std::vector<std::string>& users);

}  // namespace pam_revoke
