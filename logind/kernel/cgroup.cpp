#include "revoke/kernel/cgroup.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "revoke/base/text.hpp"
#include "revoke/kernel/process_count.hpp"
#include "revoke/kernel/procfs.hpp"
#include "revoke/kernel/root.hpp"

namespace pam_revoke {
namespace {

constexpr const char* kRoot = "/sys/fs/cgroup";
constexpr int kFreezeMsec = 200;
// The owner of a delegated cgroup can create any number of cgroups below.
constexpr std::size_t kMaxGroups = 1000;
constexpr std::size_t kMaxPidBytes = std::size_t{1} << 20U;

// Appends the cgroups directly below.
void add_below(const std::string& directory, std::vector<std::string>& groups) {
    const Fd opened(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    DirectoryReader names(opened.get());
    while (opened.get() >= 0 && groups.size() < kMaxGroups) {
        const auto name = names.next();
        if (!name.ok() || name.value() == nullptr) return;
        const std::string_view part(name.value());
        if (names.is_directory() && part != "." && part != "..")
            groups.push_back(directory + "/" + std::string(part));
    }
}

// A threaded cgroup has no process list; the domain above has it.
void add_pids(const std::string& directory, std::vector<pid_t>& found) {
    const std::string text =
        read_small(AT_FDCWD, (directory + "/cgroup.procs").c_str(), kMaxPidBytes);
    for_each_line(text, [&found](std::string_view line, std::uint64_t) {
        if (const auto pid = parse_uid(line)) found.push_back(static_cast<pid_t>(*pid));
    });
}

bool is_populated(const std::string& directory) {
    return read_small(AT_FDCWD, (directory + "/cgroup.events").c_str()).find("populated 1") !=
           std::string::npos;
}

}  // namespace

std::string slice_unit(std::uint32_t uid) { return "user-" + std::to_string(uid) + ".slice"; }

std::string slice_path(std::uint32_t uid) { return "/user.slice/" + slice_unit(uid); }

bool is_within(std::string_view path, std::string_view group) {
    return path.starts_with(group) && (path.size() == group.size() || path[group.size()] == '/');
}

std::string unit_in_slice(std::string_view cgroup, std::uint32_t uid) {
    const std::string slice = slice_path(uid) + "/";
    if (!cgroup.starts_with(slice)) return {};
    cgroup.remove_prefix(slice.size());
    return std::string(cgroup.substr(0, cgroup.find('/')));
}

std::string unit_of(std::string_view cgroup, std::string* path) {
    for (std::size_t at = 0; at < cgroup.size();) {
        const std::size_t end = std::min(cgroup.find('/', at + 1), cgroup.size());
        const std::string_view part = cgroup.substr(at + 1, end - at - 1);
        if (!part.empty() && !part.ends_with(".slice")) {
            if (path != nullptr) *path = cgroup.substr(0, end);
            return std::string(part);
        }
        at = end;
    }
    return {};
}

std::string container_in(std::string_view cgroup) {
    constexpr std::string_view kEngines[] = {"libpod-", "docker-", "crio-", "machine-"};
    while (!cgroup.empty()) {
        cgroup.remove_prefix(1);
        const std::string_view part = cgroup.substr(0, cgroup.find('/'));
        const auto made_it = [part](std::string_view engine) {
            return part.starts_with(engine) && part.ends_with(".scope");
        };
        if (std::any_of(std::begin(kEngines), std::end(kEngines), made_it) &&
            !part.starts_with("libpod-conmon-"))
            return std::string(part);
        cgroup.remove_prefix(part.size());
    }
    return {};
}

ControlGroup::ControlGroup(std::string_view path)
    : path_(path),
      directory_(kernel_path(kRoot + path_)),
      events_(open((directory_ + "/cgroup.events").c_str(), O_RDONLY | O_CLOEXEC)) {}

bool ControlGroup::populated() const {
    std::array<char, 256> text;
    const ssize_t size = pread(events_.get(), text.data(), text.size(), 0);
    return size > 0 &&
           std::string_view(text.data(), static_cast<std::size_t>(size)).find("populated 1") !=
               std::string_view::npos;
}

void ControlGroup::wait(int timeout_msec) const {
    // A read arms the event; without it, the first poll(2) returns at once. An early return is
    // fine: the caller scans again.
    const bool armed = populated();
    pollfd event{events_.get(), POLLPRI, 0};
    (void)poll(&event, armed ? 1 : 0, timeout_msec);
}

bool ControlGroup::write(const char* name, const char* text) const {
    const Fd file(open((directory_ + "/" + name).c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
    return file.get() >= 0 && ::write(file.get(), text, 1) == 1;
}

bool ControlGroup::kill() const { return write("cgroup.kill", "1") || freeze_and_kill(); }

bool ControlGroup::freeze_and_kill() const {
    if (!write("cgroup.freeze", "1")) return false;
    for (int msec = 0; msec < kFreezeMsec; ++msec) {
        if (("\n" + read_small(AT_FDCWD, (directory_ + "/cgroup.events").c_str()))
                .find("\nfrozen 1") != std::string::npos)
            break;
        usleep(1000);
    }
    bool all = true;
    for (const pid_t pid : pids()) {
        const auto still_here = [this](int directory) {
            return is_within(cgroup_of(directory), path_);
        };
        all = signal_process(pid, SIGKILL, still_here).ok() && all;
    }
    return write("cgroup.freeze", "0") && all;
}

std::vector<pid_t> ControlGroup::pids() const {
    std::vector<pid_t> found;
    std::vector<std::string> groups{directory_};
    // A list, not recursion: the processes inside choose the depth.
    for (std::size_t i = 0; i < groups.size(); ++i) {
        add_pids(groups[i], found);
        if (groups.size() < kMaxGroups) add_below(std::string(groups[i]), groups);
    }
    return found;
}

std::string ControlGroup::populated_part() const {
    if (!populated()) return {};
    std::string part = directory_;
    std::vector<std::string> below;
    for (std::size_t depth = 0; depth < kMaxGroups; ++depth) {
        below.clear();
        add_below(part, below);
        const auto busy = std::find_if(below.begin(), below.end(), is_populated);
        if (busy == below.end()) break;
        part = *busy;
    }
    return part.substr(kernel_path(kRoot).size());
}

}  // namespace pam_revoke
