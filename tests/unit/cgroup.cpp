#include "revoke/kernel/cgroup.hpp"

#include <signal.h>

#include <algorithm>

#include "fake_tree.hpp"
#include "revoke/base/time.hpp"
#include "revoke/kernel/child.hpp"

using namespace pam_revoke;

namespace {

constexpr std::uint32_t kUid = 43100;
const std::string kSlice = "/user.slice/user-43100.slice";
const std::string kScope = kSlice + "/session-1.scope";

}  // namespace

Test(cgroup, names_of_a_users_slice) {
    cr_expect(slice_unit(kUid) == "user-43100.slice");
    cr_expect(slice_path(kUid) == kSlice);
}

Test(cgroup, paths_within_a_group) {
    const struct {
        const char* path;
        bool is_within;
    } rows[] = {
        {"/user.slice/user-43100.slice", true},
        {"/user.slice/user-43100.slice/session-1.scope", true},
        {"/user.slice/user-43100.slice-other", false},
        {"/user.slice", false},
        {"/machine.slice/user.slice/user-43100.slice", false},
        {"", false},
    };
    for (const auto& row : rows) EXPECT_ROW(is_within(row.path, kSlice) == row.is_within, row.path);
}

Test(cgroup, the_unit_and_the_container_of_a_path) {
    const struct {
        std::string path;
        std::string unit;
        std::string unit_path;
        std::string container;
    } rows[] = {
        {"/system.slice/ssh.service", "ssh.service", "/system.slice/ssh.service", ""},
        {"/system.slice/system-getty.slice/getty@tty1.service/x", "getty@tty1.service",
         "/system.slice/system-getty.slice/getty@tty1.service", ""},
        {"/machine.slice/libpod-4f2c.scope/container", "libpod-4f2c.scope",
         "/machine.slice/libpod-4f2c.scope", "libpod-4f2c.scope"},
        {"/machine.slice/libpod-conmon-4f2c.scope", "libpod-conmon-4f2c.scope",
         "/machine.slice/libpod-conmon-4f2c.scope", ""},
        {kSlice + "/user@43100.service/user.slice/docker-9.scope", "user@43100.service",
         kSlice + "/user@43100.service", "docker-9.scope"},
        {"/user.slice", "", "", ""},
        {"/", "", "", ""},
        {"", "", "", ""},
    };
    for (const auto& row : rows) {
        std::string path;
        EXPECT_ROW(unit_of(row.path, &path) == row.unit, row.path);
        EXPECT_ROW(path == row.unit_path, row.path);
        EXPECT_ROW(container_in(row.path) == row.container, row.path);
    }
}

Test(cgroup, a_group_that_does_not_exist_is_empty) {
    const FakeTree tree;
    const ControlGroup group(kSlice);
    cr_expect(!group.populated());
    cr_expect(group.pids().empty());
    cr_expect(group.populated_part().empty());
    cr_expect(!group.kill(), "there is nothing to write to");
    const std::uint64_t begun_usec = monotonic_usec();
    group.wait(20);
    cr_expect(monotonic_usec() - begun_usec >= 20'000, "nothing wakes it early");
}

Test(cgroup, the_processes_of_a_group_and_those_below) {
    FakeTree tree;
    const std::string app = kSlice + "/user@43100.service/app.slice/a.service";
    tree.add(process_of(kUid, kFakePid + 1, kScope));
    tree.add(process_of(kUid, kFakePid + 2, app));
    const ControlGroup slice(kSlice);
    auto pids = slice.pids();
    std::sort(pids.begin(), pids.end());
    cr_expect(pids == std::vector<pid_t>({kFakePid + 1, kFakePid + 2}));
    cr_expect(ControlGroup(kScope).pids() == std::vector<pid_t>({kFakePid + 1}));
    tree.remove(kFakePid + 1);
    cr_expect(slice.populated());
    cr_expect(slice.populated_part() == app, "the lowest group that has a process");
    cr_expect(!ControlGroup(kScope).populated());
    tree.remove(kFakePid + 2);
    cr_expect(!slice.populated(), "the same object follows the events");
    cr_expect(slice.populated_part().empty());
}

Test(cgroup, a_kill_is_one_byte_for_the_group) {
    FakeTree tree;
    tree.add(process_of(kUid, kFakePid + 1, kScope));
    cr_expect(ControlGroup(kSlice).kill());
    cr_expect(tree.is_killed(kSlice));
    cr_expect(!tree.is_killed(kScope), "the kernel kills what is below");
}

// Before Linux 5.14, processes are killed one by one, and only while they are in the cgroup.
Test(cgroup, a_group_without_cgroup_kill_is_frozen_and_its_processes_killed) {
    FakeTree tree;
    const pid_t member = start_child([] { return pause(); });
    const pid_t moved = start_child([] { return pause(); });
    tree.add(process_of(kUid, member, kScope));
    tree.add(process_of(kUid, moved, kScope));
    tree.write("/proc/" + std::to_string(moved) + "/cgroup", "0::/system.slice/cron.service\n");
    tree.write_in_group(kSlice, "cgroup.freeze", "0");
    tree.write_in_group(kSlice, "cgroup.events", "populated 1\nfrozen 1\n");
    std::filesystem::remove(tree.path + "/sys/fs/cgroup" + kSlice + "/cgroup.kill");
    cr_expect(ControlGroup(kSlice).kill());
    cr_expect(wait_for_child(member, 5000) == 128 + SIGKILL);
    cr_expect(waitpid(moved, nullptr, WNOHANG) == 0, "it has left the group");
    cr_expect(tree.read_in_group(kSlice, "cgroup.freeze") == "0", "thawed again");
    abandon_child(moved);
}
