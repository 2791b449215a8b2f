// Ending the sessions of a key, and its logins without a session.
#include <sys/stat.h>

#include <algorithm>

#include "fake_host.hpp"
#include "revoke/list/list.hpp"
#include "revoke/logind/ending.hpp"
#include "revoke/logind/key_logins.hpp"

using namespace pam_revoke;

namespace {

// A key as sshd shows it, and its fingerprint as ssh-keygen -l prints it.
const std::string kAuthInfo =
    "publickey ssh-ed25519 "
    "AAAAC3NzaC1lZDI1NTE5AAAAIGtra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr\n";
constexpr std::string_view kKey = "key:SHA256:sArVyTbDlP2ByuRNM59Xf/iwOUmdy69sxylyNl3iUQQ";
constexpr std::uint64_t kLimitUsec = 10'000'000;
const EndOptions kPolite{0, kLimitUsec, false, false};
const EndOptions kAtOnce{0, kLimitUsec, true, false};

Entry entry_of_key() {
    const Line line = parse_line(kKey);
    cr_assert(line.kind == LineKind::entry);
    return line.entry;
}

// A host with the gate's records.
struct Host : FakeHost {
    TestDirectory directory;
    RecordDirectory records{directory.path, geteuid()};
    Entry entry = entry_of_key();

    explicit Host(std::uint32_t user) : FakeHost(user) { chmod(directory.path.c_str(), 0700); }
    // Units: as FakeProcess::started.
    void write_record(pid_t pid, const std::string& text, std::uint64_t started = 100) const {
        const std::string file = directory.path + "/" + std::to_string(pid);
        std::ofstream(file) << "pam_revoke session 1 " << started << "\n" << text << std::flush;
        cr_assert(chmod(file.c_str(), 0600) == 0);
    }
    // Adds an sshd session opened with `auth_info`.
    void log_in_with(const std::string& id, const std::string& auth_info) {
        const pid_t leader = log_in(id);
        logind.sessions.back().leader = leader;
        write_record(leader, auth_info);
    }
    [[nodiscard]] EndReport end(const EndOptions& options) {
        return end_key(bus, entry, records, options,
                       [this](const Progress&) { carry_out_kills(); });
    }
};

}  // namespace

Test(ending_key, the_sessions_of_a_key) {
    Host host(43210);
    host.log_in_with("1", kAuthInfo);
    host.log_in_with("2", "password\n");
    const auto listed = list_sessions(host.bus.value(), std::nullopt);
    cr_assert(listed.ok() && listed.value().size() == 2);
    const OpenedSessions opened = opened_with(listed.value(), host.entry, host.records);
    cr_assert(opened.sessions.size() == 1);
    cr_expect(opened.sessions[0].id == "1" && opened.unknown.empty());
    cr_expect(opened.others == std::vector<std::string>({"2"}));
}

Test(ending_key, logins_beside_the_sessions) {
    const struct {
        const char* what;
        std::string auth_info;
        std::uint64_t started;  // in the record; the process started at 100
        bool has_session;
        std::size_t logins;
        std::size_t unknown;
    } rows[] = {
        {"with the key", kAuthInfo, 100, false, 1, 0},
        {"with a session", kAuthInfo, 100, true, 0, 0},
        {"with a password", "password\n", 100, false, 0, 0},
        {"an earlier process", kAuthInfo, 99, false, 0, 0},
        {"not understood", "publickey ssh-ed25519 ?\n", 100, false, 0, 1},
    };
    for (const auto& row : rows) {
        Host host(43211);
        host.tree.add(process_of(0, kFakePid, kCronGroup));
        host.write_record(kFakePid, row.auth_info, row.started);
        Session session = session_of("1", host.uid, "alice");
        session.leader = row.has_session ? kFakePid : 0;
        const Result<std::vector<Session>> listed(std::vector<Session>{session});
        const UnregisteredLogins unregistered =
            unregistered_logins(listed, host.entry, host.records);
        EXPECT_ROW(unregistered.logins.size() == row.logins, row.what);
        EXPECT_ROW(unregistered.unknown.size() == row.unknown, row.what);
    }
}

