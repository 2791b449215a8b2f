#include "revoke/logind/report.hpp"

#include "unit.hpp"

using namespace pam_revoke;

namespace {

Session session_of(const char* klass, const char* state) {
    Session session;
    session.id = "3";
    session.user = "alice";
    session.uid = 1000;
    session.klass = klass;
    session.state = state;
    session.service = "sshd";
    session.tty = "pts/0";
    session.remote_host = "192.0.2.7";
    return session;
}

const Process kProcess{4711, 1000, Tie::uid, "/system.slice/a.service",
                       "sl\x1b"
                       "eep"};

}  // namespace

Test(report, words) {
    cr_expect(describe(make_error(Fault::io, "/etc/\x01", "cannot open", ENOENT)) ==
              "/etc/\\x01: cannot open: No such file or directory");
    cr_expect(describe(make_error(Fault::bus, "ListUsers", "failed")) == "ListUsers: failed");
    cr_expect(describe(session_of("user", "active")) == "session 3 (sshd, pts/0 from 192.0.2.7)");
    cr_expect(describe(session_of("manager", "closing")) ==
              "session 3 (manager, sshd, pts/0 from 192.0.2.7, closing)");
    cr_expect(describe(kProcess) == "pid 4711 sl\\x1beep (user, a.service)");
}

Test(report, json) {
    const std::vector<Process> processes{kProcess, kProcess};
    const std::string one = to_json(kProcess);
    cr_expect(one.find("\"pid\": 4711") != std::string::npos, "%s", one.c_str());
    cr_expect(one.find("\"tie\": \"user\"") != std::string::npos);
    cr_expect(one.find("\"command\": \"sl\\u001beep\"") != std::string::npos);
    cr_expect(to_json_array(processes) == "[" + one + ", " + one + "]");
    cr_expect(to_json_array(std::vector<Session>()) == "[]");
    const std::string session = to_json(session_of("user", "active"));
    cr_expect(session.find("\"id\": \"3\"") != std::string::npos);
    cr_expect(session.find("opened_with") == std::string::npos, "only where it was asked");
    cr_expect(to_json(PersistenceHook{"crontab", "/a"}).find("\"path\": \"/a\"") !=
              std::string::npos);
    cr_expect(to_json(make_error(Fault::bus, "a", "b")) == "\"a: b\"");
}
