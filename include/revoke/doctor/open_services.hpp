// open_services.hpp - the PAM services of a host that do not deny a user that should be revoked.
//
// A list is enforced where the gate is called. Only files are read, so that each revocation can
// ask. Source: DESIGN.md, The order of a revocation.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "revoke/doctor/doctor.hpp"

namespace pam_revoke {

struct OpenService {
    std::string service;
    std::string reason;
};

// Asks the gate with the options of one of its lines. Returns why it does not deny; no value if it
// denies.
using AskLine = std::function<std::optional<std::string>(const std::vector<std::string>& arguments,
                                                         const std::string& service)>;

// Returns the services that start processes as a user and do not deny, and each sshd without PAM.
// Errors: none returned; a stack that PAM itself cannot read denies.
[[nodiscard]] std::vector<OpenService> open_services(const Examined& host, const AskLine& ask);

}  // namespace pam_revoke
