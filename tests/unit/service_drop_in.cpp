// Drop-ins that keep a service from starting.
#include <filesystem>

#include "fake_tree.hpp"
#include "revoke/logind/units.hpp"

using namespace pam_revoke;

Test(service_drop_in, written_and_removed) {
    const FakeTree tree;
    const std::string directory = "/run/systemd/system/a@b.service.d";
    const std::string file = directory + "/zz-pam_revoke.conf";
    std::filesystem::create_directories(tree.path + "/run/systemd/system");
    cr_assert(forbid_service("a@b.service").ok() && forbid_service("a@b.service").ok());
    cr_expect(tree.read(file).ends_with("[Unit]\nConditionPathExists=!/\n"));
    cr_assert(allow_service("a@b.service").ok());
    cr_expect(!std::filesystem::exists(tree.path + directory), "nothing is left");
    cr_expect(allow_service("a@b.service").ok(), "there is none");
    tree.write(directory + "/other.conf", "");
    cr_assert(forbid_service("a@b.service").ok() && allow_service("a@b.service").ok());
    cr_expect(std::filesystem::exists(tree.path + directory + "/other.conf"), "of another program");
}

Test(service_drop_in, what_cannot_be_written) {
    const FakeTree tree;
    for (const char* name : {"a.timer", "", "../../etc/a.service", "a/b.service"}) {
        const auto done = forbid_service(name);
        EXPECT_ROW(!done.ok() && done.error().fault == Fault::malformed, name);
    }
    const auto done = forbid_service("a.service");
    cr_expect(!done.ok() && done.error().os_error == ENOENT, "no directory of units");
    std::filesystem::create_directories(tree.path + "/run/systemd/system/a.service.d");
    std::filesystem::create_symlink(
        "/etc/passwd", tree.path + "/run/systemd/system/a.service.d/zz-pam_revoke.conf");
    cr_expect(!forbid_service("a.service").ok(), "a link is not followed");
}
