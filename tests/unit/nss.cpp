// The account database, with the accounts of every Debian host.
#include "revoke/pam_revoke/nss.hpp"

#include <fstream>
#include <string>

#include "revoke/base/text.hpp"
#include "unit.hpp"

using namespace pam_revoke;

namespace {

bool has(const NameList& names, std::string_view wanted) {
    for (std::string_view rest = names.view(); !rest.empty();)
        if (take_until(rest, '\0') == wanted) return true;
    return false;
}

}  // namespace

Test(nss, a_known_user) {
    const auto root = find_name("root");
    cr_assert(root.ok());
    cr_expect(root.value().known && root.value().is_authoritative && root.value().uid == 0);
    cr_expect(root.value().name.view() == "root" && root.value().home.view() == "/root");
    const auto by_uid = find_uid(0);
    cr_expect(by_uid.ok() && by_uid.value().name.view() == "root");
    const auto names = local_names_of(0);
    cr_expect(names.ok() && has(names.value(), "root"));
    const auto groups = names_of(gids_of(root.value()).value());
    cr_expect(groups.ok() && has(groups.value(), "root"));
    const auto gids = gids_of(root.value());
    cr_expect(gids.ok() && gids.value().has(0) && !gids.value().has(43227));
    cr_expect(find_group("root").value() == gid_t{0});
}

Test(nss, an_unknown_user_is_an_outcome) {
    const auto unknown = find_name("no-such-user");
    cr_expect(unknown.ok() && !unknown.value().known);
    cr_expect(find_uid(43227).ok() && !find_uid(43227).value().known);
    cr_expect(local_names_of(43227).ok() && local_names_of(43227).value().view().empty());
    cr_expect(find_group("no-such-group").ok() && !find_group("no-such-group").value());
    cr_expect(members_of("no-such-group").ok() &&
              members_of("no-such-group").value().view().empty());
}

Test(nss, names_are_kept_one_behind_the_other) {
    NameList names;
    cr_expect(names.view().empty());
    cr_expect(names.append("alice") && names.append("bob"));
    cr_expect(has(names, "alice") && has(names, "bob") && !has(names, "ali"));
}

// Source: proc_pid_loginuid(5).
Test(nss, the_login_uid_is_the_one_of_the_kernel) {
    std::uint32_t kernel = 0xffffffffU;
    std::ifstream("/proc/self/loginuid") >> kernel;
    cr_expect(login_uid().value_or(0xffffffffU) == kernel);
}
