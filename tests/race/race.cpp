// race VERDICTS - verdicts while the lists are replaced, truncated in place, deleted, compiled and
// mounted over, all at the same time.
//
// The last line of every complete state of keep.list names "always"; no state names "never".
// Correct verdicts for always: revoked, or unavailable while the list is truncated; for never:
// clear or unavailable. Each is counted.
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "../directory.hpp"
#include "revoke/pam_revoke/gate.hpp"
#include "revoke/store/compile.hpp"

using namespace pam_revoke;

namespace {

struct Counts {
    std::atomic<std::uint64_t> verdicts;
    std::atomic<std::uint64_t> wrong;
    std::atomic<std::uint64_t> revoked;
    std::atomic<std::uint64_t> clear;
    std::atomic<std::uint64_t> unavailable;
    std::atomic<std::uint64_t> indexed;  // with an index; every list is large enough for one
    std::atomic<std::uint64_t> renames;
    std::atomic<std::uint64_t> cuts;
    std::atomic<std::uint64_t> deletions;
    std::atomic<std::uint64_t> mounts;
    std::atomic<std::uint64_t> compilations;
};

std::string base;
Counts* counts = nullptr;

std::string lists() { return base + "/lists"; }
std::string indexes() { return base + "/index"; }

std::string text_of(unsigned variant) {
    std::string text = "# pam_revoke list 1\n";
    for (unsigned i = 0; i < 60 + variant % 50; ++i)
        text +=
            "user:leaver" + std::to_string(variant * 100 + i) + " ref=T" + std::to_string(i) + "\n";
    return text + "user:always reason=\"in the last line\"\n";
}

void publish(const std::string& directory, const std::string& name, const std::string& text) {
    const std::string fresh = directory + "/." + name + "." + std::to_string(getpid());
    std::ofstream(fresh) << text;
    chmod(fresh.c_str(), 0600);
    (void)!rename(fresh.c_str(), (directory + "/" + name).c_str());
}

// Replaces the list by rename; no reader sees a truncated one.
void rename_for_ever() {
    for (unsigned i = 0;; ++i) {
        publish(lists(), "keep.list", text_of(i));
        ++counts->renames;
        // Pauses at times, so that an index is made and used.
        usleep(i % 40 == 0 ? 40000 : 200);
    }
}

// The same with other names, which are created and deleted.
void delete_for_ever() {
    for (unsigned i = 0;; ++i) {
        publish(lists(), "other" + std::to_string(i % 7) + ".list", text_of(i));
        usleep(150);
        unlink((lists() + "/other" + std::to_string(i % 7) + ".list").c_str());
        ++counts->deletions;
    }
}

// Truncates in the middle of a line and restores, in place; a mapped file would raise SIGBUS.
void cut_for_ever() {
    std::mt19937 random(1);
    for (unsigned i = 0;; ++i) {
        const std::string path = lists() + "/keep.list";
        const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
        const std::string text = text_of(i);
        off_t at = 100 + static_cast<off_t>(random() % (text.size() - 200));
        while (text[static_cast<std::size_t>(at) - 1] == '\n' ||
               text[static_cast<std::size_t>(at)] == '\n')
            ++at;
        // First shorter than any state, then truncated in a line: never a complete state without
        // "always". Not while it is mounted read-only.
        if (fd >= 0 && ftruncate(fd, 10) == 0 &&
            pwrite(fd, text.data(), static_cast<std::size_t>(at), 0) == at)
            ++counts->cuts;
        close(fd);
        usleep(300);
        publish(lists(), "keep.list", text_of(i + 1));
        usleep(i % 20 == 0 ? 40000 : 2000);
    }
}

void compile_for_ever() {
    for (;;) {
        const auto directory = Directory::open(indexes(), 0);
        const auto lock = directory.value().lock(1000);
        if (compile_index(lists() + "/keep.list", directory.value(), 0).ok())
            ++counts->compilations;
        usleep(500);
    }
}

// Mounts another directory with its own lists over this one, read-write and read-only.
void mount_for_ever() {
    const std::string other = base + "/other";
    for (unsigned i = 0;; ++i) {
        publish(other, "keep.list", text_of(i));
        if (mount(other.c_str(), lists().c_str(), nullptr, MS_BIND, nullptr) != 0) std::abort();
        usleep(1000);
        (void)!mount(nullptr, lists().c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr);
        usleep(1000);
        if (umount2(lists().c_str(), MNT_DETACH) != 0) std::abort();
        ++counts->mounts;
        usleep(3000);
    }
}

void take(const Decision& decision, Verdict right) {
    ++counts->verdicts;
    if (decision.verdict == Verdict::revoked) ++counts->revoked;
    if (decision.verdict == Verdict::clear) ++counts->clear;
    if (decision.verdict == Verdict::unavailable) ++counts->unavailable;
    if (!decision.index_error) ++counts->indexed;
    if (decision.verdict == right || decision.verdict == Verdict::unavailable) return;
    if (counts->wrong++ == 0)
        std::fprintf(stderr, "wrong: %d for a user who is %s; line %llu of %s\n",
                     static_cast<int>(decision.verdict),
                     right == Verdict::revoked ? "in every list" : "in none",
                     static_cast<unsigned long long>(decision.line), decision.list.c_str());
}

// Goes on while no verdict came from an index that the row compiles: its writers may have had no
// turn yet.
void ask_until(std::uint64_t verdicts, bool compiled) {
    Policy policy;
    (void)set_policy(policy, PolicyKey::lists, lists());
    const std::string index = indexes();
    const auto is_done = [&] {
        const bool waits = compiled && counts->indexed == 0 && counts->verdicts < 10 * verdicts;
        return counts->verdicts >= verdicts && !waits;
    };
    while (!is_done()) {
        take(decide(policy, Request{"always", std::nullopt, "sshd", 1795226400, 0, index.c_str()}),
             Verdict::revoked);
        take(decide(policy, Request{"never", std::nullopt, "sshd", 1795226400, 0, index.c_str()}),
             Verdict::clear);
    }
}

template <typename Work>
pid_t start(Work work) {
    const pid_t child = fork();
    if (child != 0) return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    work();
    _exit(0);
}

// Runs the writers; readers and writers are killed with the parent.
void run(const char* name, const std::vector<void (*)()>& writers, std::uint64_t verdicts,
         bool compiled) {
    new (counts) Counts{};
    publish(lists(), "keep.list", text_of(0));
    std::vector<pid_t> children;
    for (const auto writer : writers) children.push_back(start(writer));
    std::vector<pid_t> readers;
    for (int i = 0; i < 2; ++i) readers.push_back(start([=] { ask_until(verdicts, compiled); }));
    int fallen = 0;
    for (const pid_t reader : readers) {
        int status = 0;
        waitpid(reader, &status, 0);
        fallen += status != 0 ? 1 : 0;
    }
    for (const pid_t child : children) {
        int status = 0;
        if (waitpid(child, &status, WNOHANG) == child)
            ++fallen;  // a writer that gave up has changed nothing
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
    }
    while (umount2(lists().c_str(), MNT_DETACH) == 0) {
    }
    counts->wrong += static_cast<std::uint64_t>(fallen);
    std::printf(
        "%-18s %8llu verdicts: %llu revoked, %llu clear, %llu could not check; %llu by the index; "
        "%llu renames, %llu cuts, %llu deletions, %llu mounts, %llu compilations; %llu wrong\n",
        name, static_cast<unsigned long long>(counts->verdicts),
        static_cast<unsigned long long>(counts->revoked),
        static_cast<unsigned long long>(counts->clear),
        static_cast<unsigned long long>(counts->unavailable),
        static_cast<unsigned long long>(counts->indexed),
        static_cast<unsigned long long>(counts->renames),
        static_cast<unsigned long long>(counts->cuts),
        static_cast<unsigned long long>(counts->deletions),
        static_cast<unsigned long long>(counts->mounts),
        static_cast<unsigned long long>(counts->compilations),
        static_cast<unsigned long long>(counts->wrong));
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t verdicts = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1000;
    const TestDirectory directory;
    base = directory.path;
    // A private mount namespace: its mounts end with this process.
    if (unshare(CLONE_NEWNS) != 0 ||
        mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("race", base.c_str(), "tmpfs", 0, "size=16m,mode=0755") != 0) {
        std::perror("race: a mount namespace");
        return 1;
    }
    for (const char* name : {"/lists", "/index", "/other"}) mkdir((base + name).c_str(), 0700);
    counts = static_cast<Counts*>(
        mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    const struct {
        const char* name;
        std::vector<void (*)()> writers;
        bool always_whole;  // unavailable is wrong then
        bool compiled;      // some verdicts must come from an index
    } rows[] = {{"renames", {rename_for_ever}, true, false},
                {"renames and index", {rename_for_ever, compile_for_ever}, true, true},
                {"deletions", {rename_for_ever, delete_for_ever, compile_for_ever}, true, true},
                {"mounts", {rename_for_ever, mount_for_ever, compile_for_ever}, true, true},
                {"truncations", {cut_for_ever, compile_for_ever}, false, true},
                {"everything",
                 {rename_for_ever, delete_for_ever, cut_for_ever, mount_for_ever, compile_for_ever},
                 false,
                 true}};
    int passed = 0;
    int failed = 0;
    for (const auto& row : rows) {
        run(row.name, row.writers, verdicts / std::size(rows), row.compiled);
        const bool disturbed =
            counts->renames + counts->cuts > 0 &&
            (row.compiled ? counts->compilations > 0 && counts->indexed > 0 : counts->indexed == 0);
        const bool right = disturbed && counts->wrong == 0 &&
                           (!row.always_whole || counts->unavailable == 0) && counts->revoked > 0 &&
                           counts->clear > 0;
        if (!right)
            std::printf("not ok  %s: %s\n", row.name,
                        disturbed ? "a verdict is wrong or missing"
                                  : "the writers, or the index, had no turn");
        (right ? passed : failed) += 1;
    }
    umount2(base.c_str(), MNT_DETACH);
    std::printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}
