#include "revoke/kernel/namespaces.hpp"

#include <fcntl.h>
#include <sched.h>

#include "fake_host.hpp"

using namespace pam_revoke;

namespace {

Fd directory_of(pid_t pid) {
    return Fd(open(process_path(pid).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

Test(namespaces, those_of_this_process) {
    const Fd own = directory_of(getpid());
    cr_expect(shares_pid_namespace(own.get()));
    cr_expect(makers_of_namespaces(own.get()).empty());
}

Test(namespaces, the_maker_of_a_user_namespace) {
    constexpr uid_t kUid = 43220;
    auto pipe = open_pipe("pipe");
    cr_assert(pipe.ok());
    const pid_t child = start_child([&] {
        const bool is_inside = setresuid(kUid, kUid, kUid) == 0 && unshare(CLONE_NEWUSER) == 0;
        const char byte = is_inside ? 'y' : 'n';
        return write(pipe.value().writing.get(), &byte, 1) == 1 ? pause() : 1;
    });
    char byte = 0;
    cr_assert(read(pipe.value().reading.get(), &byte, 1) == 1 && byte == 'y');
    cr_expect(makers_of_namespaces(directory_of(child).get()) == std::vector<std::uint32_t>{kUid});
    cr_expect(shares_pid_namespace(directory_of(child).get()), "it has made no other");
    abandon_child(child);
}

// The same as for an exited process, and on a host that hides the links.
Test(namespaces, what_cannot_be_told) {
    FakeTree tree;
    tree.add(process_of(0, kFakePid, kCronGroup));
    const Fd directory = directory_of(kFakePid);
    cr_expect(shares_pid_namespace(directory.get()), "ours to judge by the UID");
    cr_expect(makers_of_namespaces(directory.get()).empty());
    FakeProcess process = process_of(0, kFakePid, kCronGroup);
    process.is_in_pid_namespace = true;
    tree.add(process);
    cr_expect(!shares_pid_namespace(directory.get()));
    tree.write("/proc/" + std::to_string(kFakePid) + "/ns/user", "");
    cr_expect(makers_of_namespaces(directory.get()).empty(), "another one, of an unknown maker");
}
