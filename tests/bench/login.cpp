// login [--parent | --cold] ROUNDS NAME=DIRECTORY... - times login transactions, each in a new
// child. The stacks take turns, so that other load affects all of them. Prints a line for each
// stack: median and 99th percentile in microseconds, and the ratio of the median to the first
// stack's. The process of sshd that calls PAM has looked up the user before, and so has the child.
// With
// --parent, only its parent has; with --cold, neither.
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "transaction.hpp"

namespace {

enum class Warm { cold, parent, child };

// Runs one transaction in a child. The time excludes fork and exit; it is negative if denied.
double in_a_child(const char* directory, Warm warm) {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    const pid_t child = fork();
    if (child == 0) {
        if (warm == Warm::child && getpwnam("nobody") == nullptr) _exit(1);
        const double took = transaction(directory);
        _exit(write(ends[1], &took, sizeof took) == sizeof took ? 0 : 1);
    }
    double took = -1;
    close(ends[1]);
    const bool complete = read(ends[0], &took, sizeof took) == static_cast<ssize_t>(sizeof took);
    close(ends[0]);
    waitpid(child, nullptr, 0);
    return complete ? took : -1;
}

}  // namespace

int main(int argc, char** argv) {
    Warm warm = Warm::child;
    if (argc > 1 && argv[1][0] == '-') {
        warm = std::string(argv[1]) == "--cold" ? Warm::cold : Warm::parent;
        --argc;
        ++argv;
    }
    if (warm != Warm::cold && getpwnam("nobody") == nullptr) return 1;
    const int rounds = argc > 2 ? std::atoi(argv[1]) : 0;
    std::vector<std::string> names;
    std::vector<std::string> directories;
    for (int i = 2; i < argc; ++i) {
        const std::string word = argv[i];
        names.push_back(word.substr(0, word.find('=')));
        directories.push_back(word.substr(word.find('=') + 1));
    }
    std::vector<std::vector<double>> times(directories.size());
    for (int round = -3; round < rounds; ++round) {
        for (std::size_t i = 0; i < directories.size(); ++i) {
            const double took = in_a_child(directories[i].c_str(), warm);
            if (took < 0) {
                std::fprintf(stderr, "%s: the transaction failed\n", names[i].c_str());
                return 1;
            }
            if (round >= 0) times[i].push_back(took);
        }
    }
    double first = 0;
    for (std::size_t i = 0; i < directories.size(); ++i) {
        std::sort(times[i].begin(), times[i].end());
        const double median = times[i][times[i].size() / 2];
        if (i == 0) first = median;
        std::printf("%-42s %9.0f us   p99 %9.0f us   %8.2fx\n", names[i].c_str(), median,
                    times[i][times[i].size() * 99 / 100], median / first);
    }
    return 0;
}
