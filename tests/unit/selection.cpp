// Selected sessions, and the unit of a cgroup: both decide which processes end.
#include "selection.hpp"

#include "revoke/kernel/cgroup.hpp"
#include "unit.hpp"

using namespace pam_revoke;

Test(selection, addresses) {
    const struct {
        const char* pattern;
        const char* host;
        bool matches;
    } rows[] = {
        {"192.0.2.7", "192.0.2.7", true},
        {"192.0.2.7", "192.0.2.70", false},
        {"192.0.2.7", "::ffff:192.0.2.7", true},
        {"192.0.2.0/24", "192.0.2.255", true},
        {"192.0.2.0/24", "192.0.3.0", false},
        {"192.0.2.128/25", "192.0.2.127", false},
        {"0.0.0.0/0", "198.51.100.1", true},
        {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "2001:db8::1", true},
        {"2001:db8::/32", "2001:db8:ffff::1", true},
        {"2001:db8::/32", "2001:db9::1", false},
        {"fe80::1", "fe80::1%eth0", true},
        {"2001:DB8::1", "2001:db8:0::1", true},
        {"192.0.2.7", "host.example", false},
        {"192.0.2.7", "", false},
        {"host.example", "host.example", false},
        {"192.0.2.7/33", "192.0.2.7", false},
        {"192.0.2.7/", "192.0.2.7", false},
        {"192.0.2.7/-1", "192.0.2.7", false},
        {"192.0.2.07", "192.0.2.7", false},
        {"1", "0.0.0.1", false},
    };
    for (const auto& row : rows)
        EXPECT_ROW(address_matches(row.pattern, row.host) == row.matches,
                   std::string(row.pattern) + " " + row.host);
}

Test(selection, every_given_field_must_match) {
    Session session;
    session.id = "3";
    session.service = "sshd";
    session.tty = "pts/1";
    session.remote_host = "192.0.2.7";
    cr_expect(Selection{}.matches(session));
    cr_expect(Selection({"sshd", "pts/1", "192.0.2.0/24", "3"}).matches(session));
    cr_expect(Selection({"sshd", "/dev/pts/1", "", ""}).matches(session));
    cr_expect(!Selection({"ssh", "", "", ""}).matches(session));
    cr_expect(!Selection({"sshd", "pts/11", "", ""}).matches(session));
    cr_expect(!Selection({"sshd", "pts/1", "192.0.2.8", ""}).matches(session));
    cr_expect(!Selection({"", "", "", "33"}).matches(session));
    cr_expect(!Selection({"sshd", "", "192.0.2.8", ""}).doubt(session), "it has an address");
}

// sshd with UseDNS records a name, which its owner chooses.
Test(selection, a_host_name_is_in_doubt) {
    Session session;
    session.id = "3";
    session.user = "alice";
    session.service = "sshd";
    session.remote_host = "mail.example.org";
    const Selection by_address{"", "", "192.0.2.0/24", ""};
    cr_expect(!by_address.matches(session));
    cr_assert(by_address.doubt(session));
    cr_expect(by_address.doubt(session)->object.view() == "session 3 of alice");
    cr_expect(!Selection({"login", "", "192.0.2.0/24", ""}).doubt(session), "another service");
    cr_expect(!Selection({"sshd", "", "", ""}).doubt(session), "no address is selected");
    session.remote_host = "fe80::1%eth0";
    cr_expect(!by_address.doubt(session));
    session.remote_host = "";
    cr_expect(!by_address.doubt(session), "a local session");
}

Test(cgroup, the_unit_of_a_path) {
    const struct {
        const char* cgroup;
        const char* unit;
        const char* path;
    } rows[] = {
        {"/system.slice/ssh.service", "ssh.service", "/system.slice/ssh.service"},
        {"/system.slice/cron.service/below/more", "cron.service", "/system.slice/cron.service"},
        {"/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service",
         "/system.slice/system-getty.slice/getty@tty1.service"},
        {"/user.slice/user-1000.slice/session-3.scope", "session-3.scope",
         "/user.slice/user-1000.slice/session-3.scope"},
        {"/init.scope", "init.scope", "/init.scope"},
        {"/user.slice/user-1000.slice", "", ""},
        {"/", "", ""},
        {"", "", ""},
    };
    for (const auto& row : rows) {
        std::string path;
        EXPECT_ROW(unit_of(row.cgroup, &path) == row.unit, row.cgroup);
        EXPECT_ROW(path == row.path, row.cgroup);
    }
    cr_expect(is_within("/a/b", "/a/b") && is_within("/a/b/c", "/a/b") &&
              !is_within("/a/bc", "/a/b"));
    cr_expect(!ControlGroup("/no/such/group").populated() &&
              ControlGroup("/no/such/group").pids().empty());
    cr_expect(!ControlGroup("/no/such/group").kill());
}

Test(cgroup, the_container_of_a_path) {
    const struct {
        const char* cgroup;
        const char* container;
    } rows[] = {
        {"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-4f2c.scope/container",
         "libpod-4f2c.scope"},
        {"/system.slice/docker-0af3.scope", "docker-0af3.scope"},
        {"/machine.slice/machine-web.scope/init.scope", "machine-web.scope"},
        {"/user.slice/user-1000.slice/libpod-conmon-4f2c.scope", ""},
        {"/user.slice/user-1000.slice/session-3.scope", ""},
        {"/system.slice/docker-registry.service", ""},
        {"/", ""},
        {"", ""},
    };
    for (const auto& row : rows) EXPECT_ROW(container_in(row.cgroup) == row.container, row.cgroup);
}
