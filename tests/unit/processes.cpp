// What the kernel says of processes, and the ways a process can look like none. As root: children become others.
#include "revoke/processes.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

#include "unit.hpp"

using namespace pam_revoke;

namespace {

uid_t uid = 0;  // nobody's on a build machine; each test its own, for they run side by side

// Runs `body` in a child under that uid; it tells us when it is ready, and is killed in the end.
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
        cr_assert(found.ok());
        return std::any_of(found.value().begin(), found.value().end(), [this](const Process& process) { return process.pid == pid; });
    }
};

void* wait_for_ever(void*) {
    for (;;) pause();
}

}  // namespace

Test(processes, a_process_is_found_whatever_it_calls_itself) {
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

Test(processes, a_leader_that_exited_is_no_zombie_while_its_threads_run) {
    uid = 42440;
    const Child child([] {
        pthread_t thread;
        pthread_create(&thread, nullptr, wait_for_ever, nullptr);
        syscall(SYS_exit, 0);
    });
    cr_expect(child.is_found());
    cr_expect(runs_anything(uid));
}

Test(processes, a_real_zombie_is_none) {
    uid = 42450;
    const pid_t pid = fork();
    if (pid == 0) {
        if (setresuid(uid, uid, uid) != 0) _exit(1);
        _exit(0);
    }
    usleep(100000);
    const auto found = find_processes(uid);
    cr_assert(found.ok());
    cr_expect(found.value().empty());
    waitpid(pid, nullptr, 0);
    cr_expect(!runs_anything(uid));
}

// A chain of processes that each live for a moment: one look misses it, all at once do not.
Test(processes, what_hops_from_pid_to_pid_is_caught, .timeout = 60) {
    uid = 42460;
    const Child child([] {
        for (;;)
            if (fork() > 0) _exit(0);
    });
    cr_expect(runs_anything(uid));
    // The dead of the chain are buried by process 1, which has other things to do on a busy machine.
    for (int i = 0; i < 1000 && runs_anything(uid); ++i) {
        kill_all_of(uid);
        usleep(20000);
    }
    waitpid(child.pid, nullptr, WNOHANG);
    usleep(100000);
    cr_expect(!runs_anything(uid));
    for (int i = 0; i < 50; ++i) cr_expect(find_processes(uid).value().empty());
}

Test(processes, another_persons_are_not) {
    uid = 42470;
    const Child child([] {});
    const auto found = find_processes(uid + 1);
    cr_assert(found.ok());
    cr_expect(found.value().empty());
    kill_all_of(uid + 1);
    cr_expect(!runs_anything(uid + 1));
    cr_expect(child.is_found());
}

Test(processes, a_signal_hits_the_process_it_was_meant_for_or_none) {
    uid = 42480;
    const Child child([] {});
    Process process;
    process.pid = child.pid;
    process.started = 1;  // another that had the pid before
    cr_expect(send_signal(process, SIGKILL).ok());
    cr_expect(child.is_found());
    const auto found = find_processes(uid);
    for (const Process& each : found.value()) cr_expect(send_signal(each, SIGKILL).ok());
    usleep(100000);
    cr_expect(!child.is_found());
}

Test(processes, units_in_a_slice) {
    uid = 42490;
    cr_expect(unit_in_slice("/user.slice/user-1000.slice/session-3.scope", 1000) == "session-3.scope");
    cr_expect(unit_in_slice("/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope", 1000) == "user@1000.service");
    cr_expect(unit_in_slice("/user.slice/user-10001.slice/session-3.scope", 1000).empty());
    cr_expect(unit_in_slice("/machine.slice/user.slice/user-1000.slice/session-3.scope", 1000).empty());
}
