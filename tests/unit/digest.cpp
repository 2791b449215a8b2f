#include "revoke/base/digest.hpp"

#include <string>

#include "unit.hpp"

using namespace pam_revoke;

// Source: FIPS 180-2, appendix B.1.
Test(digest, a_known_digest) {
    constexpr std::string_view kHex =
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    std::string hex;
    for (const std::uint8_t byte : sha256({"abc"})) {
        hex += "0123456789abcdef"[byte >> 4U];
        hex += "0123456789abcdef"[byte & 15U];
    }
    cr_expect(hex == kHex);
}

Test(digest, parts_are_read_one_behind_the_other) {
    cr_expect(sha256({"a", "", "bc"}) == sha256({"abc"}));
    cr_expect(sha256({"abc", "d"}) != sha256({"abc"}));
    cr_expect(sha256({}) == sha256({""}));
}
