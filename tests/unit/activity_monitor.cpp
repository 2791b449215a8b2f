#include "revoke/logind/activity_monitor.hpp"

#include <algorithm>

#include "fake_host.hpp"
#include "revoke/kernel/process_count.hpp"

using namespace pam_revoke;

namespace {

constexpr std::uint64_t kLongUsec = 60'000'000;

const EndOptions kPlain{};

ActivityMonitor watch_of(FakeHost& host, const EndOptions& options = kPlain) {
    return {host.bus, host.account, options, monotonic_usec() + kLongUsec};
}

}  // namespace

Test(activity_monitor, quiet_needs_two_looks) {
    FakeHost host(43160);
    ActivityMonitor monitor = watch_of(host);
    cr_expect(monitor.scan_once());
    cr_expect(host.logind.count("ListSessions") == 2);
    cr_expect(host.logind.count("ListUnitsByPatterns") == 2, "services before and after");
    cr_expect(monitor.unverified().empty() && monitor.nothing_to_end() && !monitor.own_left());
}

Test(activity_monitor, what_comes_between_the_two_looks_is_seen) {
    const struct {
        const char* what;
        bool is_session;
    } rows[] = {{"a session", true}, {"a process", false}};
    for (const auto& row : rows) {
        FakeHost host(43161);
        // After the first scan, before the second.
        host.logind.on_call = [&](const std::string& call) {
            if (call != "ListUnitsByPatterns" || host.logind.count(call) != 1) return;
            if (row.is_session) host.logind.sessions = {session_of("1", host.uid, "alice")};
            if (!row.is_session) host.tree.add(process_of(host.uid, kFakePid, kCronGroup));
        };
        ActivityMonitor monitor = watch_of(host);
        EXPECT_ROW(!monitor.scan_once(), row.what);
        EXPECT_ROW(!monitor.activity().quiet(), row.what);
        EXPECT_ROW(!monitor.nothing_to_end(), row.what);
    }
}

Test(activity_monitor, one_look_is_enough_when_something_is_left) {
    FakeHost host(43162);
    host.log_in("1");
    ActivityMonitor monitor = watch_of(host);
    cr_expect(!monitor.scan_once());
    cr_expect(host.logind.count("ListSessions") == 1);
    cr_expect(monitor.activity().sessions.size() == 1 && monitor.activity().processes.size() == 1);
    cr_expect(!monitor.nothing_to_end());
    monitor.scan_sessions();
    cr_expect(monitor.activity().sessions.size() == 1 && monitor.activity().processes.empty());
}

Test(activity_monitor, services_that_are_started_again) {
    const struct {
        const char* what;
        FakeLogind::Service service;
        std::size_t from;  // the first call that lists it
        bool is_quiet;
    } rows[] = {
        {"by name", {"a.service", "alice"}, 1, false},
        {"by UID", {"a.service", "43163"}, 1, false},
        {"after the second look", {"a.service", "alice"}, 2, false},
        {"another user's", {"a.service", "bob"}, 1, true},
        {"on its way up", {"a.service", "alice", "start"}, 1, true},
    };
    for (const auto& row : rows) {
        FakeHost host(43163);
        host.logind.on_call = [&](const std::string& call) {
            if (call == "ListUnitsByPatterns" && host.logind.count(call) >= row.from)
                host.logind.activating = {row.service};
        };
        ActivityMonitor monitor = watch_of(host);
        EXPECT_ROW(monitor.scan_once() == row.is_quiet, row.what);
        EXPECT_ROW(monitor.restarting().size() == (row.is_quiet ? 0 : 1), row.what);
        EXPECT_ROW(monitor.unverified().size() == (row.is_quiet ? 0 : 1), row.what);
        EXPECT_ROW(monitor.nothing_to_end() == row.is_quiet, row.what);
    }
}

Test(activity_monitor, services_that_could_not_be_asked_for_are_in_doubt) {
    FakeHost host(43164);
    host.logind.failing = {"ListUnitsByPatterns"};
    ActivityMonitor monitor = watch_of(host);
    cr_expect(!monitor.scan_once());
    cr_assert(monitor.unverified().size() == 1);
    cr_expect(monitor.unverified()[0].fault == Fault::bus);
}

