// Trusted and untrusted, complete and truncated files. As root, because ownership is tested.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>

#include "revoke/base/file.hpp"
#include "revoke/conf/settings.hpp"
#include "revoke/pam_revoke/gate.hpp"
#include "revoke/store/store.hpp"
#include "unit.hpp"

using namespace pam_revoke;

namespace {

struct Scene : TestDirectory {
    Scene() { chmod(path.c_str(), 0755); }
    std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
        std::ofstream(path + "/" + name) << text;
        chmod((path + "/" + name).c_str(), mode);
        return path + "/" + name;
    }
    Decision ask(const char* user, const char* service = "sshd") const {
        Policy policy;
        (void)set_policy(policy, PolicyKey::lists, path);
        return decide(policy, Request{user, std::nullopt, service, 1795226400, 0});
    }
};

}  // namespace

// P20: {missing, empty, unreadable, other owner, writable, link, directory, FIFO, huge, binary,
// truncated, other version, expired}.
Test(edges, files_that_are_no_list) {
    const struct {
        const char* what;
        void (*make)(const Scene&);
        Fault fault;
        const char* reason;
    } rows[] = {
        {"empty", [](const Scene& at) { at.write("x.list", ""); }, Fault::malformed, "empty"},
        {"foreign",
         [](const Scene& at) {
             (void)!chown(at.write("x.list", "# pam_revoke list 1\n").c_str(), 65534, 65534);
         },
         Fault::insecure, "not owned by root"},
        {"world-writable",
         [](const Scene& at) { at.write("x.list", "# pam_revoke list 1\n", 0666); },
         Fault::insecure, "writable"},
        {"group-writable",
         [](const Scene& at) { at.write("x.list", "# pam_revoke list 1\n", 0660); },
         Fault::insecure, "writable"},
        {"link",
         [](const Scene& at) { (void)!symlink("/etc/passwd", (at.path + "/x.list").c_str()); },
         Fault::insecure, "link"},
        {"dangling link",
         [](const Scene& at) { (void)!symlink("/nonexistent", (at.path + "/x.list").c_str()); },
         Fault::insecure, "link"},
        {"directory", [](const Scene& at) { mkdir((at.path + "/x.list").c_str(), 0755); },
         Fault::insecure, "regular"},
        {"FIFO", [](const Scene& at) { mkfifo((at.path + "/x.list").c_str(), 0600); },
         Fault::insecure, "regular"},
        {"huge",
         [](const Scene& at) {
             (void)!truncate(at.write("x.list", "# pam_revoke list 1\n").c_str(), (1L << 30) + 1);
         },
         Fault::too_large, "large"},
        {"binary",
         [](const Scene& at) {
             at.write("x.list", std::string("\x7f"
                                            "ELF\0\1\2\n\3\n",
                                            10));
         },
         Fault::malformed, "not a revocation list"},
        {"cut", [](const Scene& at) { at.write("x.list", "# pam_revoke list 1\nuser:bo"); },
         Fault::malformed, "truncated"},
        {"other version",
         [](const Scene& at) { at.write("x.list", "# pam_revoke list 2\nuser:bob\n"); },
         Fault::malformed, "version"},
        {"expired",
         [](const Scene& at) {
             at.write("x.list", "# pam_revoke list 1\n%expires 2026-11-21T02:00:00Z\nuser:bob\n");
         },
         Fault::stale, "expired"},
        {"directory writable",
         [](const Scene& at) {
             at.write("x.list", "# pam_revoke list 1\n");
             chmod(at.path.c_str(), 0777);
         },
         Fault::insecure, "writable"},
        {"directory missing", [](const Scene& at) { (void)!rmdir(at.path.c_str()); }, Fault::io,
         "missing"},
    };
    for (const auto& row : rows) {
        const Scene place;
        row.make(place);
        const Decision decision = place.ask("alice");
        EXPECT_ROW(decision.verdict == Verdict::unavailable && decision.error, row.what);
        if (!decision.error) continue;
        EXPECT_ROW(decision.error->fault == row.fault,
                   std::string(row.what) + ": " + decision.error->reason);
        EXPECT_ROW(
            std::string_view(decision.error->reason).find(row.reason) != std::string_view::npos,
            std::string(row.what) + ": " + decision.error->reason);
        EXPECT_ROW(place.ask("root").verdict == Verdict::clear, row.what);  // exempt
    }
}

