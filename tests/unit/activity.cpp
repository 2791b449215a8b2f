#include "revoke/logind/activity.hpp"

#include <algorithm>

#include "fake_host.hpp"

using namespace pam_revoke;

namespace {

const Process* find(const Activity& activity, pid_t pid) {
    const auto same = [pid](const Process& process) { return process.pid == pid; };
    const auto at = std::find_if(activity.processes.begin(), activity.processes.end(), same);
    return at == activity.processes.end() ? nullptr : &*at;
}

}  // namespace

Test(activity, an_empty_host_is_quiet) {
    FakeHost host(43140);
    const Activity activity = scan_until_consistent(host.bus, host.account);
    cr_expect(activity.quiet() && activity.saw_all && activity.errors.empty());
}

Test(activity, sessions_that_count) {
    const struct {
        const char* what;
        const char* state;
        bool has_scope;
        bool has_process;
        bool is_seen;
    } rows[] = {
        {"active", "active", true, true, true},
        {"active, no process left", "active", true, false, true},
        {"closing, with a process", "closing", true, true, true},
        {"closing, a record alone", "closing", true, false, false},
        {"closing, without a scope", "closing", false, false, true},
    };
    FakeHost host(43141);
    for (const auto& row : rows) {
        const pid_t pid = host.log_in("1");
        host.logind.sessions[0].state = row.state;
        if (!row.has_scope) host.logind.sessions[0].scope.clear();
        if (!row.has_process) host.tree.remove(pid);
        Activity activity;
        scan_sessions(host.bus, host.account, activity);
        EXPECT_ROW(activity.errors.empty(), row.what);
        EXPECT_ROW(activity.sessions.size() == (row.is_seen ? 1 : 0), row.what);
        host.log_out("1");
    }
}

Test(activity, no_session_is_left_out) {
    FakeHost host(43142);
    const pid_t first = host.log_in("1");
    const pid_t second = host.log_in("2");
    host.logind.sessions.push_back(session_of("3", host.uid + 1, "bob"));
    host.tree.add(process_of(host.uid, kFakePid + 1, kCronGroup));
    const Activity activity = scan_until_consistent(host.bus, host.account);
    cr_assert(activity.sessions.size() == 2);
    cr_expect(activity.sessions[0].id == "1" && activity.sessions[1].id == "2");
    cr_expect(activity.processes.size() == 3);
    cr_expect(find(activity, first) != nullptr && find(activity, first)->tie == Tie::slice);
    cr_expect(find(activity, second) != nullptr);
    cr_expect(find(activity, kFakePid + 1) != nullptr &&
              find(activity, kFakePid + 1)->tie == Tie::uid);
    cr_expect(activity.populated == host.scope("1") || activity.populated == host.scope("2"));
    cr_expect(!activity.quiet());
}

Test(activity, both_uids_of_an_account) {
    FakeHost host(43143);
    host.account.uids = {43143, 43144};
    host.tree.add(process_of(43144, kFakePid + 1, "/user.slice/user-43144.slice/session-4.scope"));
    Session session = session_of("4", 43144, "alice");
    host.logind.sessions = {session};
    const Activity activity = scan_until_consistent(host.bus, host.account);
    cr_expect(activity.sessions.size() == 1 && activity.processes.size() == 1);
}

// The leader may still start a shell after logind has removed the session.
Test(activity, the_leader_of_a_session_is_a_login) {
    FakeHost host(43145);
    host.log_in("1");
    host.logind.sessions[0].leader = kFakePid + 1;
    const FakeProcess leader{kFakePid + 1, {}, "/system.slice/x.service", host.uid, "loginserver"};
    host.tree.add(leader);
    ScanState state;
    const Activity first = scan(host.bus, host.account, state);
    cr_assert(find(first, leader.pid) != nullptr);
    cr_expect(find(first, leader.pid)->tie == Tie::login);
    host.log_out("1");
    const Activity second = scan(host.bus, host.account, state);
    cr_assert(find(second, leader.pid) != nullptr);
    cr_expect(find(second, leader.pid)->tie == Tie::login, "remembered");
}

// A deleted account has a slice while its sessions last.
Test(activity, a_subordinate_uid_with_a_slice_is_another_user) {
    FakeHost host(43146);
    host.account.subordinate = {{243146, 2}};
    host.tree.add(process_of(243146, kFakePid + 1, kCronGroup));
    host.tree.add(process_of(243147, kFakePid + 2, kCronGroup));
    host.tree.add_group(slice_path(243147));
    ScanState state;
    const Activity activity = scan(host.bus, host.account, state);
    cr_assert(activity.processes.size() == 1);
    cr_expect(activity.processes[0].pid == kFakePid + 1 && activity.processes[0].tie == Tie::uid);
    cr_expect(state.subuids == std::set<std::uint32_t>{243146});
}

Test(activity, processes_that_the_kernel_lists_and_proc_does_not_show) {
    FakeHost host(43147);
    host.tree.add_unseen(host.slice);
    host.tree.write_in_group(host.slice, "cgroup.procs", "4194399\n");
    const std::uint64_t begun_usec = monotonic_usec();
    const Activity activity = scan_until_consistent(host.bus, host.account);
    cr_expect(monotonic_usec() - begun_usec >= 1'000'000, "looked again for a moment");
    cr_expect(activity.processes.empty() && !activity.quiet());
    cr_assert(activity.errors.size() == 1 && activity.errors[0].fault == Fault::io);
    cr_expect(activity.errors[0].object.view() == host.slice + " (pid 4194399)");
}

