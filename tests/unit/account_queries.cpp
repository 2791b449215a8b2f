// Queries of the account database in a child have the results of queries without one.
#include "revoke/logind/account_queries.hpp"

#include <string>

#include "revoke/pam_revoke/nss.hpp"
#include "unit.hpp"

using namespace pam_revoke;

namespace {

std::string names(const Result<NameList>& found) {
    return found.ok() ? std::string(found.value().view()) : "error";
}

bool is_root(const Result<PasswdEntry>& found) {
    return found.ok() && found.value().known && found.value().uid == 0 &&
           found.value().name.view() == "root";
}

}  // namespace

Test(account_queries, results_are_the_same) {
    const auto root = find_name("root");
    cr_assert(is_root(root));
    const std::string groups = names(names_of(gids_of(root.value()).value()));
    const std::size_t count = gids_of(root.value()).value().size;
    const std::string members = names(members_of("adm"));
    limit_account_queries(10'000);
    cr_expect(is_root(find_name("root")) && is_root(find_uid(0)));
    cr_expect(names(names_of(gids_of(root.value()).value())) == groups);
    cr_expect(names(members_of("adm")) == members);
    const auto gids = gids_of(root.value());
    cr_expect(gids.ok() && gids.value().size == count && gids.value().has(0));
    cr_expect(find_group("daemon").value() == gid_t{1});
    for (const std::string& name : {std::string("no-such-user"), std::string(5000, 'a')}) {
        const auto found = find_name(name.c_str());
        EXPECT_ROW(found.ok() && !found.value().known, name);
        EXPECT_ROW(names(members_of(name.c_str())).empty(), name);
        EXPECT_ROW(find_group(name.c_str()).ok() && !find_group(name.c_str()).value(), name);
    }
    unlimit_account_queries();
}

Test(account_queries, no_time_is_an_error) {
    limit_account_queries(0);
    const auto found = find_name("root");
    cr_expect(!found.ok() && found.error().fault == Fault::busy);
    limit_account_queries(10'000);
    cr_expect(is_root(find_name("root")), "a new limit begins again");
    unlimit_account_queries();
}
