#include "revoke/logind/activity_monitor.hpp"

#include <algorithm>

#include "revoke/base/time.hpp"
#include "revoke/kernel/cgroup.hpp"
#include "revoke/kernel/process_count.hpp"
#include "revoke/kernel/procfs.hpp"
#include "revoke/logind/units.hpp"

namespace pam_revoke {
namespace {

constexpr int kScanMsec = 100;
constexpr int kScansInDoubt = 30;
constexpr std::uint64_t kBusyUsec = 500'000;

}  // namespace

ActivityMonitor::ActivityMonitor(Result<Bus>& bus, const Account& account,
                                 const EndOptions& options, std::uint64_t last_word_usec)
    : bus_(bus),
      account_(account),
      options_(options),
      had_bus_(bus.ok()),
      last_word_usec_(last_word_usec),
      bus_until_usec_(last_word_usec),
      own_session_(own_session()),
      own_line_(own_line()) {
    const std::string cgroup = own_cgroup();
    for (const std::uint32_t uid : account_.uids)
        if (own_unit_.empty()) own_unit_ = unit_in_slice(cgroup, uid);
}

void ActivityMonitor::set_bus_deadline(std::uint64_t usec) {
    bus_until_usec_ = usec;
    if (bus_.ok()) bus_.value().set_deadline(usec);
}

bool ActivityMonitor::is_own(const Process& process) const {
    const auto same_unit = [&](std::uint32_t uid) {
        return unit_in_slice(process.cgroup, uid) == own_unit_;
    };
    return own_left() && std::any_of(account_.uids.begin(), account_.uids.end(), same_unit);
}

// sd_pid_get_session() reads the same cgroup.
bool ActivityMonitor::is_own(const Session& session) const {
    return own_left() && session.id == own_session_;
}

void ActivityMonitor::scan() {
    // logind or the bus was restarted: a broken connection is no answer.
    if (broke_off() && monotonic_usec() < bus_until_usec_) bus_ = Bus::open(bus_until_usec_);
    activity_ = pam_revoke::scan(bus_, account_, state_);
    take_connecting();
    std::erase_if(activity_.sessions, [this](const Session& session) { return is_own(session); });
    std::erase_if(activity_.processes, [this](const Process& process) { return is_own(process); });
    if (own_left()) activity_.populated.clear();
}

// A connection that the first complete scan finds may have passed the gate before the entry was in
// the list. A later one meets the entry: clients that keep connecting do not hold up the ending.
void ActivityMonitor::take_connecting() {
    for (Process& process : activity_.connecting) {
        const std::pair<pid_t, std::uint64_t> key(process.pid, process.started);
        if (!has_scanned_all_) early_.insert(key);
        if (!early_.contains(key)) continue;
        const auto is_theirs = is_from_client(process, account_, state_);
        if (!is_theirs.ok()) activity_.errors.push_back(is_theirs.error());
        if (is_theirs.ok() && is_theirs.value()) activity_.processes.push_back(std::move(process));
    }
    activity_.connecting.clear();
    has_scanned_all_ = has_scanned_all_ || activity_.saw_all;
}

void ActivityMonitor::scan_sessions() {
    activity_ = Activity{};
    pam_revoke::scan_sessions(bus_, account_, activity_);
    std::erase_if(activity_.sessions, [this](const Session& session) { return is_own(session); });
}

bool ActivityMonitor::scan_once() {
    restarting_.clear();
    unasked_.reset();
    hidden_.clear();
    kernel_count_disagrees_ = false;
    uncounted_.reset();
    scan();
    return is_quiet() && stays_quiet();
}

// False if the time is up. Returns when the slice is empty: a scan before would only find it busy.
// Processes elsewhere are found after kBusyUsec.
bool ActivityMonitor::wait_for_change(std::uint64_t deadline_usec) const {
    const ControlGroup slice(slice_path(account_.uids.front()));
    const std::uint64_t scan_usec = std::min(deadline_usec, monotonic_usec() + kBusyUsec);
    for (;;) {
        const std::uint64_t now_usec = monotonic_usec();
        if (now_usec >= scan_usec) return now_usec < deadline_usec;
        slice.wait(std::min(kScanMsec, static_cast<int>((scan_usec - now_usec) / 1000 + 1)));
        if (own_left() || !slice.populated()) return monotonic_usec() < deadline_usec;
    }
}

// A broken connection is opened again; one that never existed is not.
bool ActivityMonitor::broke_off() const {
    const auto& errors = activity_.errors;
    return had_bus_ && (!bus_.ok() || (unasked_ && is_break_off(*unasked_)) ||
                        std::any_of(errors.begin(), errors.end(), is_break_off));
}

// After an error, an empty result proves nothing.
bool ActivityMonitor::is_quiet() const { return activity_.quiet() && activity_.errors.empty(); }

// The kernel's process count finds a process that changes its PID faster than a scan. It includes
// zombies that their parent does not reap; then several scans must suffice.
bool ActivityMonitor::stays_quiet() {
    if (restarts_something()) return false;
    const Fd alone = lock_probe();
    const std::set<std::uint32_t> counted = counted_uids();
    hidden_ = counted;
    kernel_count_disagrees_ = !counted.empty() && !killed_;
    if (kernel_count_disagrees_) return false;
    // Some containers have more subordinate UIDs than can be counted.
    const bool counts_all = can_count(account_.subordinate);
    const bool has_scanned_enough = scan_again(counted.empty() && counts_all ? 1 : kScansInDoubt);
    if (!counts_all && !has_scanned_enough)
        uncounted_ = make_error(Fault::io, "subordinate UIDs", "could not be checked in time");
    std::erase_if(hidden_, [&](std::uint32_t uid) {
        return (!in_initial_pid_namespace() && has_scanned_enough) || is_explained_by_zombies(uid);
    });
    // A service that was between two starts in each scan is in none.
    return is_quiet() && hidden_.empty() && !uncounted_ && !restarts_something();
}

// Scans once or more. False if the time was up before `scans` scans found nothing.
bool ActivityMonitor::scan_again(int scans) {
    int done = 0;
    do scan();
    while (++done < scans && is_quiet() && monotonic_usec() < last_word_usec_);
    return done == scans;
}

// A zombie before and after the count was one during the count. One that was reaped in between
// explains nothing.
bool ActivityMonitor::is_explained_by_zombies(std::uint32_t uid) const {
    for (int i = 0; i < kScansInDoubt && monotonic_usec() < last_word_usec_; ++i) {
        const Zombies before = find_zombies(uid);
        if (has_processes(uid, static_cast<unsigned>(before.size()))) return false;
        const Zombies after = find_zombies(uid);
        if (std::includes(after.begin(), after.end(), before.begin(), before.end())) return true;
    }
    return false;
}

// The UIDs that the kernel counts processes for: the user's own, and subordinate ones without an
// account. In a container, processes outside are counted as well.
std::set<std::uint32_t> ActivityMonitor::counted_uids() {
    std::set<std::uint32_t> counted;
    if (own_left()) return counted;
    for (const std::uint32_t uid : account_.uids)
        if (uid != 0 && has_processes(uid)) counted.insert(uid);
    // A whole range takes a third of a second; on slow machines, many seconds.
    if (!in_initial_pid_namespace() || !has_newuidmap()) return counted;
    if (!can_count(account_.subordinate)) return counted;
    const auto uids = uids_in_use(account_.subordinate);
    if (!uids.ok()) uncounted_ = uids.error();
    std::set<std::uint32_t> theirs;
    for (const std::uint32_t uid : uids.ok() ? uids.value() : std::vector<std::uint32_t>())
        if (is_account(uid, state_) == false) theirs.insert(uid);
    counted.merge(exclusive_uids(std::move(theirs)));
    return counted;
}

std::set<std::uint32_t> ActivityMonitor::exclusive_uids(std::set<std::uint32_t> uids) const {
    std::vector<std::uint32_t> makers = account_.uids;
    makers.insert(makers.end(), uids.begin(), uids.end());
    return not_used_elsewhere(std::move(uids), makers);
}

std::set<std::uint32_t> ActivityMonitor::subuids_in_use() const {
    std::set<std::uint32_t> uids = state_.subuids;
    for (const std::uint32_t uid : hidden_)
        if (is_in(account_.subordinate, uid)) uids.insert(uid);
    return uids;
}

// A service between two starts has no process. The caller stops it and scans again.
bool ActivityMonitor::restarts_something() {
    if (!bus_.ok()) return false;  // the scan reports it
    auto units = restarting_units(bus_.value(), user_words(account_));
    if (!units.ok()) unasked_ = units.error();
    if (units.ok()) restarting_ = std::move(units.value());
    return unasked_ || !restarting_.empty();
}

bool ActivityMonitor::spares_services() const {
    return options_.spares_services &&
           std::any_of(account_.uids.begin(), account_.uids.end(), is_system_account);
}

bool ActivityMonitor::is_report_only(const Process& process) const {
    const bool by_login_uid = process.tie == Tie::descendant || process.tie == Tie::container;
    const bool is_service = options_.spares_services && process.tie != Tie::slice &&
                            is_system_account(process.owner_uid);
    return process.tie == Tie::subordinate || (by_login_uid && !options_.descendants) ||
           is_service || own_line_.contains(process.pid);
}

bool ActivityMonitor::nothing_to_end() const {
    const auto only_named = [this](const Process& process) { return is_report_only(process); };
    return activity_.saw_all && activity_.sessions.empty() && activity_.populated.empty() &&
           (restarting_.empty() || spares_services()) && hidden_.empty() && !broke_off() &&
           std::all_of(activity_.processes.begin(), activity_.processes.end(), only_named);
}

std::vector<Error> ActivityMonitor::unverified() const {
    std::vector<Error> unverified = activity_.errors;
    for (const std::string& unit : restarting_)
        unverified.push_back(make_error(Fault::bus, unit, "is about to restart"));
    for (const std::uint32_t uid : account_.uids)
        if (uid == 0)
            unverified.push_back(make_error(Fault::refused, "uid 0",
                                            "other processes of root are not ended or verified"));
    if (unasked_) unverified.push_back(*unasked_);
    if (uncounted_) unverified.push_back(*uncounted_);
    for (const std::uint32_t uid : hidden_)
        if (activity_.quiet())
            unverified.push_back(make_error(Fault::io, "uid " + std::to_string(uid),
                                            "the kernel counts a process that cannot be seen"));
    if (!activity_.populated.empty() && activity_.processes.empty())
        unverified.push_back(unseen(activity_.populated));
    return unverified;
}

}  // namespace pam_revoke
