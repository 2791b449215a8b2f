// Which key opened a session: by the gate's record, and by sshd's journal entries.
#include "revoke/logind/session_auth.hpp"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "revoke/logind/login_records.hpp"
#include "revoke/pam_revoke/login_record.hpp"
#include "unit.hpp"

using namespace pam_revoke;

namespace {

const std::string kKey = "SHA256:" + std::string(43, 'k');
const std::string kCa = "SHA256:" + std::string(43, 'c');
// A real key as sshd shows it, and its fingerprint as ssh-keygen -l prints it.
constexpr const char* kInfo =
    "publickey ssh-ed25519 "
    "AAAAC3NzaC1lZDI1NTE5AAAAIGtra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr\npassword\n";
constexpr const char* kInfoKey = "SHA256:sArVyTbDlP2ByuRNM59Xf/iwOUmdy69sxylyNl3iUQQ";

Session session_of(pid_t leader, const char* service = "sshd") {
    Session session;
    session.id = "7";
    session.service = service;
    session.leader = leader;
    return session;
}

struct Records : TestDirectory {
    Records() { chmod(path.c_str(), 0700); }
    [[nodiscard]] SessionAuth ask(pid_t leader) const {
        return auth_of(session_of(leader), path, geteuid());
    }
    [[nodiscard]] std::string own() const { return path + "/" + std::to_string(getpid()); }
    void write(const std::string& text) const {
        std::ofstream(own()) << text;
        chmod(own().c_str(), 0600);
    }
};

}  // namespace

Test(session_auth, a_record_is_read_back) {
    const Records records;
    cr_assert(record_session(records.path.c_str(), geteuid(), kInfo).ok());
    const SessionAuth auth = records.ask(getpid());
    cr_assert(auth.by == AuthSource::record && auth.keys.size() == 1);
    cr_expect(auth.keys.front().key == kInfoKey && auth.keys.front().ca.empty());
    struct stat status {};
    cr_expect(stat(records.own().c_str(), &status) == 0 && (status.st_mode & 07777) == 0600);
    cr_assert(record_session(records.path.c_str(), geteuid(), "password\n").ok(),
              "again, in its own place");
    cr_expect(records.ask(getpid()).by == AuthSource::record && records.ask(getpid()).keys.empty());
    forget_session(records.path.c_str(), geteuid());
    cr_expect(records.ask(getpid()).by == AuthSource::unknown &&
              access(records.own().c_str(), F_OK) != 0);
    cr_expect(auth_of(session_of(getpid(), "login"), records.path, geteuid()).by ==
              AuthSource::other);
}

// No key is read from a record of a reused PID, of another owner, or truncated.
Test(session_auth, an_invalid_record_is_rejected) {
    const Records records;
    cr_assert(record_session(records.path.c_str(), geteuid(), kInfo).ok());
    std::stringstream text;
    text << std::ifstream(records.own()).rdbuf();
    const std::string whole = text.str();
    const std::size_t digits = whole.find('\n');
    const std::string rows[] = {"", "pam_revoke session 2 " + whole.substr(21), whole.substr(0, 25),
                                whole.substr(0, digits) + "0" + whole.substr(digits),
                                whole + "publickey ssh-ed25519 AAAA\n"};
    for (const std::string& row : rows) {
        records.write(row);
        EXPECT_ROW(records.ask(getpid()).by == AuthSource::unknown && records.ask(getpid()).error,
                   row);
    }
    records.write(whole);
    cr_expect(records.ask(getpid()).by == AuthSource::record);
    chmod(records.own().c_str(), 0622);
    cr_expect(records.ask(getpid()).by == AuthSource::unknown, "writable by others");
    unlink(records.own().c_str());
    cr_assert(symlink("/etc/passwd", records.own().c_str()) == 0);
    cr_expect(records.ask(getpid()).by == AuthSource::unknown, "a link");
    cr_expect(record_session(records.path.c_str(), geteuid(), kInfo).ok() &&
              records.ask(getpid()).by == AuthSource::record);
    cr_expect(!record_session((records.path + "/none").c_str(), geteuid(), kInfo).ok());
    cr_expect(
        !record_session(records.path.c_str(), geteuid(), std::string(kMaxRecordBytes, 'x')).ok());
}

Test(session_auth, records_of_exited_processes_are_removed) {
    const Records records;
    const pid_t child = fork();
    if (child == 0) _exit(record_session(records.path.c_str(), geteuid(), kInfo).ok() ? 0 : 1);
    int status = -1;
    cr_assert(waitpid(child, &status, 0) == child && status == 0);
    cr_assert(record_session(records.path.c_str(), geteuid(), kInfo).ok());
    const std::string dead = records.path + "/" + std::to_string(child);
    std::ofstream(records.path + "/note") << "no record";
    cr_expect(access(dead.c_str(), F_OK) == 0);
    tidy_records(records.path, geteuid());
    cr_expect(access(dead.c_str(), F_OK) != 0 && access(records.own().c_str(), F_OK) == 0);
    cr_expect(access((records.path + "/note").c_str(), F_OK) == 0);
}

