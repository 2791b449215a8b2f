// selection.hpp - selects sessions by service, terminal, address or ID.
//
// Source: revokectl(8), SELECTING SESSIONS.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "revoke/base/result.hpp"
#include "revoke/logind/sessions.hpp"

namespace pam_revoke {

// An empty field selects everything.
struct Selection {
    std::string service;
    std::string tty;
    std::string address;  // ADDRESS or ADDRESS/BITS
    std::string session;

    [[nodiscard]] bool empty() const {
        return service.empty() && tty.empty() && address.empty() && session.empty();
    }
    // True if the session matches all fields.
    // Errors: none.
    [[nodiscard]] bool matches(const Session& session) const;
    // Returns why it is unknown whether the session matches: sshd recorded a host name (UseDNS),
    // and an address is selected. No value if another field rules it out.
    // Errors: none.
    [[nodiscard]] std::optional<Error> doubt(const Session& session) const;
};

// True for a numeric IPv4 or IPv6 address, with or without /BITS.
// Errors: none.
// Source: inet_pton(3).
[[nodiscard]] bool is_address(std::string_view text);

// True if the numeric address `host` is equal to `pattern` or within it. An IPv4 address equals its
// IPv4-mapped IPv6 address.
// Errors: none; a host name never matches, because its owner chooses it.
[[nodiscard]] bool address_matches(std::string_view pattern, std::string_view host);

}  // namespace pam_revoke
