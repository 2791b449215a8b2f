// selection.hpp - which sessions are meant: by service, terminal, address or id.
//
// Source: revokectl(8), SELECTING SESSIONS.
#pragma once

#include <string>
#include <string_view>

#include "revoke/logind/sessions.hpp"

namespace pam_revoke {

// What is empty selects everything.
struct Selection {
    std::string service;
    std::string tty;
    std::string address;  // ADDRESS or ADDRESS/BITS
    std::string session;

    [[nodiscard]] bool empty() const {
        return service.empty() && tty.empty() && address.empty() && session.empty();
    }
    // True when the session has all that was selected.
    // Errors: none.
    [[nodiscard]] bool matches(const Session& session) const;
};

// True for a numeric IPv4 or IPv6 address, with or without /BITS.
// Errors: none.
// Source: inet_pton(3).
[[nodiscard]] bool is_address(std::string_view text);

// True when the numeric address `host` is `pattern`, or within it. An IPv4 address is the same as
// its form in IPv6.
// Errors: none; a name matches nothing: it is for its owner to choose.
[[nodiscard]] bool address_matches(std::string_view pattern, std::string_view host);

}  // namespace pam_revoke