Test(edges, a_listed_user_is_revoked_beside_broken_lists) {
    const Scene place;
    place.write("a.list", "# pam_revoke list 1\nnonsense\nuser:alice ref=T1\nmore nonsense");
    place.write("b.list", "\x01\x02\x03");
    cr_expect(place.ask("alice").verdict == Verdict::revoked);
    cr_expect(place.ask("alice").ref.view() == "T1");
    cr_expect(place.ask("bob").verdict == Verdict::unavailable);
}

Test(edges, an_invalid_line_hides_no_other_line) {
    const Scene place;
    place.write("a.list", "# pam_revoke list 1\n" + std::string(100000, 'x') +
                              "\nuser:alice \x01\nuser:bob\n#" + std::string(40000, 'y') +
                              "\nuser:carol\n");
    place.write("not-a-list", "garbage");
    place.write(".hidden.list", "garbage");
    cr_expect(place.ask("bob").verdict == Verdict::revoked && place.ask("bob").line == 4);
    cr_expect(place.ask("carol").verdict == Verdict::revoked && place.ask("carol").line == 6);
    const Decision alice = place.ask("alice");
    cr_expect(alice.verdict == Verdict::clear && alice.bad_lines == 2 && alice.bad_line);
}

// A file changed in this clock tick, or in this second on some file systems, can change again
// without a new timestamp.
Test(edges, dates_of_a_list) {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    const std::int64_t second = 1'000'000'000;
    const std::int64_t now_nsec = now.tv_sec * second + now.tv_nsec;
    const auto fresh = [](std::int64_t ctime_nsec) {
        return is_fresh(FileIdentity{1, 2, 3, 0, ctime_nsec});
    };
    cr_expect(fresh(now_nsec + second + 1));
    cr_expect(!fresh(now_nsec + 60 * second));
    cr_expect(fresh(now_nsec) || now_nsec % second == 0);
    cr_expect(!fresh(now_nsec / second * second - second / 2));
    cr_expect(fresh(now_nsec / second * second));
    cr_expect(fresh(now_nsec / second * second - second));
    cr_expect(!fresh(now_nsec / second * second - 5 * second));
}

// A directory that changed just now is read again; each invalid line is counted once.
Test(edges, a_directory_just_changed) {
    const Scene place;
    place.write("a.list", "# pam_revoke list 1\nnonsense\n");
    cr_expect(place.ask("alice").bad_lines == 1);
}

// Lines of every length around the buffer size: each is found, none is joined with the next.
Test(edges, lines_across_the_buffer) {
    const Scene place;
    for (std::size_t size : {4090UL, 4096UL, 8190UL, 8191UL, 8192UL, 8193UL, 16380UL, 16383UL,
                             16384UL, 16385UL, 32768UL, 50000UL}) {
        place.write("a.list", "# pam_revoke list 1\n#" + std::string(size, 'c') + "\nuser:alice\n");
        EXPECT_ROW(place.ask("alice").verdict == Verdict::revoked, std::to_string(size));
        EXPECT_ROW(place.ask("ccc").verdict == Verdict::clear, std::to_string(size));
    }
    std::string many = "# pam_revoke list 1\n";
    for (int i = 0; i < 20000; ++i) many += "user:leaver" + std::to_string(i) + "\n";
    place.write("a.list", many);
    for (int i = 0; i < 20000; i += 997)
        EXPECT_ROW(place.ask(("leaver" + std::to_string(i)).c_str()).line ==
                       static_cast<std::uint64_t>(i) + 2,
                   std::to_string(i));
    cr_expect(place.ask("leaver20000").verdict == Verdict::clear);
}

Test(edges, without_lists_no_user_is_revoked) {
    const Scene place;
    cr_expect(place.ask("alice").verdict == Verdict::clear);
}

