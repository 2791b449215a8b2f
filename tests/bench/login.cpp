// login ROUNDS NAME=FOLDER... - a whole login transaction, each in a fresh child as sshd does it, stacks taken in turn so
// that what else the machine does hits all alike. Prints a line for each stack: median and 99th percentile in microseconds,
// and the median as a ratio to the first stack's.
#include <security/pam_appl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

double now_usec() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

int converse(int, const pam_message**, pam_response**, void*) { return PAM_CONV_ERR; }

// One transaction in a child of its own; the time is the child's, without fork and exit. Negative when it was refused.
double transaction(const char* folder) {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    const pid_t child = fork();
    if (child == 0) {
        const double begun = now_usec();
        const pam_conv conv{converse, nullptr};
        pam_handle_t* pamh = nullptr;
        int code = pam_start_confdir("sshd", "nobody", &conv, folder, &pamh);
        if (code == PAM_SUCCESS) code = pam_acct_mgmt(pamh, PAM_SILENT);
        pam_end(pamh, code);
        const double took = code == PAM_SUCCESS ? now_usec() - begun : -1;
        _exit(write(ends[1], &took, sizeof took) == sizeof took ? 0 : 1);
    }
    double took = -1;
    close(ends[1]);
    const bool whole = read(ends[0], &took, sizeof took) == static_cast<ssize_t>(sizeof took);
    close(ends[0]);
    waitpid(child, nullptr, 0);
    return whole ? took : -1;
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 2 ? std::atoi(argv[1]) : 0;
    std::vector<std::string> names;
    std::vector<std::string> folders;
    for (int i = 2; i < argc; ++i) {
        const std::string word = argv[i];
        names.push_back(word.substr(0, word.find('=')));
        folders.push_back(word.substr(word.find('=') + 1));
    }
    std::vector<std::vector<double>> times(folders.size());
    for (int round = -3; round < rounds; ++round) {
        for (std::size_t i = 0; i < folders.size(); ++i) {
            const double took = transaction(folders[i].c_str());
            if (took < 0) {
                std::fprintf(stderr, "%s: the transaction failed\n", names[i].c_str());
                return 1;
            }
            if (round >= 0) times[i].push_back(took);
        }
    }
    double first = 0;
    for (std::size_t i = 0; i < folders.size(); ++i) {
        std::sort(times[i].begin(), times[i].end());
        const double median = times[i][times[i].size() / 2];
        if (i == 0) first = median;
        std::printf("%-42s %9.0f us   p99 %9.0f us   %8.2fx\n", names[i].c_str(), median, times[i][times[i].size() * 99 / 100],
                    median / first);
    }
    return 0;
}
