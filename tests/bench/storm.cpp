// storm DIRECTORY LIST WRITES_PER_SECOND ROUNDS - 64 logins at once, ROUNDS times, with the stack
// in DIRECTORY, while LIST is replaced by rename at that rate, or never for 0. Times start when all
// 64 are released, and include waiting for a processor. Prints median and 99th percentile in
// microseconds, and the number of failures.
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "transaction.hpp"

namespace {

constexpr int kAtOnce = 64;

// Replaces the list forever.
[[noreturn]] void replace(const std::string& list, int per_second) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    std::stringstream text;
    text << std::ifstream(list).rdbuf();
    const std::string fresh = list + ".new";
    for (;;) {
        std::ofstream(fresh) << text.str();
        chmod(fresh.c_str(), 0600);
        if (rename(fresh.c_str(), list.c_str()) != 0) _exit(1);
        usleep(static_cast<useconds_t>(1'000'000 / per_second));
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 5) return 2;
    const int per_second = std::atoi(argv[3]);
    const pid_t writer = per_second > 0 ? fork() : 0;
    if (per_second > 0 && writer == 0) replace(argv[2], per_second);
    // The time at which each login ended; negative if denied.
    auto* ended =
        static_cast<double*>(mmap(nullptr, sizeof(double) * kAtOnce, PROT_READ | PROT_WRITE,
                                  MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    std::vector<double> times;
    int failed = 0;
    for (int round = 0; round < std::atoi(argv[4]); ++round) {
        int gate[2];
        if (pipe(gate) != 0) return 1;
        std::vector<pid_t> children;
        for (int i = 0; i < kAtOnce; ++i) {
            ended[i] = -1;
            const pid_t child = fork();
            if (child == 0) {
                char none = 0;
                close(gate[1]);
                (void)!read(gate[0], &none, 1);
                ended[i] = transaction(argv[1]) < 0 ? -1 : now_usec();
                _exit(0);
            }
            children.push_back(child);
        }
        close(gate[0]);
        usleep(20'000);  // all of them wait now
        const double begun = now_usec();
        close(gate[1]);
        for (const pid_t child : children) waitpid(child, nullptr, 0);
        for (int i = 0; i < kAtOnce; ++i) {
            failed += ended[i] < 0 ? 1 : 0;
            times.push_back(ended[i] - begun);
        }
    }
    if (writer > 0) {
        kill(writer, SIGKILL);
        waitpid(writer, nullptr, 0);
    }
    std::sort(times.begin(), times.end());
    std::printf("%.0f %.0f %d %zu\n", times[times.size() / 2], times[times.size() * 99 / 100],
                failed, times.size());
    return failed == 0 ? 0 : 1;
}
