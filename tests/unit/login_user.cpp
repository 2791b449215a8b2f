// The login user: looked up once, and only on demand.
#include "revoke/pam_revoke/login_user.hpp"

#include <dlfcn.h>
#include <grp.h>

#include <cerrno>
#include <string>

#include "unit.hpp"

using namespace pam_revoke;

Test(login_user, it_is_looked_up_when_it_is_asked_for) {
    LoginUser by_name("root", std::nullopt, "");
    cr_expect(by_name.user().name == "root" && !by_name.user().looked_up);
    cr_assert(by_name.look_up_groups().ok());
    cr_expect(by_name.user().account_name == "root");
    cr_expect(by_name.user().uid == 0U && by_name.user().looked_up);
    cr_expect(!by_name.each_group([](std::string_view group) { return group != "root"; }));
    LoginUser by_uid("", 0, "");
    cr_expect(by_uid.look_up().ok() && by_uid.user().name == "root");
}

Test(login_user, a_name_without_an_account) {
    for (const std::string& name : {std::string("no-such-user"), std::string(2000, 'a')}) {
        LoginUser subject(name, std::nullopt, "");
        EXPECT_ROW(subject.look_up_groups().ok() && subject.user().looked_up, name);
        EXPECT_ROW(!subject.user().uid && subject.count_groups().value() == 0, name);
        EXPECT_ROW(subject.each_group([](std::string_view) { return false; }), name);
        EXPECT_ROW(!subject.is_in("root").value(), name);
    }
}

// The first groups are compared by GID, the others by name.
Test(login_user, groups_by_gid_and_by_name) {
    LoginUser subject("daemon", std::nullopt, "");
    cr_assert(subject.count_groups().value() == 1);
    for (std::size_t listed = 1; listed <= kListedByGid + 2; ++listed) {
        const std::string row = std::to_string(listed);
        subject.count_listed();
        EXPECT_ROW(subject.compares_names() == (listed > kListedByGid), row);
        EXPECT_ROW(subject.is_in_listed("daemon").value(), row);
        EXPECT_ROW(!subject.is_in_listed("root").value(), row);
        EXPECT_ROW(!subject.is_in_listed("no-such-group").value(), row);
        EXPECT_ROW(!subject.is_in_listed(std::string(5000, 'a')).value(), row);
        EXPECT_ROW(subject.is_in("daemon").value() && !subject.is_in("root").value(), row);
    }
    subject.set_listed(0);
    cr_expect(!subject.compares_names(), "a text that is read again counts once");
}

// A source of the account database that is down for this group.
extern "C" int getgrnam_r(const char* name, group* entry, char* buffer, std::size_t size,
                          group** found) {
    *found = nullptr;
    if (std::string_view(name) == "unreachable") return ECONNREFUSED;
    static auto* const real =
        reinterpret_cast<decltype(&getgrnam_r)>(dlsym(RTLD_NEXT, "getgrnam_r"));
    return real(name, entry, buffer, size, found);
}

Test(login_user, a_group_that_cannot_be_looked_up) {
    LoginUser subject("daemon", std::nullopt, "");
    cr_expect(!find_group("unreachable").ok());
    cr_expect(!subject.compares_names());
    cr_expect(!subject.is_in("unreachable").value() && subject.is_in("daemon").value());
    cr_expect(subject.compares_names(), "the source is not asked again");
    cr_expect(!subject.is_in_listed("unreachable").value());
    cr_expect(subject.is_in_listed("daemon").value());
}

Test(login_user, keys_that_were_shown) {
    const std::string key =
        "publickey ssh-ed25519 "
        "AAAAC3NzaC1lZDI1NTE5AAAAIGtra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr\n";
    LoginUser subject("root", std::nullopt, key);
    cr_expect(subject.read_keys().ok() && subject.user().keys.size() == 1);
    std::string many;
    for (std::size_t i = 0; i <= kMaxKeys; ++i) many += key;
    LoginUser too_many("root", std::nullopt, many);
    const auto read = too_many.read_keys();
    cr_expect(!read.ok() && read.error().fault == Fault::too_large);
    const std::string half_of_it = key + "publickey ssh-ed25519 ?\n";
    LoginUser broken("root", std::nullopt, half_of_it);
    const auto half = broken.read_keys();
    cr_expect(!half.ok() && half.error().fault == Fault::malformed);
    cr_expect(broken.user().keys.size() == 1, "what is understood counts");
    const ShownKey shown{};
    LoginUser given("root", std::nullopt, "publickey ssh-ed25519 ?\n");
    given.show({&shown, 1});
    cr_expect(given.read_keys().ok() && given.user().keys.size() == 1);
}