Test(activity_monitor, the_own_session_is_left_out) {
    enter_session("/user.slice/user-43165.slice/session-1.scope");
    FakeHost host(43165);
    host.tree.write("/proc/self/cgroup", "0::" + host.scope("1") + "\n");
    host.log_in("1");
    const pid_t other = host.log_in("2");
    ActivityMonitor monitor = watch_of(host);
    cr_expect(!monitor.scan_once());
    cr_expect(monitor.own_left());
    cr_assert(monitor.activity().sessions.size() == 1 && monitor.activity().processes.size() == 1);
    cr_expect(monitor.activity().sessions[0].id == "2" &&
              monitor.activity().processes[0].pid == other);
    monitor.scan_sessions();
    cr_expect(monitor.activity().sessions.size() == 1);
    host.log_out("2");
    cr_expect(monitor.scan_once(), "nothing but this session is left");
    cr_expect(monitor.unverified().empty() && monitor.nothing_to_end());
}

// A process that changes its PID all the time: the kernel counts it, but no scan finds it.
Test(activity_monitor, a_count_without_a_process_is_to_be_killed_at_once) {
    FakeHost host(43166);
    const RealProcess hidden(host.uid);
    ActivityMonitor monitor = watch_of(host);
    cr_expect(!monitor.scan_once());
    cr_expect(monitor.kernel_count_disagrees() && !monitor.nothing_to_end());
    monitor.mark_killed();
    const bool is_quiet = monitor.scan_once();
    cr_expect(!monitor.kernel_count_disagrees(), "killed already");
    // In a container, the kernel may count processes of other containers.
    cr_expect(is_quiet == !in_initial_pid_namespace());
    cr_expect(monitor.unverified().size() == (is_quiet ? 0 : 1));
    cr_expect(is_quiet || monitor.unverified()[0].object.view() == "uid 43166");
}

