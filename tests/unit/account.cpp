#include "revoke/logind/account.hpp"

#include <algorithm>

#include "fake_host.hpp"

using namespace pam_revoke;

namespace {

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

// The account is deleted while its sessions continue.
Test(account, a_name_that_only_logind_knows) {
    FakeHost host(43221);
    host.logind.sessions = {session_of("1", 43221, "alice-deleted")};
    host.logind.lingering = {{43222, "alice-deleted"}, {43221, "alice-before"}};
    const auto account = find_account(host.bus, "alice-deleted");
    cr_assert(account.ok());
    cr_expect(!account.value().known && account.value().name == "alice-deleted");
    cr_expect(account.value().uids == std::vector<std::uint32_t>({43221, 43222}));
    cr_expect(account.value().aliases == std::vector<std::string>({"alice-before"}));
    const auto by_uid = find_account_by_uid(host.bus, 43222);
    cr_assert(by_uid.ok());
    cr_expect(by_uid.value().name == "alice-deleted" && !by_uid.value().known);
}

Test(account, a_name_of_the_account_database) {
    FakeHost host(43223);
    host.logind.lingering = {{43224, "root"}};
    const auto account = find_account(host.bus, "root");
    cr_assert(account.ok());
    cr_expect(account.value().known);
    cr_expect(account.value().uids == std::vector<std::uint32_t>({0, 43224}));
    cr_expect(!has(account.value().aliases, "root"), "it is no alias of itself");
}

Test(account, digits_that_are_no_name_are_a_uid) {
    FakeHost host(43225);
    const auto account = find_account(host.bus, "43225");
    cr_assert(account.ok());
    cr_expect(account.value().name.empty() && !account.value().known);
    cr_expect(account.value().uids == std::vector<std::uint32_t>({43225}));
    const auto nothing = find_account(host.bus, "no-such-user");
    cr_expect(nothing.ok() && nothing.value().uids.empty());
}

Test(account, logind_that_fails_is_an_error_and_a_bus_that_is_not_there_is_none) {
    FakeHost host(43226);
    host.logind.failing = {"ListUsers"};
    const auto failed = find_account(host.bus, "root");
    cr_expect(!failed.ok() && failed.error().fault == Fault::bus);
    cr_expect(!find_account_by_uid(host.bus, 0).ok());
    host.bus = make_error(Fault::bus, "system bus", "is not there");
    const auto account = find_account(host.bus, "root");
    cr_expect(account.ok() && account.value().uids == std::vector<std::uint32_t>({0}));
}
