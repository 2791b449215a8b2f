#include "revoke/base/digest.hpp"

#include <sha2.h>

namespace pam_revoke {

std::array<std::uint8_t, 32> sha256(std::initializer_list<std::string_view> parts) {
    SHA2_CTX context;
    SHA256Init(&context);
    for (const std::string_view part : parts)
        SHA256Update(&context, reinterpret_cast<const std::uint8_t*>(part.data()), part.size());
    std::array<std::uint8_t, 32> digest{};
    SHA256Final(digest.data(), &context);
    return digest;
}

}  // namespace pam_revoke
