// lookup LIST INDEX - times the lookup of an unlisted user, a bare access to a file, and a verdict
// without an index. The list must be compiled. Prints medians and 99th percentiles.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "revoke/base/file.hpp"
#include "revoke/conf/policy.hpp"
#include "revoke/list/index.hpp"
#include "revoke/pam_revoke/gate.hpp"

using namespace pam_revoke;

namespace {

constexpr std::string_view kStranger = "nobody-is-called-this";

double now_usec() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// open, fstat, mmap, touch, munmap, close: the minimum for any access to a file.
bool bare(const char* path) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (fd < 0 || fstat(fd, &status) != 0) return false;
    void* pages =
        mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_SHARED, fd, 0);
    if (pages == MAP_FAILED) return false;
    const volatile char touched = *(static_cast<const char*>(pages) + status.st_size / 2);
    (void)touched;
    munmap(pages, static_cast<std::size_t>(status.st_size));
    return close(fd) == 0;
}

// The gate's lookup in an open list: true if the user is certainly not in it.
bool look_up(const char* path, const FileIdentity& source) {
    const auto index = required(Index::open(path, source, geteuid()), path);
    if (!index.ok()) return false;
    IndexSearch search(index.value(),
                       index_hash(index.value().header().seed, TargetKind::user, kStranger));
    LinePlace place;
    const auto found = search.next(place);
    return found.ok() && !found.value();
}

// The gate's whole work without an index, from the directory of lists to the verdict.
bool scan(const std::string& list, const std::string& user) {
    Policy policy;
    (void)set_policy(policy, PolicyKey::lists, std::string_view(list).substr(0, list.rfind('/')));
    return decide(policy, Request{user, std::nullopt, "sshd", 1795226400, geteuid(), nullptr})
               .verdict == Verdict::clear;
}

template <typename Work>
double median_usec(const char* what, int rounds, Work work) {
    std::vector<double> times;
    for (int i = -rounds / 10; i < rounds; ++i) {
        const double begun = now_usec();
        if (!work()) {
            std::fprintf(stderr, "%s: failed\n", what);
            std::exit(1);
        }
        if (i >= 0) times.push_back(now_usec() - begun);
    }
    std::sort(times.begin(), times.end());
    std::printf("%-64s %12.2f us   p99 %12.2f us\n", what, times[times.size() / 2],
                times[times.size() * 99 / 100]);
    return times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    const int list = open(argv[1], O_RDONLY | O_CLOEXEC);
    const auto source = identity_of(list, argv[1]);
    if (list < 0 || !source.ok()) return 1;
    const double floor = median_usec("open, fstat, mmap, touch, munmap, close", 20000,
                                     [&] { return bare(argv[2]); });
    const double ours =
        median_usec("index look-up", 20000, [&] { return look_up(argv[2], source.value()); });
    std::printf("%-64s %12.2f\n", "  ratio (bar 2)", ours / floor);
    (void)median_usec("verdict by text scan, from the directory on", 20,
                      [&] { return scan(argv[1], std::string(kStranger)); });
    return 0;
}
