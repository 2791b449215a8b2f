// open_services.hpp - the PAM services of a host that do not deny a user that should be revoked.
//
// A list is enforced where the gate is called. Only files are read: each revocation asks.
// Source: DESIGN.md, The order of a revocation.
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

// True if this host has a file for the PAM service.
// Errors: none; false if it cannot be read.
[[nodiscard]] bool has_service(const std::string& service);

// Asks the gate with the options of one of its lines. Returns why it does not deny; no value if it
// denies.
using AskLine = std::function<std::optional<std::string>(const std::vector<std::string>& arguments,
                                                         const std::string& service)>;

struct OpenServices {
    std::vector<OpenService> services;
    std::vector<Error> errors;  // files that could not be read: their services are unknown
};

// Returns the services that start processes as a user and do not deny, and each sshd without PAM.
// Units:  only: one service, also an unusual one; empty for all.
// Errors: none returned; see OpenServices::errors. A stack that PAM itself rejects denies.
[[nodiscard]] OpenServices open_services(const Examined& host, const AskLine& ask,
                                         const std::string& only = "");

// A line of the gate in the account stack of a service. Units: place: FILE:NUMBER.
struct GateLine {
    std::string service;
    std::string place;
    std::vector<std::string> arguments;
};

// Returns the lines of the gate in the same services.
// Errors: none; a service without the gate, or with unreadable files, has no line.
[[nodiscard]] std::vector<GateLine> gate_lines(const Examined& host, const std::string& only = "");

}  // namespace pam_revoke