// The kernel updates cgroup.events some time after a process ends.
Test(activity, a_group_without_processes_that_says_populated) {
    FakeHost host(43148);
    host.tree.add_unseen(host.slice);
    cr_expect(scan_until_consistent(host.bus, host.account).quiet(),
              "the kernel counts none for the UID");
    const RealProcess real(host.uid);
    const Activity activity = scan_until_consistent(host.bus, host.account);
    cr_expect(activity.populated == host.slice && activity.errors.size() == 1, "now it counts one");
}

Test(activity, what_cannot_be_asked_or_seen_is_an_error_and_the_rest_is_seen) {
    FakeHost host(43149);
    host.log_in("1");
    host.logind.failing = {"ListSessions"};
    const Activity without_logind = scan_until_consistent(host.bus, host.account);
    cr_expect(without_logind.errors.size() == 1 && without_logind.processes.size() == 1);
    cr_expect(without_logind.errors[0].fault == Fault::bus && without_logind.saw_all);
    Result<Bus> none = make_error(Fault::bus, "system bus", "is not there");
    const Activity without_bus = scan_until_consistent(none, host.account);
    cr_expect(without_bus.errors.size() == 1 && without_bus.processes.size() == 1);
    host.logind.failing.clear();
    std::filesystem::remove_all(host.tree.path + "/proc");
    ScanState state;
    const Activity without_proc = scan(host.bus, host.account, state);
    cr_expect(!without_proc.saw_all && without_proc.sessions.size() == 1);
    cr_expect(without_proc.errors.size() == 1 && without_proc.errors[0].fault == Fault::io);
}

// logind's files name no session of this UID.
Test(activity, presence_by_the_files_and_the_processes) {
    const struct {
        const char* cgroup;  // of a process with the UID; empty: no process
        Presence presence;
    } rows[] = {
        {"", Presence::none},
        {"/system.slice/ssh.service", Presence::unregistered},
        {"/system.slice/cron.service", Presence::background},
        {"/user.slice/user-43151.slice/user@43151.service", Presence::background},
        {"/user.slice/user-43151.slice/session-1.scope", Presence::unknown},  // they disagree
    };
    FakeHost host(43151);
    host.logind.failing = {"ListSessions"};
    Result<Bus> none = make_error(Fault::bus, "system bus", "is not there");
    host.tree.write("/run/systemd/sessions/c1", "");
    cr_expect(presence_of(none, host.account).presence == Presence::unknown, "not booted");
    host.tree.write("/run/systemd/system/x.service", "");
    for (const auto& row : rows) {
        std::optional<RealProcess> real;
        if (*row.cgroup != '\0')
            host.tree.add(process_of(host.uid, real.emplace(host.uid).pid(), row.cgroup));
        for (Result<Bus>* bus : {&host.bus, &none}) {
            const PresenceReport report = presence_of(*bus, host.account);
            EXPECT_ROW(report.presence == row.presence,
                       std::string(row.cgroup) + ": " + presence_word(report.presence));
            EXPECT_ROW(!report.errors.empty(), row.cgroup);
        }
        if (real) host.tree.remove(real->pid());
    }
    host.account.uids = {0};
    cr_expect(presence_of(none, host.account).presence == Presence::unknown, "root");
    host.account.uids = {host.uid};
    std::filesystem::remove_all(host.tree.path + "/proc");
    cr_expect(presence_of(none, host.account).presence == Presence::unknown, "no /proc");
}

Test(activity, presence) {
    const struct {
        const char* cgroup;   // of a process with the UID; empty: no process
        const char* state;    // of a session; empty: no session
        const char* failing;  // a logind method
        Presence presence;
    } rows[] = {
        {"", "", "", Presence::none},
        {"", "active", "", Presence::logged_in},
        {"session", "closing", "", Presence::closing},
        {"/system.slice/ssh.service", "", "", Presence::unregistered},
        {"/system.slice/system-getty.slice/getty@tty1.service", "", "", Presence::unregistered},
        {"/system.slice/cron.service", "", "", Presence::background},
        {"manager", "", "", Presence::background},
        {"", "", "ListSessions", Presence::unknown},  // there are no files of logind, either
        {"/system.slice/cron.service", "", "ListSessions", Presence::unknown},
    };
    FakeHost host(43150);
    for (const auto& row : rows) {
        const std::string what = std::string(row.cgroup) + " " + row.state + " " + row.failing;
        std::string cgroup = row.cgroup;
        if (cgroup == "manager") cgroup = host.slice + "/user@43150.service";
        if (cgroup == "session") cgroup = host.scope("1");
        std::optional<RealProcess> real;
        if (!cgroup.empty())
            host.tree.add(process_of(host.uid, real.emplace(host.uid).pid(), cgroup));
        if (*row.state != '\0') {
            host.tree.remove(host.log_in("1"));
            host.logind.sessions[0].state = row.state;
        }
        host.logind.failing = {row.failing};
        const PresenceReport report = presence_of(host.bus, host.account);
        EXPECT_ROW(report.presence == row.presence, what + ": " + presence_word(report.presence));
        EXPECT_ROW(report.sessions.size() == (*row.state != '\0' ? 1 : 0), what);
        EXPECT_ROW(report.processes.size() == (row.presence == Presence::unregistered ? 1 : 0),
                   what);
        host.log_out("1");
        if (real) host.tree.remove(real->pid());
    }
}
