// Real processes, and ways to hide them. As root, because the children change their UID.
#include "revoke/kernel/processes.hpp"

#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <vector>

#include "revoke/kernel/cgroup.hpp"
#include "revoke/kernel/process_count.hpp"
#include "revoke/logind/activity.hpp"
#include "unit.hpp"

using namespace pam_revoke;

namespace {

uid_t uid = 0;  // unused on build machines; one per test, because they run in parallel

// Runs `body` in a child under that UID, waits until it is ready, and kills it at the end.
struct Child {
    pid_t pid;
    explicit Child(void (*body)()) {
        int ready[2];
        cr_assert(pipe(ready) == 0);
        pid = fork();
        if (pid == 0) {
            if (setresuid(uid, uid, uid) != 0) _exit(1);
            (void)!write(ready[1], "x", 1);
            body();
            for (;;) pause();
        }
        char byte;
        (void)!read(ready[0], &byte, 1);
        usleep(100000);
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
    }
    [[nodiscard]] bool is_found() const {
        const auto found = find_processes(uid);
        cr_assert(!found.error);
        return std::any_of(found.processes.begin(), found.processes.end(),
                           [this](const Process& process) { return process.pid == pid; });
    }
};

bool write_file(const char* path, const std::string& text) {
    std::ofstream file(path);
    file << text << std::flush;
    return file.good();
}

void* wait_for_ever(void*) {
    for (;;) pause();
}

}  // namespace

Test(processes, a_process_is_found_under_any_name) {
    uid = 42430;
    const Child plain([] {});
    cr_expect(plain.is_found());
    const Child zombie_by_name([] { prctl(PR_SET_NAME, "State:\tZ"); });
    cr_expect(zombie_by_name.is_found());
    const Child other_uid_by_name([] { prctl(PR_SET_NAME, "Uid:\t0\t0\t0\t0"); });
    cr_expect(other_uid_by_name.is_found());
    const Child newline([] { prctl(PR_SET_NAME, "x\nUid:\t0"); });
    cr_expect(newline.is_found());
}

Test(processes, an_exited_leader_with_threads_is_no_zombie) {
    uid = 42440;
    const Child child([] {
        pthread_t thread;
        pthread_create(&thread, nullptr, wait_for_ever, nullptr);
        syscall(SYS_exit, 0);
    });
    cr_expect(child.is_found());
    cr_expect(has_processes(uid));
    cr_expect(find_zombies(uid).empty());
}

Test(processes, a_zombie_is_no_process) {
    uid = 42450;
    const pid_t pid = fork();
    if (pid == 0) {
        if (setresuid(uid, uid, uid) != 0) _exit(1);
        _exit(0);
    }
    usleep(100000);
    const auto found = find_processes(uid);
    cr_assert(!found.error);
    cr_expect(found.processes.empty());
    cr_expect(find_zombies(uid).size() == 1 && has_processes(uid) && !has_processes(uid, 1));
    waitpid(pid, nullptr, 0);
    cr_expect(!has_processes(uid));
}

// A chain of short-lived processes: a scan misses it, killing all of the UID at once does not.
Test(processes, a_process_that_hops_from_pid_to_pid_is_killed, .timeout = 300) {
    uid = 42460;
    const Child child([] {
        for (;;)
            if (fork() > 0) _exit(0);
    });
    cr_expect(has_processes(uid));
    // Process 1 reaps the chain, which takes time on a busy machine.
    for (int i = 0; i < 1000 && has_processes(uid); ++i) {
        kill_uid(uid);
        usleep(20000);
    }
    waitpid(child.pid, nullptr, WNOHANG);
    usleep(100000);
    cr_expect(!has_processes(uid));
    for (int i = 0; i < 50; ++i) cr_expect(find_processes(uid).processes.empty());
}

Test(processes, a_subordinate_uid_outside_of_a_namespace) {
    uid = 1062467;
    const Child child([] {});
    cr_expect(child.is_found());
    const auto found = find_processes(42467, {{1062000, 1000}});
    cr_assert(found.processes.size() == 1);
    cr_expect(found.processes[0].tie == Tie::subordinate && found.processes[0].owner_uid == uid);
    cr_expect(find_processes(42467, {{1062000, 467}}).processes.empty());
}

// The account database decides: /etc/subuid does not list remote accounts.
Test(processes, a_subordinate_uid_with_an_account_is_another_user) {
    Result<Bus> none = make_error(Fault::bus, "system bus", "is not needed");
    Account account{"", {42468}, false, {{1042468, 1}, {1, 1}}, {}};
    uid = 1042468;
    const Child mapped([] {});
    uid = 1;  // daemon
    const Child another([] {});
    ScanState state;
    const Activity activity = scan(none, account, state);
    cr_assert(activity.processes.size() == 1);
    cr_expect(activity.processes[0].pid == mapped.pid && activity.processes[0].tie == Tie::uid);
    cr_expect(state.subuids.size() == 1 && state.subuids.contains(1042468));
}

