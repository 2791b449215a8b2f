#include "evidence.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "revoke/base/file.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/proc_stat.hpp"
#include "revoke/base/text.hpp"
#include "revoke/base/time.hpp"
#include "revoke/kernel/child.hpp"
#include "revoke/kernel/connections.hpp"
#include "revoke/kernel/procfs.hpp"
#include "revoke/kernel/root.hpp"

namespace pam_revoke {
namespace {

// A process chooses these, and must not fill the answer.
constexpr std::size_t kMaxArgumentBytes = 512;
constexpr std::size_t kMaxGroupBytes = 256;
constexpr std::size_t kMaxConnections = 16;
constexpr int kAnswers = 2;
constexpr std::uint64_t kLeastUsec = 2'000;  // below that, a child is not worth its start

// Returns when a process started.
// Units:  ticks: since boot, including suspended time; the result: seconds since 1970.
std::int64_t start_time_sec(std::uint64_t ticks) {
    timespec now{};
    timespec since_boot{};
    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &since_boot);
    const auto ticks_per_sec = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
    return now.tv_sec - since_boot.tv_sec + static_cast<std::int64_t>(ticks / ticks_per_sec);
}

// A process to read.
struct Open {
    pid_t pid = 0;
    std::uint32_t uid = 0;
    Fd directory;
};

// One line: PID, and the members of a JSON object without its braces.
void send(int fd, const Open& process, const JsonObject& json) {
    const std::string members = json.text();
    const std::string line =
        std::to_string(process.pid) + " " + members.substr(1, members.size() - 2) + "\n";
    (void)!write(fd, line.data(), line.size());  // the parent may have given up
}

// Returns false if the process has ended.
bool send_facts(int fd, const Open& process, ConnectionTables& tables) {
    const int directory = process.directory.get();
    const std::string stat = read_small(directory, "stat");
    const auto parent = parse_number<pid_t>(stat_field(stat, StatField::parent));
    const auto started = start_in(stat);
    if (!parent || !started) return false;
    JsonObject json;
    json.add("pid", process.pid)
        .add("uid", process.uid)
        .add("parent", *parent)
        .add("exe", read_link(directory, "exe"))
        .add("started", print_time(start_time_sec(*started)).view());
    json.add("cgroup", cgroup_of(directory).substr(0, kMaxGroupBytes))
        .add("tty", pseudo_terminal_of(process.pid));
    JsonArray peers;
    auto connections = tables.connections_of(directory);
    if (connections.size() > kMaxConnections) connections.resize(kMaxConnections);
    for (const std::string& peer : connections) peers.add_raw(json_string(peer));
    send(fd, process, json.add_raw("connections", peers.text()));
    return true;
}

// Arguments are separated by NUL bytes.
void send_arguments(int fd, const Open& process) {
    std::string arguments = read_small(process.directory.get(), "cmdline", kMaxArgumentBytes);
    while (arguments.ends_with('\0')) arguments.pop_back();
    std::replace(arguments.begin(), arguments.end(), '\0', ' ');
    JsonObject json;
    send(fd, process, json.add("arguments", arguments));
}

// The arguments come last: reading them can wait for the process.
int read_all(int fd, const std::vector<pid_t>& pids) {
    keep_only(fd);
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) (void)std::signal(signal, SIG_IGN);
    (void)std::signal(SIGPIPE, SIG_DFL);
    ConnectionTables tables;
    std::vector<Open> processes;
    for (const pid_t pid : pids) {
        Fd directory(open(process_path(pid).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        const std::string status = "\n" + read_small(directory.get(), "status");
        std::string_view uids = value_of(status, "\nUid:\t");
        const auto uid = parse_uid(take_until(uids, '\t'));
        if (!uid) continue;
        processes.push_back({pid, *uid, std::move(directory)});
        if (!send_facts(fd, processes.back(), tables)) processes.pop_back();
    }
    for (const Open& process : processes) send_arguments(fd, process);
    return 0;
}

}  // namespace

void Evidence::gather(const std::vector<pid_t>& pids, std::uint32_t owner_uid) {
    std::vector<pid_t> fresh;
    for (const pid_t pid : pids) {
        if (known_.contains(pid)) continue;
        if (known_.size() >= kEvidenceProcesses) {
            ++too_many_;
            continue;
        }
        known_[pid].owner_uid = owner_uid;
        fresh.push_back(pid);
    }
    if (fresh.empty() || left_usec_ < kLeastUsec) return;
    auto pipe = open_pipe("evidence");
    if (!pipe.ok()) return;
    const std::uint64_t begun_usec = monotonic_usec();
    const pid_t child = start_child([&] { return read_all(pipe.value().writing.get(), fresh); });
    if (child < 0) return;
    pipe.value().writing = Fd(-1);
    std::string answer;
    const std::uint64_t share_usec = left_usec_ / 2;
    const ReadLimits limits{static_cast<int>(share_usec / 1000) + 1, begun_usec + share_usec,
                            kEvidenceBytes};
    (void)read_to_end(pipe.value().reading.get(), limits, answer);
    abandon_child(child);
    left_usec_ -= std::min(left_usec_, monotonic_usec() - begun_usec);
    take(answer);
}

// A line that is cut off is left out.
void Evidence::take(std::string_view answer) {
    while (answer.find('\n') != std::string_view::npos) {
        std::string_view line = take_until(answer, '\n');
        const auto pid = parse_number<pid_t>(take_until(line, ' '));
        const auto known = known_.find(pid.value_or(0));
        if (known == known_.end()) continue;
        std::string& members = known->second.members;
        members.append(members.empty() ? "" : ", ").append(line);
        ++known->second.answers;
    }
}

GatheredEvidence Evidence::gathered() const {
    GatheredEvidence evidence;
    evidence.left_out = too_many_;
    for (const auto& [pid, known] : known_) {
        if (known.answers < kAnswers) ++evidence.left_out;
        if (!known.members.empty())
            evidence.processes.push_back({known.owner_uid, "{" + known.members + "}"});
    }
    return evidence;
}

}  // namespace pam_revoke
