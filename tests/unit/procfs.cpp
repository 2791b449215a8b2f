#include "revoke/kernel/procfs.hpp"

#include <fcntl.h>

#include "fake_tree.hpp"
#include "revoke/base/file.hpp"

using namespace pam_revoke;

Test(procfs, a_small_file_is_read_up_to_its_bound) {
    const FakeTree tree;
    tree.write("/proc/1/status", std::string(10'000, 'a'));
    const Fd directory(open((tree.path + "/proc/1").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    cr_expect(read_small(directory.get(), "status") == std::string(8192, 'a'));
    cr_expect(read_small(directory.get(), "status", 3) == "aaa");
    cr_expect(read_small(directory.get(), "status", 20'000) == std::string(10'000, 'a'));
    cr_expect(read_small(directory.get(), "stat").empty(), "it does not exist");
    cr_assert(symlink("status", (tree.path + "/proc/1/link").c_str()) == 0);
    cr_expect(read_small(directory.get(), "link").empty(), "links are not followed");
}

Test(procfs, values_stand_behind_their_key) {
    const std::string_view text = "\nName:\tx\\nUid:\t0\nUid:\t43110\t0\nLast:";
    cr_expect(value_of(text, "\nUid:") == "\t43110\t0");
    cr_expect(value_of(text, "\nName:") == "\tx\\nUid:\t0");
    cr_expect(value_of(text, "\nLast:").empty());
    cr_expect(value_of(text, "\nGid:").empty());
}

Test(procfs, the_cgroup_of_a_process) {
    const struct {
        const char* text;
        const char* cgroup;
    } rows[] = {
        {"0::/user.slice/a.scope\n", "/user.slice/a.scope"},
        {"4:memory:/m\n1:name=systemd:/user.slice/b.scope\n0::/\n", "/user.slice/b.scope"},
        {"4:memory:/m\n0::/user.slice/c.scope\n", "/user.slice/c.scope"},
        {"4:memory:/m\n", "/"},
        {"0::/\n", "/"},
        {"", ""},
    };
    const FakeTree tree;
    for (const auto& row : rows) {
        tree.write("/proc/self/cgroup", row.text);
        EXPECT_ROW(own_cgroup() == row.cgroup, row.text);
    }
    std::filesystem::remove_all(tree.path + "/proc/self");
    cr_expect(own_cgroup().empty(), "/proc cannot be read");
}

Test(procfs, the_pseudo_terminal_of_a_process) {
    const struct {
        const char* number;  // of the device: major << 8 | minor
        const char* terminal;
    } rows[] = {
        {"34816", "pts/0"}, {"34823", "pts/7"}, {"35072", "pts/256"},
        {"1025", ""},       {"0", ""},          {"x", ""},
    };
    const FakeTree tree;
    for (const auto& row : rows) {
        tree.write("/proc/7/stat", std::string("7 (bash) S 1 7 7 ") + row.number + " -1 0");
        EXPECT_ROW(pseudo_terminal_of(7) == row.terminal, row.number);
    }
    cr_expect(pseudo_terminal_of(8).empty(), "no such process");
}

Test(procfs, this_process_and_its_ancestors) {
    const FakeTree tree;
    cr_expect(own_line() == std::set<pid_t>({getpid()}), "what cannot be read ends the line");
    tree.write("/proc/" + std::to_string(getpid()) + "/status", "Name:\tunit\nPPid:\t4194305\n");
    tree.write("/proc/4194305/status", "Name:\tPPid:\t9\nPPid:\t4194306\n");
    tree.write("/proc/4194306/status", "Name:\tinit\nPPid:\t0\n");
    cr_expect(own_line() == std::set<pid_t>({getpid(), 4194305, 4194306}));
    tree.write("/proc/4194306/status", "Name:\tinit\nPPid:\t4194305\n");
    cr_expect(own_line().size() == 3, "a circle ends it");
}
