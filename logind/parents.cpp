#include "parents.hpp"

#include <unistd.h>

#include <algorithm>

#include "revoke/base/compose.hpp"
#include "revoke/base/time.hpp"
#include "revoke/kernel/cgroup.hpp"
#include "revoke/kernel/procfs.hpp"

namespace pam_revoke {
namespace {

constexpr std::uint64_t kExitUsec = 1'000'000;
constexpr useconds_t kBetweenUsec = 20'000;

bool is_alive(const Process& process) {
    const auto now = find_process(process.pid);
    return now && now->started == process.started;
}

}  // namespace

void Parents::add(const Process& process) {
    // PID 1 adopts, and its services are asked for by name.
    if (process.parent <= 1 || !seen_.insert(process.parent).second) return;
    auto parent = find_process(process.parent);
    // A younger one has the PID of a parent that has exited.
    if (parent && parent->started <= process.started)
        parents_.emplace(process.parent, std::move(*parent));
}

std::vector<Error> Parents::running(const std::set<pid_t>& theirs) const {
    const std::set<pid_t> own = own_line();
    std::vector<const Process*> left;
    for (const auto& [pid, parent] : parents_)
        if (!theirs.contains(pid) && !own.contains(pid)) left.push_back(&parent);
    const std::uint64_t until_usec = monotonic_usec() + kExitUsec;
    for (;;) {
        std::erase_if(left, [](const Process* parent) { return !is_alive(*parent); });
        if (left.empty() || monotonic_usec() >= until_usec) break;
        usleep(kBetweenUsec);
    }
    std::vector<Error> errors;
    for (const Process* parent : left) {
        const std::string unit = unit_of(parent->cgroup);
        errors.push_back(make_error(
            Fault::refused,
            compose("pid {} {}{}", parent->pid, parent->command, unit.empty() ? "" : " of " + unit),
            "started a process of the user and may start it again; check its configuration"));
    }
    return errors;
}

}  // namespace pam_revoke
