// digest.hpp - SHA-256.
//
// The only user of libmd, which the module links. It is small and maintained by Debian; libcrypto
// is too large for programs without another use for it.
// Source: sha256(3bsd).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace pam_revoke {

// Returns the digest of the concatenated `parts`.
// Errors: none.
[[nodiscard]] std::array<std::uint8_t, 32> sha256(std::initializer_list<std::string_view> parts);

}  // namespace pam_revoke
