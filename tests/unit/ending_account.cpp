// Ending a user: ask, wait, kill, scan again, report.
#include <algorithm>

#include "fake_host.hpp"
#include "revoke/logind/ending.hpp"

using namespace pam_revoke;

namespace {

constexpr std::uint64_t kLimitUsec = 10'000'000;
constexpr std::uint64_t kLongGraceUsec = 5'000'000;
const EndOptions kPolite{0, kLimitUsec, false, false};
const EndOptions kPatient{kLongGraceUsec, kLimitUsec, false, false};
const EndOptions kAtOnce{kLongGraceUsec, kLimitUsec, true, false};

bool contains(const std::vector<std::string>& texts, const std::string& text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// Between two scans, the writes to cgroup.kill take effect.
EndReport end(FakeHost& host, const EndOptions& options) {
    return end_account(host.bus, host.account, options,
                       [&host](const Progress&) { host.carry_out_kills(); });
}

}  // namespace

Test(ending_account, a_user_without_anything_is_verified) {
    FakeHost host(43180);
    const EndReport report = end(host, kPolite);
    cr_expect(report.verified() && report.ended.empty() && report.processes_ended == 0);
    cr_expect(!report.own_left && report.errors.empty());
    cr_expect(host.logind.requests().empty() && !host.tree.is_killed(host.slice));
    cr_expect(end_account(host.bus, {}, kPolite, {}).verified(), "an account without a UID");
}

Test(ending_account, sessions_that_end_when_asked_are_not_killed) {
    FakeHost host(43181);
    host.log_in("1");
    host.log_in("2");
    host.logind.on_call = [&](const std::string& call) {
        if (call != "TerminateUser 43181") return;
        host.log_out("1");
        host.log_out("2");
    };
    const EndReport report = end_account(host.bus, host.account, kPatient, {});
    cr_expect(report.verified() && report.processes_ended == 2);
    cr_assert(report.ended.size() == 2);
    cr_expect(report.ended[0].id == "1" && report.ended[1].id == "2");
    cr_expect(host.logind.requests() ==
              std::vector<std::string>({"TerminateUser 43181", "StopUnit user-43181.slice"}));
    cr_expect(!host.tree.is_killed(host.slice));
    cr_expect(report.elapsed_usec < kLongGraceUsec, "nothing is waited for any more");
}

Test(ending_account, what_does_not_end_in_its_grace_is_killed) {
    FakeHost host(43182);
    host.log_in("1");
    bool was_killed_before = true;
    host.logind.on_call = [&](const std::string& call) {
        if (call == "TerminateUser 43182") was_killed_before = host.tree.is_killed(host.slice);
    };
    const EndReport report = end(host, kPolite);
    cr_expect(!was_killed_before, "asked first");
    cr_expect(host.tree.is_killed(host.slice));
    cr_expect(report.verified() && report.ended.size() == 1 && report.processes_ended == 1);
    cr_expect(report.elapsed_usec >= kLeastGraceUsec);
}

Test(ending_account, at_once_is_killed_before_it_is_asked) {
    FakeHost host(43183);
    host.log_in("1");
    bool was_killed_before = false;
    host.logind.on_call = [&](const std::string& call) {
        if (call == "TerminateUser 43183") was_killed_before = host.tree.is_killed(host.slice);
    };
    const EndReport report = end(host, kAtOnce);
    cr_expect(host.tree.is_killed(host.slice) && report.verified());
    cr_expect(report.ended.size() == 1 && report.processes_ended == 1);
    cr_expect(was_killed_before);
    cr_expect(report.elapsed_usec < kLongGraceUsec);
}

Test(ending_account, what_is_left_at_the_deadline_is_reported) {
    FakeHost host(43184);
    const pid_t pid = host.log_in("1");
    host.logind.failing = {"TerminateUser"};
    const EndOptions options{0, 1'200'000, false, false};
    const EndReport report = end_account(host.bus, host.account, options, {});
    cr_expect(!report.verified() && report.ended.empty());
    cr_assert(report.sessions.size() == 1 && report.survivors.size() == 1);
    cr_expect(report.sessions[0].id == "1" && report.survivors[0].pid == pid);
    cr_expect(report.processes_ended == 0);
    cr_expect(report.errors.size() == 1 && report.errors[0].fault == Fault::bus,
              "what logind refused");
    cr_expect(report.elapsed_usec >= options.limit_usec);
    cr_expect(report.elapsed_usec < options.limit_usec + kCallUsec);
}

Test(ending_account, a_refusal_that_did_not_matter_is_not_reported) {
    FakeHost host(43185);
    host.log_in("1");
    host.logind.failing = {"TerminateUser"};
    const EndReport report = end(host, kPolite);
    cr_expect(report.verified() && report.ended.size() == 1);
}

Test(ending_account, services_that_start_again_are_stopped) {
    FakeHost host(43186);
    host.logind.activating = {{"a.service", "alice"}};
    host.logind.on_call = [&](const std::string& call) {
        if (call == "StopUnit a.service") host.logind.activating.clear();
    };
    const EndReport report = end(host, kPolite);
    cr_expect(report.verified());
    cr_expect(host.logind.count("StopUnit a.service") == 1);
}

// By su or sudo in a service of root: it ends with the process, and restarts later.
Test(ending_account, a_service_of_root_that_is_about_to_restart_is_reported) {
    FakeHost host(43198);
    host.tree.add(process_of(host.uid, kFakePid + 1, "/system.slice/app.service"));
    host.logind.loaded = {{"app.service", ""}};
    host.logind.activating = {{"app.service", ""}, {"other.service", ""}};
    bool is_first = true;
    const EndReport report = end_account(host.bus, host.account, kPolite, [&](const Progress&) {
        if (is_first) host.tree.remove(kFakePid + 1);
        is_first = false;
    });
    cr_assert(report.supervisors.size() == 1 && !report.verified());
    cr_expect(report.supervisors[0].object.view() == "app.service");
    cr_expect(host.logind.count("StopUnit app.service") == 0);
}

Test(ending_account, restarting_services_of_a_system_account_can_be_spared) {
    for (const bool is_spared : {true, false}) {
        FakeHost host(547);  // kills it: no UID of the hosts that run at the same time
        host.logind.activating = {{"db.service", "547"}};
        host.logind.on_call = [&](const std::string& call) {
            if (call == "StopUnit db.service") host.logind.activating.clear();
        };
        EndOptions options = kPolite;
        options.spares_services = is_spared;
        const EndReport report = end(host, options);
        EXPECT_ROW(report.verified() == !is_spared, is_spared ? "spared" : "not spared");
        EXPECT_ROW(host.logind.count("StopUnit db.service") == (is_spared ? 0 : 1), "stopped");
    }
}

Test(ending_account, what_starts_a_service_of_the_user_is_reported) {
    FakeHost host(43195);
    host.logind.loaded = {{"backup.service", "alice"},
                          {"uid.service", "43195"},
                          {"other.service", "bob"},
                          {"accept@0.service", "alias"}};
    host.account.aliases = {"alias"};
    host.logind.starters = {{"backup.timer", "backup.service"},
                            {"uid.socket", "uid.service"},
                            {"other.timer", "other.service"},
                            {"gone.path", "gone.service"},
                            {"accept.socket", ""},
                            {"boot.timer", "backup.service", "elapsed"},
                            {"target.timer", "some.target"}};
    const EndReport report = end(host, kPolite);
    cr_assert(report.starters.size() == 3 && report.errors.empty() && !report.verified());
    cr_expect(error_of(report.starters[0]).object.view() == "backup.timer (backup.service)");
    cr_expect(report.starters[1].unit == "uid.socket" &&
              report.starters[1].service == "uid.service");
    cr_expect(report.starters[2].unit == "accept.socket" &&
              report.starters[2].service == "accept@.service");
}

Test(ending_account, units_of_strays_are_stopped_when_they_are_the_users_alone) {
    const struct {
        const char* cgroup;
        bool is_shared;
        const char* request;
        bool is_stopped;
    } rows[] = {
        {"/system.slice/a.service", false, "StopUnit a.service", true},
        {"/system.slice/main.service", false, "StopUnit main.service", true},
        {"/system.slice/networking.service", false, "StopUnit networking.service", false},
        {"/system.slice/gone.service", false, "StopUnit gone.service", false},
        {"/system.slice/b.service", true, "StopUnit b.service", false},
        {"/system.slice/system-getty.slice/getty@tty1.service", false,
         "StopUnit getty@tty1.service", false},
        {"/system.slice/libpod-4f2c.scope", false, "StopUnit libpod-4f2c.scope", true},
    };
    for (const auto& row : rows) {
        FakeHost host(43187);
        host.logind.loaded = {{"a.service", "alice"},
                              {"b.service", "alice"},
                              {"main.service", "", "", kFakePid + 1},
                              {"networking.service", ""},
                              {"getty@tty1.service", ""}};
        host.tree.add(process_of(host.uid, kFakePid + 1, row.cgroup));
        if (row.is_shared) host.tree.add(process_of(0, kFakePid + 2, row.cgroup));
        // It ends when asked.
        const auto end_when_asked = [&](const Progress&) {
            if (contains(host.logind.calls, "TerminateUser 43187")) host.tree.remove(kFakePid + 1);
        };
        const EndReport report = end_account(host.bus, host.account, kPolite, end_when_asked);
        EXPECT_ROW(report.verified() && report.processes_ended == 1, row.cgroup);
        EXPECT_ROW(contains(host.logind.requests(), row.request) == row.is_stopped, row.cgroup);
        EXPECT_ROW(report.units_stopped.size() == (row.is_stopped ? 1 : 0), row.cgroup);
        const bool is_container = row.request == std::string_view("StopUnit libpod-4f2c.scope");
        EXPECT_ROW(report.containers.size() == (is_container ? 1 : 0), row.cgroup);
    }
}

Test(ending_account, strays_get_signals_one_by_one) {
    const struct {
        std::uint32_t uid;
        bool ignores_signals;
        int signal;
    } rows[] = {{43188, false, SIGTERM}, {43189, true, SIGKILL}};
    for (const auto& row : rows) {
        const std::string what = std::to_string(row.uid);
        FakeHost host(row.uid);
        RealProcess stray(row.uid, row.ignores_signals);
        host.tree.add(process_of(row.uid, stray.pid(), kCronGroup));
        const auto bury = [&](const Progress&) {
            if (stray.signal()) host.tree.remove(stray.pid());
        };
        const EndOptions& options = row.ignores_signals ? kPolite : kPatient;
        const EndReport report = end_account(host.bus, host.account, options, bury);
        EXPECT_ROW(report.verified() && report.processes_ended == 1, what);
        EXPECT_ROW(stray.signal() == row.signal, what);
        const bool had_its_grace =
            report.elapsed_usec >= std::max(options.grace_usec, kLeastGraceUsec);
        EXPECT_ROW(had_its_grace == row.ignores_signals, what);
    }
}

// Processes that no scan finds are killed by UID, all at once.
Test(ending_account, a_process_that_only_the_kernel_counts_is_killed) {
    FakeHost host(43190);
    RealProcess hidden(host.uid);
    const auto bury = [&](const Progress&) { (void)hidden.signal(); };
    const EndReport report = end_account(host.bus, host.account, kPolite, bury);
    cr_expect(report.verified());
    cr_expect(hidden.signal() == SIGKILL);
}

Test(ending_account, descendants_are_reported_and_ended_only_if_asked_for) {
    for (const bool is_asked_for : {false, true}) {
        FakeHost host(43191);
        RealProcess daemon(0);
        host.tree.add({daemon.pid(), {}, kCronGroup, host.uid});
        const auto bury = [&](const Progress&) {
            if (daemon.signal()) host.tree.remove(daemon.pid());
        };
        const EndOptions options{0, 2'000'000, false, is_asked_for};
        const EndReport report = end_account(host.bus, host.account, options, bury);
        cr_expect(report.verified() == is_asked_for);
        cr_expect(report.survivors.size() == (is_asked_for ? 0 : 1));
        cr_expect(daemon.signal().has_value() == is_asked_for);
    }
}

Test(ending_account, what_cannot_be_seen_or_asked_is_not_verified) {
    const EndOptions options{0, 600'000, true, false};
    FakeHost without_bus(43192);
    without_bus.log_in("1");
    without_bus.bus = make_error(Fault::bus, "system bus", "is not there");
    const EndReport no_bus = end(without_bus, options);
    cr_expect(without_bus.tree.is_killed(without_bus.slice), "killed all the same");
    cr_expect(no_bus.survivors.empty() && !no_bus.verified());
    FakeHost without_proc(43193);
    std::filesystem::remove_all(without_proc.tree.path + "/proc");
    const EndReport no_proc = end_account(without_proc.bus, without_proc.account, options, {});
    cr_expect(no_proc.survivors.empty() && !no_proc.verified());
    cr_expect(!no_proc.errors.empty() && no_proc.errors[0].fault == Fault::io);
}

Test(ending_account, the_own_session_comes_last) {
    enter_session("/user.slice/user-43194.slice/session-1.scope");
    FakeHost host(43194);
    host.tree.write("/proc/self/cgroup", "0::" + host.scope("1") + "\n");
    host.log_in("1");
    host.log_in("2");
    const EndReport report = end(host, kPolite);
    cr_expect(report.verified() && report.own_left);
    cr_assert(report.ended.size() == 1);
    cr_expect(report.ended[0].id == "2");
    cr_expect(!host.tree.is_killed(host.slice) && !host.tree.is_killed(host.scope("1")));
    cr_expect(host.tree.is_killed(host.scope("2")));
    cr_expect(host.logind.requests() == std::vector<std::string>({"TerminateSession 2"}));
    end_own(host.bus, host.account);
    cr_expect(host.logind.requests() ==
              std::vector<std::string>(
                  {"TerminateSession 2", "TerminateSession 1", "StopUnit user-43194.slice"}));
}