Test(ending_key, the_sessions_of_the_key_end_and_no_other) {
    Host host(43212);
    host.log_in_with("1", kAuthInfo);
    host.log_in_with("2", "password\n");
    const EndReport report = host.end(kPolite);
    cr_expect(report.verified() && report.logins_killed == 0);
    cr_assert(report.ended.size() == 1);
    cr_expect(report.ended[0].id == "1");
    cr_expect(host.logind.requests() == std::vector<std::string>({"TerminateSession 1"}));
    cr_expect(host.tree.is_killed(host.scope("1")) && !host.tree.is_killed(host.scope("2")));
}

Test(ending_key, a_login_without_a_session_is_killed) {
    Host host(43213);
    RealProcess login(host.uid, true);
    host.tree.add(process_of(0, login.pid(), "/system.slice/ssh.service"));
    host.write_record(login.pid(), kAuthInfo);
    const auto bury = [&](const Progress&) {
        if (login.signal()) host.tree.remove(login.pid());
    };
    const EndReport report = end_key(host.bus, host.entry, host.records, kAtOnce, bury);
    cr_expect(login.signal() == SIGKILL);
    cr_expect(report.verified() && report.logins_killed == 1 && report.ended.empty());
}

Test(ending_key, a_record_that_cannot_be_read_is_not_verified) {
    Host host(43214);
    host.tree.add(process_of(0, kFakePid, kCronGroup));
    host.write_record(kFakePid, kAuthInfo);
    chmod((host.directory.path + "/" + std::to_string(kFakePid)).c_str(), 0666);
    const EndReport report = host.end({0, 600'000, true, false});
    cr_expect(!report.verified());
    cr_assert(report.errors.size() == 1);
    cr_expect(report.errors[0].fault == Fault::insecure);
}

// Without a list of sessions, a recorded login may be the leader of a session.
Test(ending_key, a_login_that_was_killed_without_a_list_is_not_verified) {
    Host host(43215);
    RealProcess login(host.uid, true);
    host.tree.add(process_of(0, login.pid(), "/system.slice/ssh.service"));
    host.write_record(login.pid(), kAuthInfo);
    host.logind.failing.insert("ListSessions");
    const auto answer_again = [&](const Progress&) {
        if (!login.signal()) return;
        host.tree.remove(login.pid());
        host.logind.failing.clear();
    };
    const EndReport report = end_key(host.bus, host.entry, host.records, kAtOnce, answer_again);
    cr_expect(login.signal() == SIGKILL);
    cr_expect(report.logins_killed == 1 && report.sessions.empty());
    cr_expect(!report.verified() && report.errors.size() == 1);
}

Test(ending_key, without_logind_and_logins_there_is_no_wait) {
    Host host(43216);
    host.bus = make_error(Fault::bus, "system bus", "is not there");
    const EndReport report = host.end({kLimitUsec, kLimitUsec, false, false});
    cr_expect(!report.verified() && !report.errors.empty());
    cr_expect(report.elapsed_usec < kLimitUsec);
}

Test(ending_key, a_session_that_opens_late_is_asked_and_killed) {
    Host host(43217);
    host.log_in_with("1", kAuthInfo);
    bool is_late = false;
    // Session 1 resists until session 2 has opened.
    const auto open_late = [&](const Progress& progress) {
        if (is_late) return host.carry_out_kills();
        if (progress.elapsed_usec < kLeastGraceUsec) return;
        is_late = true;
        host.log_in_with("2", kAuthInfo);
    };
    // With this limit, the grace of session 2 is not over when the rounds are.
    const EndOptions options{0, 1'000'000, false, false};
    const EndReport report = end_key(host.bus, host.entry, host.records, options, open_late);
    const auto requests = host.logind.requests();
    cr_expect(std::count(requests.begin(), requests.end(), "TerminateSession 2") == 1);
    cr_expect(is_late && host.tree.is_killed(host.scope("2")));
    cr_expect(report.sessions.empty() && report.ended.size() == 2);
}
