// Ending selected sessions, and nothing else of their users.
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

using Requests = std::vector<std::string>;

// Ends the session with this ID. Between two scans, the writes to cgroup.kill take effect.
EndReport end(FakeHost& host, const std::string& id, const EndOptions& options) {
    std::vector<Session> chosen = host.logind.sessions;
    std::erase_if(chosen, [&id](const Session& session) { return session.id != id; });
    cr_assert(chosen.size() == 1);
    return end_sessions(host.bus, chosen, options,
                        [&host](const Progress&) { host.carry_out_kills(); });
}

}  // namespace

Test(ending_sessions, one_that_ends_when_asked_is_not_killed) {
    FakeHost host(43200);
    host.log_in("1");
    host.log_in("2");
    host.logind.on_call = [&](const std::string& call) {
        if (call == "TerminateSession 1") host.log_out("1");
    };
    const EndReport report = end(host, "1", kPatient);
    cr_expect(report.verified() && report.processes_ended == 1 && !report.own_left);
    cr_assert(report.ended.size() == 1);
    cr_expect(report.ended[0].id == "1");
    cr_expect(host.logind.requests() == Requests({"TerminateSession 1"}));
    cr_expect(!host.tree.is_killed(host.scope("1")));
    cr_expect(ControlGroup(host.scope("2")).populated(), "the other session stays");
    cr_expect(report.elapsed_usec < kLongGraceUsec);
}

Test(ending_sessions, one_that_does_not_end_in_its_grace_is_killed_alone) {
    FakeHost host(43201);
    host.log_in("1");
    host.log_in("2");
    bool was_killed_before = true;
    host.logind.on_call = [&](const std::string& call) {
        if (call == "TerminateSession 1") was_killed_before = host.tree.is_killed(host.scope("1"));
    };
    const EndReport report = end(host, "1", kPolite);
    cr_expect(!was_killed_before, "asked first");
    cr_expect(report.verified() && report.elapsed_usec >= kLeastGraceUsec);
    cr_expect(host.tree.is_killed(host.scope("1")));
    cr_expect(!host.tree.is_killed(host.scope("2")) && !host.tree.is_killed(host.slice));
    cr_expect(host.logind.requests() == Requests({"TerminateSession 1"}), "asked once");
}

Test(ending_sessions, at_once_is_killed_before_it_is_asked) {
    FakeHost host(43202);
    host.log_in("1");
    bool was_killed_before = false;
    host.logind.on_call = [&](const std::string& call) {
        if (call == "TerminateSession 1") was_killed_before = host.tree.is_killed(host.scope("1"));
    };
    const EndReport report = end(host, "1", kAtOnce);
    cr_expect(was_killed_before && report.verified());
    cr_expect(report.elapsed_usec < kLongGraceUsec);
}

// logind keeps the session for some time after its last process.
Test(ending_sessions, a_closing_record_without_processes_has_ended) {
    FakeHost host(43203);
    host.log_in("1");
    host.logind.on_call = [&](const std::string& call) {
        if (call != "TerminateSession 1") return;
        host.tree.remove_group(host.scope("1"));
        host.logind.sessions[0].state = "closing";
    };
    const EndReport report = end(host, "1", kPolite);
    cr_expect(report.verified() && report.ended.size() == 1);
}

Test(ending_sessions, a_session_that_logind_forgot_is_left_while_it_has_processes) {
    FakeHost host(43204);
    const pid_t pid = host.log_in("1");
    host.log_in("2");
    host.logind.on_call = [&](const std::string& call) {
        if (call == "TerminateSession 1") host.forget_session("1");
    };
    std::vector<Session> chosen{host.logind.sessions[0]};
    const EndOptions options{0, 1'200'000, false, false};
    const EndReport report = end_sessions(host.bus, chosen, options, {});
    cr_expect(!report.verified() && report.ended.empty());
    cr_assert(report.sessions.size() == 1 && report.survivors.size() == 1);
    cr_expect(report.sessions[0].id == "1" && report.survivors[0].pid == pid,
              "the process of the other session is none of them");
    cr_expect(report.elapsed_usec >= options.limit_usec);
    cr_expect(report.elapsed_usec < options.limit_usec + kCallUsec);
}

Test(ending_sessions, a_session_without_a_scope_is_ended_by_logind_alone) {
    FakeHost host(43205);
    host.logind.sessions = {session_of("1", host.uid, "alice")};
    host.tree.add(process_of(host.uid, kFakePid, kCronGroup));
    host.logind.failing = {"TerminateSession"};
    const EndOptions options{0, 600'000, false, false};
    const EndReport report = end(host, "1", options);
    cr_expect(report.sessions.size() == 1 && report.survivors.empty());
    cr_expect(report.errors.size() == 1 && report.errors[0].fault == Fault::bus,
              "what logind refused");
    cr_expect(!host.tree.is_killed(kCronGroup) && !host.tree.is_killed(host.slice));
}

Test(ending_sessions, without_logind_nothing_is_verified) {
    FakeHost host(43206);
    host.log_in("1");
    const std::vector<Session> chosen = host.logind.sessions;
    host.bus = make_error(Fault::bus, "system bus", "is not there");
    const EndOptions options{0, 600'000, true, false};
    const EndReport report = end_sessions(host.bus, chosen, options,
                                          [&host](const Progress&) { host.carry_out_kills(); });
    cr_expect(host.tree.is_killed(host.scope("1")), "killed all the same");
    cr_expect(!report.verified() && !report.errors.empty());
}

Test(ending_sessions, a_connection_that_breaks_is_opened_again) {
    FakeHost host(43207);
    host.log_in("1");
    host.logind.breaks_at = "TerminateSession";
    host.logind.on_call = [&](const std::string& call) {
        if (call == "TerminateSession 1") host.log_out("1");
    };
    const EndReport report = end(host, "1", kPolite);
    cr_expect(report.verified() && report.ended.size() == 1);
    cr_expect(host.logind.breaks_at.empty());
}

Test(ending_sessions, the_own_session_comes_last) {
    enter_session("/user.slice/user-43208.slice/session-1.scope");
    FakeHost host(43208);
    host.log_in("1");
    const EndReport report = end(host, "1", kAtOnce);
    cr_expect(report.own_left && report.ended.empty() && report.sessions.empty());
    cr_expect(host.logind.requests().empty() && !host.tree.is_killed(host.scope("1")));
    end_own_session(host.bus);
    cr_expect(host.logind.requests() == Requests({"TerminateSession 1"}));
}
