#include "revoke/logind/sessions.hpp"

#include "fake_logind.hpp"
#include "fake_tree.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/bus.hpp"
#include "revoke/logind/units.hpp"

using namespace pam_revoke;

namespace {

constexpr std::uint32_t kUid = 43130;

Bus bus_of_test() {
    auto bus = Bus::open(monotonic_usec() + 10'000'000);
    cr_assert(bus.ok());
    return std::move(bus).value();
}

}  // namespace

Test(sessions, everything_that_logind_says_of_one) {
    FakeTree tree;
    tree.add(process_of(kUid, kFakePid, "/user.slice/user-43130.slice/session-7.scope"));
    FakeLogind logind;
    Session session = session_of("7", kUid, "alice");
    session.klass = "user";
    session.type = "tty";
    session.service = "sshd";
    session.remote_host = "192.0.2.1";
    session.scope = "session-7.scope";
    session.remote = true;
    session.leader = 17;
    session.since_sec = 1795226400;
    logind.sessions = {session};
    Bus bus = bus_of_test();
    const auto listed = list_sessions(bus, kUid);
    cr_assert(listed.ok() && listed.value().size() == 1);
    const Session& found = listed.value()[0];
    cr_expect(found.id == "7" && found.uid == kUid && found.user == "alice");
    cr_expect(found.state == "active" && found.klass == "user" && found.type == "tty");
    cr_expect(found.service == "sshd" && found.remote_host == "192.0.2.1" && found.remote);
    cr_expect(found.leader == 17 && found.since_sec == 1795226400);
    cr_expect(found.processes == 1, "counted in its cgroup");
    cr_expect(found.tty == "pts/0", "of the process, where logind names none");
    cr_expect(found.cgroup() == "/user.slice/user-43130.slice/session-7.scope");
    cr_expect(list_sessions(bus, kUid + 1).ok() && list_sessions(bus, kUid + 1).value().empty());
}

Test(sessions, they_are_sorted_and_those_that_end_meanwhile_left_out) {
    const FakeTree tree;
    FakeLogind logind;
    logind.sessions = {session_of("10", kUid, "alice"), session_of("9", kUid, "alice"),
                       session_of("c1", kUid, "Bob")};
    Bus bus = bus_of_test();
    const auto ids = [&bus] {
        std::string names;
        const auto listed = list_sessions(bus, std::nullopt);
        cr_assert(listed.ok());
        for (const Session& session : listed.value()) names += session.id + " ";
        return names;
    };
    cr_expect(ids() == "c1 9 10 ");
    logind.failing = {"ListSessions"};
    const auto failed = list_sessions(bus, std::nullopt);
    cr_expect(!failed.ok() && failed.error().fault == Fault::bus);
    logind.failing = {"GetAll"};
    cr_expect(!list_sessions(bus, std::nullopt).ok(), "a session that is not described is none");
}

Test(sessions, records_of_users) {
    FakeLogind logind;
    logind.sessions = {session_of("1", kUid, "alice")};
    logind.lingering = {{kUid + 1, "bob"}};
    Bus bus = bus_of_test();
    const auto records = list_records(bus);
    cr_assert(records.ok() && records.value().size() == 2);
    cr_expect(records.value()[0].uid == kUid + 1 && records.value()[0].name == "bob");
    cr_expect(records.value()[1].uid == kUid && records.value()[1].name == "alice");
}

Test(sessions, requests_name_what_is_to_end) {
    FakeLogind logind;
    Bus bus = bus_of_test();
    cr_expect(terminate_session(bus, "7").ok());
    cr_expect(terminate_user(bus, kUid).ok());
    cr_expect(stop_unit(bus, "user-43130.slice").ok());
    cr_expect(logind.requests() ==
              std::vector<std::string>(
                  {"TerminateSession 7", "TerminateUser 43130", "StopUnit user-43130.slice"}));
    logind.failing = {"TerminateSession", "TerminateUser", "StopUnit"};
    for (const auto& result : {terminate_session(bus, "7"), terminate_user(bus, kUid),
                               stop_unit(bus, "user-43130.slice")})
        cr_expect(!result.ok() && result.error().fault == Fault::bus);
}

Test(sessions, services_that_are_about_to_start_again) {
    FakeLogind logind;
    logind.activating = {{"a.service", "alice"},
                         {"b.service", "43130", "auto-restart-queued"},
                         {"starting.service", "alice", "start-pre"},
                         {"bob.service", "bob"},
                         {"root.service", ""}};
    Bus bus = bus_of_test();
    const auto units = restarting_units(bus, {"alice", "43130", ""});
    cr_assert(units.ok());
    cr_expect(units.value() == std::vector<std::string>({"a.service", "b.service"}));
    logind.failing = {"Get"};
    cr_expect(!restarting_units(bus, {"alice"}).ok(), "one that is not known may be the user's");
}

Test(sessions, a_connection_that_breaks_is_told_from_a_refusal) {
    FakeLogind logind;
    logind.breaks_at = "ListUsers";
    logind.failing = {"TerminateUser"};
    {
        Bus bus = bus_of_test();
        const auto refused = terminate_user(bus, kUid);
        cr_expect(!refused.ok() && !is_break_off(refused.error()));
        const auto broken = list_records(bus);
        cr_expect(!broken.ok() && is_break_off(broken.error()));
    }
    Bus bus = bus_of_test();
    cr_expect(list_records(bus).ok(), "the next connection is another");
}

Test(sessions, a_bus_without_an_answer_is_given_up) {
    setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);
    const auto bus = Bus::open(monotonic_usec() + 1'000'000);
    cr_expect(!bus.ok() && bus.error().fault == Fault::bus);
}
