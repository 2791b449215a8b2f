// Processes on a fake /proc: every reason for which one belongs to a user, and every reason for
// which one does not.
#include <algorithm>
#include <optional>

#include "fake_tree.hpp"
#include "revoke/kernel/processes.hpp"
#include "revoke/kernel/subuid.hpp"

using namespace pam_revoke;

namespace {

constexpr std::uint32_t kUid = 43120;
constexpr std::uint32_t kOther = 43121;
constexpr std::uint32_t kSubordinate = 243120;
const std::vector<UidRange> kRanges{{kSubordinate, 10}};
const std::string kScope = "/user.slice/user-43120.slice/session-1.scope";
const std::string kManager = "/user.slice/user-43120.slice/user@43120.service/app.slice/a.service";
const std::string kCron = "/system.slice/cron.service";
const std::string kSshd = "/system.slice/ssh.service";
const std::string kGetty = "/system.slice/system-getty.slice/getty@tty1.service";
constexpr std::uint32_t kNoLogin = 0xffffffffU;

// Returns the only process found, or nothing.
std::optional<Process> find_one(std::uint32_t uid, const std::vector<UidRange>& ranges = {}) {
    const Found found = find_processes(uid, ranges);
    cr_assert(!found.error && found.processes.size() <= 1);
    return found.processes.empty() ? std::nullopt : std::optional(found.processes[0]);
}

}  // namespace

Test(processes_tree, every_tie) {
    const struct {
        const char* what;
        std::array<std::uint32_t, 4> uids;
        std::string cgroup;
        std::uint32_t login_uid;
        const char* title;
        bool is_in_pid_namespace;
        std::optional<Tie> tie;
        std::uint32_t owner_uid;  // the UID that claims it
    } rows[] = {
        {"root in the session", {}, kScope, kNoLogin, "su", false, Tie::slice, kUid},
        {"user manager", {kUid, kUid, kUid, kUid}, kManager, kUid, "a", false, Tie::slice, kUid},
        {"real UID", {kUid, 0, 0, 0}, kCron, kNoLogin, "a", false, Tie::uid, kUid},
        {"saved UID", {0, 0, kUid, 0}, kCron, kNoLogin, "a", false, Tie::uid, kUid},
        {"effective UID", {0, kUid, 0, 0}, kCron, kNoLogin, "a", false, Tie::descendant, kUid},
        {"file system UID", {0, 0, 0, kUid}, kCron, kNoLogin, "a", false, Tie::descendant, kUid},
        {"sshd", {}, kSshd, kUid, "sshd: a [priv]", false, Tie::login, kUid},
        {"sshd-session", {}, kSshd, kUid, "sshd-session: a [priv]", false, Tie::login, kUid},
        {"sshd as user",
         {0, kUid, 0, 0},
         kSshd,
         kNoLogin,
         "sshd: a [priv]",
         false,
         Tie::login,
         kUid},
        {"sshd listens", {}, kSshd, kUid, "sshd: x [listener]", false, Tie::descendant, kUid},
        {"title of a user", {kOther}, kSshd, kUid, "sshd: a [priv]", false, Tie::descendant, kUid},
        {"getty", {}, kGetty, kUid, "login", false, Tie::login, kUid},
        {"su to another",
         {kOther, kOther, kOther, kOther},
         kCron,
         kUid,
         "a",
         false,
         Tie::descendant,
         kUid},
        {"subordinate UID",
         {kSubordinate + 9},
         kCron,
         kNoLogin,
         "a",
         false,
         Tie::subordinate,
         kSubordinate + 9},
        {"UID behind the range", {kSubordinate + 10}, kCron, kNoLogin, "a", false, {}, 0},
        {"UID in a container",
         {kUid, kUid, kUid, kUid},
         kCron,
         kNoLogin,
         "a",
         true,
         Tie::container,
         kUid},
        {"UID in a sandbox", {kUid, kUid, kUid, kUid}, kCron, kUid, "a", true, Tie::uid, kUid},
        {"subordinate UID in a container", {kSubordinate}, kCron, kNoLogin, "a", true, {}, 0},
        {"another user", {kOther, kOther, kOther, kOther}, kCron, kOther, "a", false, {}, 0},
        {"another slice", {}, "/user.slice/user-431201.slice/a.scope", 0, "a", false, {}, 0},
        {"root", {}, kCron, kNoLogin, "a", false, {}, 0},
    };
    FakeTree tree;
    for (const auto& row : rows) {
        tree.add({kFakePid, row.uids, row.cgroup, row.login_uid, row.title, 'S', 1, 100,
                  row.is_in_pid_namespace});
        const auto process = find_one(kUid, kRanges);
        EXPECT_ROW(process.has_value() == row.tie.has_value(), row.what);
        if (process && row.tie) {
            EXPECT_ROW(process->tie == *row.tie, row.what);
            EXPECT_ROW(process->owner_uid == row.owner_uid, row.what);
            EXPECT_ROW(process->uid == row.uids[0], row.what);
            EXPECT_ROW(process->cgroup == row.cgroup, row.what);
        }
        tree.remove(kFakePid);
    }
}

