#include "revoke/logind/login_records.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "revoke/base/file.hpp"
#include "revoke/base/proc_stat.hpp"
#include "revoke/base/text.hpp"
#include "revoke/kernel/process_count.hpp"
#include "revoke/kernel/procfs.hpp"
#include "revoke/kernel/root.hpp"
#include "revoke/pam_revoke/login_record.hpp"

namespace pam_revoke {
namespace {

constexpr int kMaxScans = 500;
constexpr useconds_t kBetweenScansUsec = 100;
// Longer than any list of PIDs.
constexpr std::size_t kMaxChildrenBytes = std::size_t{16} << 20U;

std::optional<pid_t> pid_in(std::string_view word) {
    const auto pid = parse_number<pid_t>(word);
    return pid && *pid > 0 ? pid : std::nullopt;
}

std::string stat_of(pid_t pid) { return read_small(AT_FDCWD, process_path(pid, "stat").c_str()); }

// The children of all threads of a process. A PID counts only if its own stat names the parent.
std::vector<PidRef> children_of(const PidRef& parent) {
    std::vector<PidRef> children;
    const std::string tasks = process_path(parent.pid, "task");
    const Fd path(open(tasks.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (path.get() < 0) return children;
    (void)for_each_name(path.get(), [&](std::string_view task) {
        const std::string text =
            read_small(path.get(), (std::string(task) + "/children").c_str(), kMaxChildrenBytes);
        std::string_view rest(text);
        // Without a blank after it, a word may be incomplete.
        while (rest.find(' ') != std::string_view::npos) {
            const auto pid = pid_in(take_until(rest, ' '));
            const std::string stat = pid ? stat_of(*pid) : std::string();
            const auto start = start_in(stat);
            if (start && pid_in(stat_field(stat, StatField::parent)) == parent.pid)
                children.push_back({*pid, *start});
        }
    });
    // The PID may have been reused while this was read.
    if (!is_alive(parent)) children.clear();
    return children;
}

// The state letter in proc(5); X if there is no such process.
char state_in(std::string_view stat) {
    const std::string_view state = stat_field(stat, StatField::state);
    return start_in(stat) && !state.empty() ? state.front() : 'X';
}

// A fork in progress completes after SIGSTOP, so children may be missing until the process stops.
// A process in disk wait stops later, but cannot fork meanwhile.
void wait_until_stopped(const PidRef& process) {
    for (int scans = 0;
         scans < kMaxScans &&
         std::string_view("RS").find(state_in(stat_of(process.pid))) != std::string_view::npos;
         ++scans)
        usleep(kBetweenScansUsec);
}

}  // namespace

std::optional<PidRef> pid_ref_of(pid_t pid) {
    const std::string stat = stat_of(pid);
    const auto start = start_in(stat);
    const char state = state_in(stat);
    return state != 'Z' && state != 'X' ? std::optional(PidRef{pid, *start}) : std::nullopt;
}

Result<std::optional<std::string>> recorded_auth_info(pid_t leader, const std::string& path,
                                                      uid_t owner) {
    const auto process = pid_ref_of(leader);
    if (!process) return std::optional<std::string>();
    const auto directory = TRY(open_trusted_directory(path.c_str(), owner));
    if (!directory) return std::optional<std::string>();
    const std::string name = std::to_string(leader);
    const auto file = TRY(open_trusted_file(directory->get(), name.c_str(), path + "/" + name,
                                            kMaxRecordBytes, owner));
    if (!file) return std::optional<std::string>();
    std::string text(kMaxRecordBytes + 1, '\0');
    const auto size = TRY(read_all(file->get(), text, path + "/" + name));
    const auto credentials =
        credentials_in(std::string_view(text).substr(0, size), process->start_ticks);
    return credentials ? std::optional(std::string(*credentials)) : std::nullopt;
}

RecordedLogins recorded_logins(const std::string& path, uid_t owner) {
    RecordedLogins found;
    const auto directory = open_trusted_directory(path.c_str(), owner);
    if (!directory.ok()) found.errors.push_back(directory.error());
    if (!directory.ok() || !directory.value()) return found;
    const auto read = for_each_name(directory.value()->get(), [&](std::string_view name) {
        const auto pid = pid_in(name);
        const auto process = pid ? pid_ref_of(*pid) : std::nullopt;
        if (!process) return;
        const auto record = recorded_auth_info(*pid, path, owner);
        if (!record.ok()) return found.errors.push_back(record.error());
        if (record.value()) found.logins.push_back({*process, *record.value()});
    });
    if (!read.ok())
        found.errors.push_back(
            make_error(Fault::io, path, read.error().reason, read.error().os_error));
    return found;
}

bool is_alive(const PidRef& process) {
    const auto now = pid_ref_of(process.pid);
    return now && now->start_ticks == process.start_ticks;
}

void kill_tree(const PidRef& process) {
    const auto own = own_line();
    const auto send = [&own](const PidRef& each, int signal) {
        if (own.contains(each.pid)) return;
        (void)signal_process(each.pid, signal, [&each](int directory) {
            return start_in(read_small(directory, "stat")) == each.start_ticks;
        });
    };
    std::vector<PidRef> tree = {process};
    const auto is_new = [&tree](const PidRef& child) {
        return std::none_of(tree.begin(), tree.end(),
                            [&child](const PidRef& each) { return each.pid == child.pid; });
    };
    for (std::size_t stopped = 0; stopped < tree.size();) {
        for (; stopped < tree.size(); ++stopped) {
            if (own.contains(tree[stopped].pid)) continue;
            send(tree[stopped], SIGSTOP);
            wait_until_stopped(tree[stopped]);
        }
        for (std::size_t i = 0; i < stopped; ++i)
            for (const PidRef& child : children_of(tree[i]))
                if (is_new(child)) tree.push_back(child);
    }
    for (const PidRef& each : tree) send(each, SIGKILL);
}

void tidy_records(const std::string& path, uid_t owner) {
    const auto directory = open_trusted_directory(path.c_str(), owner);
    // Without a readable /proc, every process would seem gone.
    if (!directory.ok() || !directory.value() || !pid_ref_of(getpid())) return;
    const int fd = directory.value()->get();
    std::vector<std::string> gone;
    (void)for_each_name(fd, [&gone](std::string_view name) {
        const auto pid = pid_in(name.starts_with('.') ? name.substr(1) : name);
        if (pid && !pid_ref_of(*pid)) gone.emplace_back(name);
    });
    for (const std::string& name : gone) unlinkat(fd, name.c_str(), 0);
}

}  // namespace pam_revoke
