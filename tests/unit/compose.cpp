#include "revoke/base/compose.hpp"

#include "unit.hpp"

using namespace pam_revoke;

Test(compose, values_take_the_place_of_the_braces) {
    cr_expect(compose("{}: {} of {}", "alice", 7, std::string("8")) == "alice: 7 of 8");
    cr_expect(compose("{{}}") == "{}");
    cr_expect(compose("{}", std::string(100'000, 'a')).size() == 100'000);
}