Test(processes_tree, the_fields_of_a_process) {
    FakeTree tree;
    tree.add({kFakePid + 3, {kSubordinate}, kCron, kUid, "a", 'S', 1, 4711, false});
    const auto process = find_one(kUid, kRanges);
    cr_assert(process.has_value());
    cr_expect(process->pid == kFakePid + 3 && process->started == 4711);
    cr_expect(process->command == "bash");
    cr_expect(process->descends, "the login UID names the user, too");
}

Test(processes_tree, connections_that_named_a_user) {
    const struct {
        const char* name;
        const char* title;
        std::array<std::uint32_t, 4> uids;
        const char* client;  // empty if it is not in the list
    } rows[] = {
        {"sshd", "sshd: alice [priv]", {}, "alice"},
        {"sshd-session", "sshd-session: alice [priv]", {}, "alice"},
        {"sshd-session", "sshd-session: alice [postauth]", {}, "alice"},
        {"sshd-session", "sshd-session: CORP\\\\alice b [priv]", {}, "CORP\\alice b"},
        {"sshd", "sshd: j\\303\\274rgen [priv]", {}, "j\303\274rgen"},
        {"sshd", "sshd: a\\30 [priv]", {}, "a\\30"},
        {"sshd-session", "sshd-session: unknown [priv]", {}, ""},
        {"sshd-session", "sshd-session:  [priv]", {}, ""},
        {"sshd-session", "sshd-session: alice [net]", {}, ""},
        {"sshd-session", "sshd-session: alice@pts/1", {}, ""},
        {"sshd", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", {}, ""},
        {"bash", "sshd: alice [priv]", {}, ""},
        {"sshd", "sshd: alice [priv]", {0, 0, 108, 108}, ""},
    };
    FakeTree tree;
    for (const auto& row : rows) {
        tree.add({kFakePid, row.uids, kSshd, kNoLogin, row.title, 'S', 1, 100, false, row.name});
        const Found found = find_processes(kUid);
        EXPECT_ROW(found.processes.empty(), row.title);
        EXPECT_ROW(found.connecting.size() == (*row.client == '\0' ? 0 : 1), row.title);
        if (!found.connecting.empty()) {
            EXPECT_ROW(found.connecting[0].client == row.client, row.title);
            EXPECT_ROW(found.connecting[0].tie == Tie::login, row.title);
            EXPECT_ROW(found.connecting[0].started == 100, row.title);
        }
        tree.remove(kFakePid);
    }
    tree.add({kFakePid, {}, kSshd, kNoLogin, "sshd: alice [priv]", 'S', 1, 100, true, "sshd"});
    cr_expect(find_processes(kUid).connecting.empty(), "the sshd of a container");
}

Test(processes_tree, zombies_and_leaders_that_have_exited) {
    const struct {
        const char* what;
        char state;
        unsigned threads;
        bool is_in_pid_namespace;
        bool is_process;
        bool is_zombie;
    } rows[] = {
        {"sleeping", 'S', 1, false, true, false},
        {"stopped", 'T', 1, false, true, false},
        {"waiting for a disk", 'D', 1, false, true, false},
        {"zombie", 'Z', 1, false, false, true},
        {"dead", 'X', 1, false, false, true},
        {"exited leader with a thread", 'Z', 2, false, true, false},
        {"zombie of a container", 'Z', 1, true, false, false},
    };
    FakeTree tree;
    for (const auto& row : rows) {
        tree.add({kFakePid,
                  {kUid, kUid, kUid, kUid},
                  kCron,
                  kNoLogin,
                  "a",
                  row.state,
                  row.threads,
                  100,
                  row.is_in_pid_namespace});
        EXPECT_ROW(find_one(kUid).has_value() == row.is_process, row.what);
        const Zombies expected = row.is_zombie ? Zombies{{kFakePid, 100}} : Zombies{};
        EXPECT_ROW(find_zombies(kUid) == expected, row.what);
        EXPECT_ROW(find_zombies(kOther).empty(), row.what);
    }
}

Test(processes_tree, a_process_that_vanishes_between_two_reads) {
    FakeTree tree;
    const std::string directory = tree.path + "/proc/" + std::to_string(kFakePid);
    // Listed, but gone before the open.
    cr_assert(symlink("nowhere", directory.c_str()) == 0);
    cr_expect(!find_one(kUid) && find_zombies(kUid).empty());
    std::filesystem::remove(directory);
    // Opened, but gone before the read.
    std::filesystem::create_directory(directory);
    cr_expect(!find_one(kUid) && find_zombies(kUid).empty());
    // Gone after the first file was read: found, but no signal can reach it.
    tree.add(process_of(kUid, kFakePid, kScope));
    for (const char* name : {"stat", "cgroup", "loginuid", "cmdline"})
        std::filesystem::remove(directory + "/" + name);
    const auto process = find_one(kUid);
    cr_assert(process.has_value());
    cr_expect(process->tie == Tie::uid && process->started == 0 && process->cgroup.empty());
    cr_expect(send_signal(*process, 9).ok(), "gone already is done");
}

Test(processes_tree, a_proc_that_cannot_be_read_is_an_error) {
    FakeTree tree;
    const std::set<std::uint32_t> asked{kUid};
    const auto is_error = [&] {
        const Found found = find_processes(kUid);
        const auto uids = uids_with_processes();
        return found.error && found.error->fault == Fault::io && !uids.ok() &&
               uids.error().fault == Fault::io && not_used_elsewhere(asked, {}).empty();
    };
    cr_expect(!is_error(), "an empty one can be read");
    // A process that cannot be examined may be the user's.
    tree.add(process_of(kUid, kFakePid, kScope));
    tree.write("/proc/" + std::to_string(kFakePid + 1), "");
    cr_expect(is_error());
    tree.remove(kFakePid + 1);
    cr_expect(!is_error());
    std::filesystem::remove_all(tree.path + "/proc");
    cr_expect(is_error(), "no /proc");
    cr_expect(find_zombies(kUid).empty(), "no zombie explains a count then");
    tree.write("/proc", "");
    cr_expect(is_error(), "no directory");
}

// Who is named is looked for, whatever the UID. Root's processes run the system.
Test(processes_tree, processes_of_system_accounts) {
    FakeTree tree;
    for (const std::uint32_t uid : {0U, 545U, 61200U, 65534U}) {
        tree.add(process_of(uid, kFakePid + static_cast<pid_t>(uid), kCron));
        const Found found = find_processes(uid);
        EXPECT_ROW(!found.error && found.processes.size() == (uid == 0 ? 0 : 1),
                   std::to_string(uid));
    }
    tree.add(process_of(0, kFakePid + 1, "/user.slice/user-0.slice/session-1.scope"));
    cr_expect(find_processes(0).processes.size() == 1, "a session of root");
}

Test(processes_tree, uids_of_users_with_processes) {
    FakeTree tree;
    tree.add({kFakePid + 1, {kOther, kUid, kOther, kOther}});
    tree.add(process_of(kUid, kFakePid + 2, kScope));
    tree.add(process_of(0, kFakePid + 3, kCron));
    tree.add(process_of(33, kFakePid + 4, kCron));
    tree.add(process_of(65534, kFakePid + 5, kCron));
    tree.add({kFakePid + 6, {50001, 50001, 50001, 50001}, kCron, kNoLogin, "a", 'S', 1, 1, true});
    tree.add({kFakePid + 7, {50002, 50002, 50002, 50002}, kCron, kNoLogin, "a", 'Z'});
    const auto uids = uids_with_processes();
    cr_assert(uids.ok());
    cr_expect(uids.value() == std::vector<std::uint32_t>({kUid, kOther}));
}

Test(processes_tree, a_uid_that_a_container_uses_too) {
    FakeTree tree;
    tree.add(process_of(kSubordinate, kFakePid + 1, kCron));
    tree.add({kFakePid + 2, {kSubordinate + 1}, kCron, kNoLogin, "a", 'S', 1, 1, true});
    const std::set<std::uint32_t> asked{kSubordinate, kSubordinate + 1, kSubordinate + 2};
    const std::set<std::uint32_t> expected{kSubordinate, kSubordinate + 2};
    cr_expect(not_used_elsewhere(asked, {kUid}) == expected);
}