Test(edges, uid_and_group_ask_the_account_database) {
    const Scene place;
    place.write("a.list", "# pam_revoke list 1\nuid:1\nuser:nobody-at-all uid=2\ngroup:games\n");
    const Decision daemon = place.ask("daemon");
    cr_expect(daemon.verdict == Verdict::revoked && daemon.target.view() == "uid:1" &&
              !daemon.by_uid);
    const Decision bin = place.ask("bin");
    cr_expect(bin.verdict == Verdict::revoked && bin.by_uid &&
              bin.target.view() == "user:nobody-at-all");
    cr_expect(place.ask("games").verdict == Verdict::revoked);
    cr_expect(place.ask("mail").verdict == Verdict::clear);
    cr_expect(place.ask("no-such-user").verdict == Verdict::clear);
}

Test(edges, exempt_groups) {
    const Scene place;
    place.write("a.list", "# pam_revoke list 1\nuser:games\n");
    Policy policy;
    (void)set_policy(policy, PolicyKey::lists, place.path);
    (void)set_policy(policy, PolicyKey::exempt_groups, "none, games");
    cr_expect(decide(policy, Request{"games", std::nullopt, "sshd", 0, 0}).exempt);
}

Test(edges, configuration_files) {
    const Scene place;
    const std::string path = place.path + "/conf";
    cr_expect(read_settings(path.c_str(), "sshd", 0).error->os_error == ENOENT);
    cr_expect(!read_settings(place.write("conf", "[gate]\n").c_str(), "sshd", 0).error);
    cr_expect(
        read_settings(place.write("conf", "[gate]\n", 0666).c_str(), "sshd", 0).error->fault ==
        Fault::insecure);
    unlink(path.c_str());
    cr_expect(read_settings(place.write("conf", std::string(20000, '#')).c_str(), "sshd", 0)
                  .error->fault == Fault::too_large);
    unlink(path.c_str());
    mkfifo(path.c_str(), 0600);
    cr_expect(read_settings(path.c_str(), "sshd", 0).error->fault == Fault::insecure);
    unlink(path.c_str());
    mkdir(path.c_str(), 0755);
    cr_expect(read_settings(path.c_str(), "sshd", 0).error->fault == Fault::insecure);
}

// The last line counts, whatever the size of the buffer.
Test(edges, configuration_of_any_size) {
    const Scene place;
    const std::string last = "host = last\n";
    for (const std::size_t size : {100UL, 2046UL, 2047UL, 2048UL, 5000UL, 16384UL}) {
        std::string text = "[gate]\n";
        while (text.size() + last.size() < size)
            text +=
                std::string(std::min<std::size_t>(size - last.size() - text.size(), 150) - 1, '#') +
                "\n";
        const auto settings = read_settings(place.write("conf", text + last).c_str(), "sshd", 0);
        cr_expect(!settings.error && settings.policy.host.view() == "last", "%zu bytes", size);
    }
    cr_expect(read_settings(place.write("conf", std::string(16384, '#') + "\n").c_str(), "sshd", 0)
                  .error.has_value());
}

// P21: while a writer renames, a reader sees the old or the new list.
Test(store, readers_see_the_old_or_the_new_list) {
    const Scene place;
    const auto directory = Directory::open(place.path, 0);
    std::string with = "# pam_revoke list 1\n";
    for (int i = 0; i < 500; ++i) with += "user:filler" + std::to_string(i) + "\n";
    cr_assert(directory.value().replace("a.list", with + "user:alice\n", 0600).ok());
    const pid_t writer = fork();
    if (writer == 0) {
        for (int i = 0; i < 400; ++i)
            (void)directory.value()
                .replace("a.list", (i % 2 == 0 ? with : with + with) + "user:alice\n", 0600)
                .ok();
        _exit(0);
    }
    int verdicts = 0;
    while (waitpid(writer, nullptr, WNOHANG) == 0) {
        ++verdicts;
        cr_assert(place.ask("alice").verdict == Verdict::revoked);
        cr_assert(place.ask("bob").verdict == Verdict::clear);
    }
    cr_expect(verdicts > 10);
}
