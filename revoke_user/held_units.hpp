// held_units.hpp - holds off what would start the programs of a revoked user again.
//
// Until the undo or the next boot: the record and the drop-ins are in /run.
#pragma once

#include <string>
#include <vector>

#include "context.hpp"
#include "revoke/logind/ending.hpp"

namespace pam_revoke {

// Stops the timers, sockets and paths of `report` and keeps the user's services from starting.
// Returns the units, which were recorded first.
// Errors: bus, busy, insecure, too_large, io: some units may not be held off.
[[nodiscard]] Result<std::vector<std::string>> hold_units(const Context& context, Result<Bus>& bus,
                                                          const Account& account,
                                                          const EndReport& report);

// Starts the timers, sockets and paths again that hold_units() stopped for this UID, and allows the
// services. Returns the units.
// Errors: as hold_units(); the record is kept for the next undo.
[[nodiscard]] Result<std::vector<std::string>> release_units(const Context& context,
                                                             const Account& account);

}  // namespace pam_revoke
