// fake_host.hpp - one user on a fake host: processes, cgroups, logind and systemd.
#pragma once

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>

#include <optional>

#include "fake_logind.hpp"
#include "fake_tree.hpp"
#include "revoke/base/time.hpp"
#include "revoke/kernel/cgroup.hpp"
#include "revoke/kernel/child.hpp"
#include "revoke/logind/account.hpp"

namespace pam_revoke {

inline const std::string kCronGroup = "/system.slice/cron.service";

// A real process with the UID `uid`, for the kernel's process counts and signals.
class RealProcess {
public:
    explicit RealProcess(std::uint32_t uid, bool ignores_signals = false) {
        auto pipe = open_pipe("pipe");
        cr_assert(pipe.ok());
        const int ready = pipe.value().writing.get();
        pid_ = start_child([uid, ignores_signals, ready] {
            for (const int each : {SIGTERM, SIGHUP})
                if (ignores_signals) ::signal(each, SIG_IGN);
            const bool is_user = setresuid(uid, uid, uid) == 0 && write(ready, "x", 1) == 1;
            return is_user ? pause() : 1;
        });
        pipe.value().writing = Fd(-1);
        char byte = 0;
        cr_assert(pid_ > 0 && read(pipe.value().reading.get(), &byte, 1) == 1);
    }
    RealProcess(const RealProcess&) = delete;
    RealProcess& operator=(const RealProcess&) = delete;
    ~RealProcess() {
        if (!signal()) (void)wait_for_child(pid_, 0);
    }
    [[nodiscard]] pid_t pid() const { return pid_; }
    // Returns the signal that killed it; nothing while it runs.
    std::optional<int> signal() {
        int status = 0;
        if (!signal_ && waitpid(pid_, &status, WNOHANG) == pid_) signal_ = WTERMSIG(status);
        return signal_;
    }

private:
    pid_t pid_ = -1;
    std::optional<int> signal_;
};

struct FakeHost {
    FakeTree tree;
    FakeLogind logind;
    Account account;
    std::uint32_t uid;
    std::string slice;
    Result<Bus> bus;

    explicit FakeHost(std::uint32_t user)
        : account{"alice", {user}, true, {}, {}},
          uid(user),
          slice(slice_path(user)),
          bus(Bus::open(monotonic_usec() + 60'000'000)) {
        cr_assert(bus.ok());
        tree.add_group(slice);
    }
    // Adds a login session with one process. Returns its PID.
    pid_t log_in(const std::string& id) {
        Session session = session_of(id, uid, account.name);
        session.klass = "user";
        session.type = "tty";
        session.service = "sshd";
        session.scope = "session-" + id + ".scope";
        logind.sessions.push_back(session);
        const pid_t pid = kFakePid + 1000 + std::stoi(id);
        tree.add(process_of(uid, pid, session.cgroup()));
        return pid;
    }
    void forget_session(const std::string& id) {
        std::erase_if(logind.sessions, [&id](const Session& each) { return each.id == id; });
    }
    // Removes the session and its processes.
    void log_out(const std::string& id) {
        forget_session(id);
        tree.remove_group(scope(id));
    }
    [[nodiscard]] std::string scope(const std::string& id) const {
        return slice + "/session-" + id + ".scope";
    }
    // Applies the writes to cgroup.kill; logind removes the sessions that ended.
    void carry_out_kills() {
        tree.carry_out_kills();
        std::erase_if(logind.sessions, [this](const Session& session) {
            return tree.is_killed(slice) || tree.is_killed(session.cgroup());
        });
    }
};

// Moves this process into the session, also for libsystemd, which reads the real /proc.
// Must be called before a FakeHost starts its thread.
inline void enter_session(const std::string& own_cgroup) {
    const TestDirectory directory;
    const std::string file = directory.path + "/cgroup";
    std::ofstream(file) << "1:name=systemd:" << own_cgroup << "\n0::" << own_cgroup << "\n"
                        << std::flush;
    cr_assert(unshare(CLONE_NEWNS) == 0);
    cr_assert(mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0);
    cr_assert(mount(file.c_str(), "/proc/self/cgroup", nullptr, MS_BIND, nullptr) == 0);
}

}  // namespace pam_revoke
