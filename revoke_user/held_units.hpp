// held_units.hpp - holds off what would start the programs of a revoked user again.
//
// Until the undo or the next boot: the record and the drop-ins are in /run.
#pragma once

#include <string>
#include <vector>

#include "context.hpp"
#include "revoke/logind/ending.hpp"

namespace pam_revoke {

struct HeldUnits {
    std::vector<std::string> units;  // recorded; with `failed`, some may not be held off
    Result<void> failed;
};

// Stops the timers, sockets and paths of `report`, and keeps their services and those that were
// stopped from starting. The units are recorded first.
// Errors: none returned; HeldUnits::failed is bus, busy, insecure, too_large or io.
[[nodiscard]] HeldUnits hold_units(const Context& context, Result<Bus>& bus, const Account& account,
                                   const EndReport& report);

struct ReleasedUnits {
    std::vector<std::string> units;
    std::vector<std::string> gone;  // do not exist any more, or were masked meanwhile
    Result<void> failed;            // what failed stays in the record for the next undo
};

// Starts the timers, sockets and paths again that hold_units() stopped for this account, and allows
// its services.
// Errors: bus, busy, insecure, too_large, io: nothing was released.
[[nodiscard]] Result<ReleasedUnits> release_units(const Context& context, const Account& account);

}  // namespace pam_revoke