// Runs `body` in a new PID namespace, as in a container; returns its result.
int in_container(int (*body)()) {
    const auto enter = [body] {
        if (unshare(CLONE_NEWPID | CLONE_NEWNS) != 0) return 101;
        const auto mount_and_run = [body] {
            if (mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return 102;
            return mount("proc", "/proc", "proc", 0, nullptr) == 0 ? body() : 103;
        };
        return wait_for_child(start_child(mount_and_run), 60'000);
    };
    return wait_for_child(start_child(enter), 60'000);
}

// A user with subordinate UIDs for many containers must not get exit 3 each time.
Test(activity_monitor, too_many_subordinate_uids_to_count_need_enough_scans) {
    FakeHost host(43175);
    host.account.subordinate = {{2'000'000, 300'000}};
    ActivityMonitor enough = watch_of(host);
    cr_expect(enough.scan_once() && enough.unverified().empty());
    cr_expect(host.logind.count("ListSessions") > 10, "more than two scans");
    ActivityMonitor late(host.bus, host.account, kPlain, monotonic_usec());
    cr_expect(!late.scan_once() && late.unverified().size() == 1);
}

// In a container the count may be of a process outside. Scans then decide, if there is time.
Test(activity_monitor, a_count_in_a_container_needs_enough_scans) {
    const int result = in_container([] {
        FakeHost host(43174);
        const RealProcess hidden(host.uid);
        ActivityMonitor enough = watch_of(host);
        enough.mark_killed();
        if (!enough.scan_once() || !enough.unverified().empty()) return 1;
        ActivityMonitor late(host.bus, host.account, kPlain, monotonic_usec());
        late.mark_killed();
        if (late.scan_once() || late.nothing_to_end()) return 2;
        return late.unverified().size() == 1 ? 0 : 3;
    });
    cr_expect(result == 0, "result %d", result);
}

Test(activity_monitor, zombies_explain_a_count) {
    FakeHost host(43167);
    const pid_t zombie = start_child([&] { return setresuid(host.uid, host.uid, host.uid); });
    siginfo_t info{};
    cr_assert(waitid(P_PID, static_cast<id_t>(zombie), &info, WEXITED | WNOWAIT) == 0);
    ActivityMonitor monitor = watch_of(host);
    cr_expect(!monitor.scan_once() && monitor.kernel_count_disagrees());
    monitor.mark_killed();
    FakeProcess dead = process_of(host.uid, kFakePid, kCronGroup);
    dead.state = 'Z';
    host.tree.add(dead);
    cr_expect(monitor.scan_once(), "as many zombies as the kernel counts");
    cr_expect(monitor.unverified().empty());
    cr_expect(wait_for_child(zombie, 1000) == 0);
}

Test(activity_monitor, a_connection_that_breaks_is_opened_again) {
    FakeHost host(43168);
    host.logind.breaks_at = "ListSessions";
    ActivityMonitor monitor = watch_of(host);
    cr_expect(!monitor.scan_once(), "not asked is not quiet");
    cr_expect(monitor.unverified().size() == 1 && !monitor.nothing_to_end());
    cr_expect(monitor.scan_once());
    cr_expect(monitor.unverified().empty() && monitor.nothing_to_end());
}

Test(activity_monitor, a_bus_that_never_was_is_not_opened) {
    FakeHost host(43169);
    host.bus = make_error(Fault::bus, "system bus", "is not there");
    ActivityMonitor monitor = watch_of(host);
    cr_expect(!monitor.scan_once() && !monitor.scan_once());
    cr_expect(host.logind.calls.empty() && monitor.unverified().size() == 1);
}

// Such a process may have passed the gate before the entry was in the list.
Test(activity_monitor, connections_older_than_the_ending_are_logins) {
    const auto connection = [](pid_t pid, const char* title) {
        return FakeProcess{
            pid, {}, "/system.slice/ssh.service", 0xffffffffU, title, 'S', 1, 100, false, "sshd"};
    };
    FakeHost host(43173);
    host.tree.add(connection(kFakePid, "sshd: alice [priv]"));
    host.tree.add(connection(kFakePid + 1, "sshd: root [priv]"));
    host.tree.add(connection(kFakePid + 2, "sshd: no-such-user [priv]"));
    ActivityMonitor monitor = watch_of(host);
    cr_expect(!monitor.scan_once());
    cr_assert(monitor.activity().processes.size() == 1);
    cr_expect(monitor.activity().processes[0].pid == kFakePid);
    cr_expect(monitor.activity().processes[0].tie == Tie::login);
    cr_expect(!monitor.nothing_to_end());
    host.tree.add(connection(kFakePid + 3, "sshd: alice [priv]"));
    cr_expect(!monitor.scan_once() && monitor.activity().processes.size() == 1);
    host.tree.remove(kFakePid);
    cr_expect(monitor.scan_once(), "the later connection meets the entry");
    cr_expect(presence_of(host.bus, host.account).presence == Presence::none, "not logged in");
}

// The account database may know the UID by another spelling.
Test(activity_monitor, a_connection_by_another_name_of_the_uid) {
    FakeHost host(0);
    host.tree.add({kFakePid,
                   {},
                   "/system.slice/ssh.service",
                   0xffffffffU,
                   "sshd: root [priv]",
                   'S',
                   1,
                   100,
                   false,
                   "sshd"});
    ActivityMonitor monitor = watch_of(host);
    cr_expect(!monitor.scan_once());
    cr_assert(monitor.activity().processes.size() == 1);
}

Test(activity_monitor, waiting_ends_with_the_last_process_or_at_the_deadline) {
    FakeHost host(43172);
    const pid_t pid = host.log_in("1");
    const ActivityMonitor monitor = watch_of(host);
    const std::uint64_t begun_usec = monotonic_usec();
    cr_expect(!monitor.wait_for_change(begun_usec + 150'000), "the time is up");
    cr_expect(monotonic_usec() - begun_usec >= 150'000);
    host.tree.remove(pid);
    cr_expect(monitor.wait_for_change(monotonic_usec() + kLongUsec));
    cr_expect(monotonic_usec() - begun_usec < 5'000'000);
}
