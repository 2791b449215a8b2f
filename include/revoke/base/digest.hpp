// digest.hpp - SHA-256.
//
// Pure, and the only home of libmd, which is linked into the module: four functions of a library
// that Debian keeps, and none of libcrypto's price in programs that have no other use for it.
// Source: sha256(3bsd).
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace pam_revoke {

// The digest of several texts, one behind the other.
// Errors: none.
[[nodiscard]] std::array<std::uint8_t, 32> sha256(std::initializer_list<std::string_view> parts);

}  // namespace pam_revoke
