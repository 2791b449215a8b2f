// fake_tree.hpp - a /proc and a /sys/fs/cgroup for one test.
#pragma once

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "revoke/kernel/root.hpp"
#include "unit.hpp"

namespace pam_revoke {

// No real process has such a PID: signals and process counts still come from the kernel.
// Source: PID_MAX_LIMIT of linux/threads.h.
inline constexpr pid_t kFakePid = 4'194'304;

struct FakeProcess {
    pid_t pid = kFakePid;
    std::array<std::uint32_t, 4> uids{};  // real, effective, saved, file system
    std::string cgroup = "/system.slice/cron.service";
    std::uint32_t login_uid = 0xffffffffU;
    std::string title = "bash";
    char state = 'S';
    unsigned threads = 1;
    std::uint64_t started = 100;
    bool is_in_pid_namespace = false;  // in that of a container
    std::string name = "bash";
    pid_t parent = 1;
};

// Returns an ordinary process of `uid`.
inline FakeProcess process_of(std::uint32_t uid, pid_t pid, const std::string& cgroup) {
    return {pid, {uid, uid, uid, uid}, cgroup};
}

class FakeTree : public TestDirectory {
public:
    FakeTree() {
        set_kernel_root(path);
        std::filesystem::create_directories(path + "/proc");
        std::filesystem::create_directories(path + "/sys/fs/cgroup");
    }
    ~FakeTree() { set_kernel_root({}); }

    void write(const std::string& name, const std::string& text) const {
        const std::string file = path + name;
        std::filesystem::create_directories(std::filesystem::path(file).parent_path());
        cr_assert((std::ofstream(file) << text << std::flush).good(), "%s", file.c_str());
    }
    [[nodiscard]] std::string read(const std::string& name) const {
        std::ifstream file(path + name);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    void write_in_group(const std::string& group, const char* name, const std::string& text) const {
        write("/sys/fs/cgroup" + group + "/" + name, text);
    }
    [[nodiscard]] std::string read_in_group(const std::string& group, const char* name) const {
        return read("/sys/fs/cgroup" + group + "/" + name);
    }
    // Adds a cgroup with cgroup.kill.
    void add_group(const std::string& group) {
        groups_.insert(group);
        write_in_group(group, "cgroup.kill", "");
        write_groups();
    }
    // Marks the cgroup as populated without processes.
    void add_unseen(const std::string& group) {
        write_in_group(group, "cgroup.events", "populated 1\nfrozen 0\n");
    }
    void add(const FakeProcess& process) {
        const bool is_child = process.pid < kFakePid && waitpid(process.pid, nullptr, WNOHANG) == 0;
        cr_assert(process.pid >= kFakePid || is_child, "not a child of this test");
        processes_[process.pid] = process;
        write_process(process);
        // Also adds all parent cgroups.
        for (std::string group = process.cgroup; group.size() > 1;
             group.erase(group.find_last_of('/')))
            if (groups_.insert(group).second) write_in_group(group, "cgroup.kill", "");
        write_groups();
    }
    void remove(pid_t pid) {
        processes_.erase(pid);
        std::filesystem::remove_all(path + "/proc/" + std::to_string(pid));
        write_groups();
    }
    // Removes all processes of a cgroup, as cgroup.kill does.
    void remove_group(const std::string& group) {
        std::set<pid_t> pids;
        for (const auto& [pid, process] : processes_)
            if ((process.cgroup + "/").starts_with(group + "/")) pids.insert(pid);
        for (const pid_t pid : pids) remove(pid);
    }
    // Applies the writes to cgroup.kill.
    void carry_out_kills() {
        const std::set<std::string> groups = groups_;
        for (const std::string& group : groups)
            if (is_killed(group)) remove_group(group);
    }
    [[nodiscard]] bool is_killed(const std::string& group) const {
        return read_in_group(group, "cgroup.kill") == "1";
    }

private:
    void write_process(const FakeProcess& process) const {
        const std::string directory = "/proc/" + std::to_string(process.pid) + "/";
        std::string uids;
        for (const std::uint32_t uid : process.uids) uids += "\t" + std::to_string(uid);
        const std::string pid = std::to_string(process.pid);
        write(directory + "status",
              "Name:\t" + process.name + "\nState:\t" + std::string(1, process.state) +
                  " (x)\nPPid:\t" + std::to_string(process.parent) + "\nUid:" + uids +
                  "\nNSpid:\t" + pid + (process.is_in_pid_namespace ? "\t2\n" : "\n"));
        write(directory + "stat", pid + " (bash) " + process.state +
                                      " 1 1 1 34816 -1 0 0 0 0 0 0 0 0 0 20 0 " +
                                      std::to_string(process.threads) + " 0 " +
                                      std::to_string(process.started) + " 0 0");
        write(directory + "cgroup", "0::" + process.cgroup + "\n");
        write(directory + "loginuid", std::to_string(process.login_uid));
        write(directory + "cmdline", process.title + std::string(1, '\0'));
        // The test's own is another file, so this is another namespace.
        if (process.is_in_pid_namespace) write(directory + "ns/pid", "");
    }
    void write_groups() const {
        for (const std::string& group : groups_) {
            std::string pids;
            bool is_populated = false;
            for (const auto& [pid, process] : processes_) {
                if (process.cgroup == group) pids += std::to_string(pid) + "\n";
                is_populated = is_populated || (process.cgroup + "/").starts_with(group + "/");
            }
            write_in_group(group, "cgroup.procs", pids);
            write_in_group(group, "cgroup.events",
                           is_populated ? "populated 1\nfrozen 0\n" : "populated 0\nfrozen 0\n");
        }
    }

    std::map<pid_t, FakeProcess> processes_;
    std::set<std::string> groups_;
};

}  // namespace pam_revoke
