// policy.hpp - what the gate does where the lists are silent: exemptions, "could not check", the text for the person.
//
// Pure: the same words stand in pam_revoke.conf(5) and on the PAM line, and are read here.
// Layer: pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "revoke/result.hpp"

namespace pam_revoke {

inline constexpr std::size_t kMaxValueBytes = 190;  // inih cuts lines at 199 bytes, silently

enum class Unavailable : std::uint8_t { deny, allow };

struct Policy {
    Unavailable unavailable = Unavailable::deny;
    FixedText<kMaxValueBytes> lists{"/etc/pam_revoke/lists.d,/var/lib/pam_revoke/lists.d"};
    FixedText<kMaxValueBytes> exempt_users{"root"};
    FixedText<kMaxValueBytes> exempt_groups;
    FixedText<kMaxValueBytes> caller_services{"su,su-l,sudo,sudo-i,systemd-run0,polkit-1,doas"};
    FixedText<kMaxValueBytes> quiet_services{"cron,crond,atd,systemd-user"};
    FixedText<kMaxValueBytes> host;  // empty: the kernel's node name
    FixedText<kMaxValueBytes> message{"Access withdrawn. Reference: {ref}"};
};

enum class PolicyKey : std::uint8_t {
    unavailable,
    lists,
    exempt_users,
    exempt_groups,
    caller_services,
    quiet_services,
    host,
    message,
    none
};

// The key that `word` names, none for any other word.
[[nodiscard]] PolicyKey policy_key(std::string_view word);

// Sets one value; says what is wrong with it, or nothing.
// Units:  value: at most kMaxValueBytes bytes.
// Errors: none; a value that is refused leaves the policy as it was.
// Source: pam_revoke.conf(5).
[[nodiscard]] const char* set_policy(Policy& policy, PolicyKey key, std::string_view value);

// The person's text: {ref} and {user} of the policy's message filled in, one line.
// Errors: none.
[[nodiscard]] FixedText<512> fill_message(std::string_view message, std::string_view ref, std::string_view user);

// Appends `text` with every byte that is not printable ASCII as \xNN, so that a log or a terminal line stays one line.
template <std::size_t N>
void append_printable(FixedText<N>& out, std::string_view text) {
    constexpr std::string_view kHex = "0123456789abcdef";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f) {
            out.append(c);
        } else {
            out.append("\\x").append(kHex[byte >> 4U]).append(kHex[byte & 0xfU]);
        }
    }
}

}  // namespace pam_revoke