// Its PID changes too fast for a scan, and its UID is unexpected.
Test(processes, the_kernel_counts_subordinate_uids) {
    uid = 1052470;
    const auto counted = [] { return uids_in_use({{1052000, 1000}, {61000, 5}}); };
    {
        const Child child([] {});
        const auto found = counted();
        cr_expect(found.ok() && found.value().size() == 1 && found.value()[0] == uid);
    }
    cr_expect(counted().ok() && counted().value().empty());
    cr_expect(!uids_in_use({{2'000'000, 300'000}}).ok());
    cr_expect(uids_in_use({}).ok());
}

Test(processes, root_processes_of_a_login) {
    uid = 0;
    const Child child([] { cr_assert(setresuid(0, 42471, 0) == 0); });
    const auto found = find_processes(42471);
    cr_assert(found.processes.size() == 1);
    cr_expect(found.processes[0].pid == child.pid && found.processes[0].tie == Tie::descendant);
}

Test(processes, the_owner_of_the_outermost_namespace) {
    uid = 42472;
    const Child child([] {
        // A UID that a namespace does not map cannot create a namespace in it. No cr_assert here:
        // its message is lost.
        const std::string gids = "0 " + std::to_string(getegid()) + " 1";
        const bool is_inside =
            prctl(PR_SET_DUMPABLE, 1) == 0 && unshare(CLONE_NEWUSER) == 0 &&
            write_file("/proc/self/setgroups", "deny") &&
            write_file("/proc/self/uid_map", "0 " + std::to_string(uid) + " 1") &&
            write_file("/proc/self/gid_map", gids) && unshare(CLONE_NEWUSER) == 0;
        if (!is_inside) _exit(1);
    });
    const auto found = find_processes(42472);
    cr_assert(found.processes.size() == 1 && found.processes[0].tie == Tie::uid);
}

Test(processes, a_uid_in_the_namespace_of_another_user) {
    uid = 42469;
    const Child child([] {
        if (unshare(CLONE_NEWUSER) != 0) _exit(1);
    });
    const std::set<std::uint32_t> both{uid, uid + 7};
    const std::set<std::uint32_t> other{uid + 7};
    cr_expect(not_used_elsewhere(both, {uid}) == both);
    cr_expect(not_used_elsewhere(both, {uid + 1}) == other);
}

// In /proc/PID/status, many groups precede the number of threads.
Test(processes, an_exited_leader_with_many_groups) {
    uid = 42445;
    const Child child([] {});
    const pid_t pid = fork();
    if (pid == 0) {
        std::vector<gid_t> groups(5000);
        for (std::size_t i = 0; i < groups.size(); ++i)
            groups[i] = static_cast<gid_t>(1'000'000 + i);
        pthread_t thread;
        if (setgroups(groups.size(), groups.data()) != 0 || setresuid(uid, uid, uid) != 0) _exit(1);
        pthread_create(&thread, nullptr, wait_for_ever, nullptr);
        syscall(SYS_exit, 0);
    }
    usleep(200000);
    const auto found = find_processes(uid);
    cr_expect(found.processes.size() == 2);
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
}

// A process in a user namespace belongs to the namespace's owner, whatever its UID inside.
Test(processes, a_subordinate_uid_in_the_users_namespace) {
    uid = 42465;
    const Child child([] {
        if (unshare(CLONE_NEWUSER) != 0) _exit(1);
    });
    cr_expect(child.is_found());
    std::ofstream("/proc/" + std::to_string(child.pid) + "/uid_map") << "0 1042465 1\n";
    const auto found = find_processes(uid);
    cr_assert(found.processes.size() == 1);
    cr_expect(found.processes[0].tie == Tie::uid);
    cr_expect(find_processes(uid + 1).processes.empty());
}

Test(processes, processes_of_another_user_are_not) {
    uid = 42520;
    const Child child([] {});
    const auto found = find_processes(uid + 1);
    cr_assert(!found.error);
    cr_expect(found.processes.empty());
    kill_uid(uid + 1);
    cr_expect(!has_processes(uid + 1));
    cr_expect(child.is_found());
}

Test(processes, a_signal_reaches_the_intended_process_or_none) {
    uid = 42480;
    const Child child([] {});
    Process process;
    process.pid = child.pid;
    process.started = 1;  // an earlier process with this PID
    cr_expect(send_signal(process, SIGKILL).ok());
    cr_expect(child.is_found());
    const auto found = find_processes(uid);
    for (const Process& each : found.processes) cr_expect(send_signal(each, SIGKILL).ok());
    usleep(100000);
    cr_expect(!child.is_found());
}

Test(processes, units_in_a_slice) {
    uid = 42490;
    cr_expect(unit_in_slice("/user.slice/user-1000.slice/session-3.scope", 1000) ==
              "session-3.scope");
    cr_expect(unit_in_slice("/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope",
                            1000) == "user@1000.service");
    cr_expect(unit_in_slice("/user.slice/user-10001.slice/session-3.scope", 1000).empty());
    cr_expect(
        unit_in_slice("/machine.slice/user.slice/user-1000.slice/session-3.scope", 1000).empty());
}
