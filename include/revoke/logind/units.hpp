// units.hpp - what systemd starts and keeps alive for a person, outside their slice.
//
// Edge: org.freedesktop.systemd1. A process that is killed comes back when its unit says so; the
// unit must stop.
// Source: org.freedesktop.systemd1(5).
#pragma once

#include <string>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/logind/bus.hpp"

namespace pam_revoke {

// Asks systemd to stop a unit, without waiting for it. Not loaded is done.
// Errors: bus.
// Source: org.freedesktop.systemd1(5), StopUnit: a scope that logind has abandoned is stopped by
//         nobody else.
[[nodiscard]] Result<void> stop_unit(Bus& bus, const std::string& unit);

// The services that have ended and that systemd is about to start again, of one of `users`: login
// names, and numbers as text. Between two lives they have no process that could be seen.
// Errors: bus.
// Source: systemd.service(5), Restart= and RestartSec=; User=.
[[nodiscard]] Result<std::vector<std::string>> restarting_units(
    Bus& bus, const std::vector<std::string>& users);

}  // namespace pam_revoke