// Kills the process and its descendants only, never the calling process or its ancestors.
Test(session_auth, a_login_is_killed_with_its_children) {
    int ends[2];
    cr_assert(pipe(ends) == 0);
    const pid_t child = fork();
    if (child == 0) {
        const pid_t below = fork();
        if (below != 0) (void)!write(ends[1], &below, sizeof below);
        for (;;) pause();
    }
    const pid_t other = fork();
    if (other == 0)
        for (;;) pause();
    pid_t below = 0;
    cr_assert(read(ends[0], &below, sizeof below) == sizeof below);
    const auto meant = pid_ref_of(child);
    const auto grandchild = pid_ref_of(below);
    cr_assert(meant && grandchild && is_alive(*meant));
    kill_tree({child, meant->start_ticks + 1});
    cr_expect(waitpid(child, nullptr, WNOHANG) == 0 && is_alive(*grandchild),
              "another process of that number");
    kill_tree(*meant);
    int status = 0;
    cr_expect(waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
              WTERMSIG(status) == SIGKILL);
    for (int i = 0; i < 200 && is_alive(*grandchild); ++i) usleep(10'000);
    cr_expect(!is_alive(*grandchild));
    cr_expect(waitpid(other, nullptr, WNOHANG) == 0, "nobody else");
    kill(other, SIGKILL);
    waitpid(other, nullptr, 0);
}

// A process that forks while it is killed leaves no child.
Test(session_auth, a_login_that_forks_is_killed_completely) {
    cr_assert(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    for (int round = 0; round < 20; ++round) {
        const pid_t child = fork();
        if (child == 0) {
            alarm(20);  // in case the test fails
            for (int i = 0; i < 300; ++i) {
                if (fork() == 0) {
                    alarm(20);
                    for (;;) pause();
                }
                usleep(200);
            }
            for (;;) pause();
        }
        usleep(3000);
        const auto meant = pid_ref_of(child);
        cr_assert(meant.has_value());
        kill_tree(*meant);
        int left = 0;
        for (int i = 0; i < 500 && (left = waitpid(-1, nullptr, WNOHANG)) >= 0; ++i)
            if (left == 0) usleep(10'000);
        cr_expect(left < 0, "round %d: something lives on", round);
    }
}

Test(session_auth, messages_of_sshd) {
    const std::string head = "Accepted publickey for alice from 192.0.2.7 port 50022 ssh2: ";
    const std::string certified = head + "ED25519-CERT " + kKey + " ID ";
    const struct {
        std::string message;
        bool told;
        AuthKey key;
    } rows[] = {
        {head + "ED25519 " + kKey, true, {kKey, {}, 0, {}}},
        {"Partial publickey for alice from ::1 port 1 ssh2: RSA " + kKey, true, {kKey, {}, 0, {}}},
        {"Accepted password for alice from 192.0.2.7 port 50022 ssh2", true, {}},
        {"Accepted keyboard-interactive/pam for alice from ::1 port 22 ssh2", true, {}},
        {certified + "alice@laptop (serial 17) CA ED25519 " + kCa,
         true,
         {kKey, kCa, 17, "alice@laptop"}},
        {certified + "a (serial 1) CA RSA SHA256:x (serial 18446744073709551615) CA RSA " + kCa +
             " from file",
         true,
         {kKey, kCa, 18446744073709551615U, "a (serial 1) CA RSA SHA256:x"}},
        {certified + " (serial 0) CA ED25519 " + kCa, true, {kKey, kCa, 0, ""}},
        {certified + "alice (serial x) CA ED25519 " + kCa, false, {}},
        {certified + "alice (serial 17)", false, {}},
        {head + "ED25519 MD5:00", false, {}},
        {"Accepted publickey for alice from 192.0.2.7 port 50022 ssh2", false, {}},
        {"Failed publickey for alice from 192.0.2.7 port 50022 ssh2: ED25519 " + kKey, false, {}},
        {"session opened for user alice: Accepted publickey for bob from ::1 port 1 ssh2: RSA " +
             kKey,
         false,
         {}},
        {"", false, {}},
    };
    for (const auto& row : rows) {
        const auto key = key_in_message(row.message);
        EXPECT_ROW(key.has_value() == row.told, row.message);
        if (key && row.told)
            EXPECT_ROW(key->key == row.key.key && key->ca == row.key.ca &&
                           key->serial == row.key.serial && key->key_id == row.key.key_id,
                       row.message);
    }
}
