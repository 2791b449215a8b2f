// activity_monitor.hpp - repeats the scan of a user until nothing is left or the time is up.
//
// One scan is not enough: a process may change its PID faster than /proc is read, a service may be
// waiting for its restart, the bus may disconnect. Our own session is left out.
// Source: revoke-user(8), ENDING.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "revoke/logind/account.hpp"
#include "revoke/logind/activity.hpp"
#include "revoke/logind/ending.hpp"

namespace pam_revoke {

class ActivityMonitor {
public:
    // Units:  last_word_usec: CLOCK_MONOTONIC in microseconds; no checks are repeated after it.
    // Errors: none; after a scan, unverified() has an unavailable bus.
    ActivityMonitor(Result<Bus>& bus, const Account& account, const EndOptions& options,
                    std::uint64_t last_word_usec);

    // Sets the deadline of the bus, also after a reconnect.
    // Units:  usec: CLOCK_MONOTONIC in microseconds.
    // Errors: none.
    void set_bus_deadline(std::uint64_t usec);
    // Scans the sessions only, before an immediate kill.
    // Errors: none returned; unverified() has them.
    void scan_sessions();
    // Scans once. True if nothing is left.
    // Errors: none returned; false, and unverified() has them.
    [[nodiscard]] bool scan_once();
    // Waits for a change, for half a second at most. False when the deadline has passed.
    // Units:  deadline_usec: CLOCK_MONOTONIC in microseconds.
    // Errors: none.
    [[nodiscard]] bool wait_for_change(std::uint64_t deadline_usec) const;

    // True when a scan found nothing but the kernel counts processes: kill their UIDs at once, then
    // call mark_killed(). After that the count may have another reason.
    [[nodiscard]] bool kernel_count_disagrees() const { return kernel_count_disagrees_; }
    void mark_killed() { killed_ = true; }

    // The result of the last scan.
    [[nodiscard]] const Activity& activity() const { return activity_; }
    // Services of the user that were waiting for their restart.
    [[nodiscard]] const std::vector<std::string>& restarting() const { return restarting_; }
    [[nodiscard]] bool own_left() const { return !own_unit_.empty(); }
    // Subordinate UIDs with processes of the user that are not accounts of their own.
    // Errors: none.
    [[nodiscard]] std::set<std::uint32_t> subuids_in_use() const;
    // Returns those of `uids` that no other user's container uses. Namespaces created by one of
    // `uids` count as the user's own, too.
    // Errors: none; an empty set when that cannot be read.
    [[nodiscard]] std::set<std::uint32_t> exclusive_uids(std::set<std::uint32_t> uids) const;
    // True for processes that are reported but not ended: descendants and containers, unless
    // requested; subordinate UIDs that may be another account; the ancestors of this process;
    // services of a system account, if they are spared.
    // Errors: none.
    [[nodiscard]] bool is_report_only(const Process& process) const;
    // True if services of a system account are reported and not stopped.
    // Errors: none.
    [[nodiscard]] bool spares_services() const;
    // True if only report-only processes are left.
    // Errors: none.
    [[nodiscard]] bool nothing_to_end() const;
    // Returns why the end cannot be verified, with the errors of the last scan.
    // Errors: none.
    [[nodiscard]] std::vector<Error> unverified() const;

private:
    void scan();
    void take_connecting();
    [[nodiscard]] bool is_own(const Process& process) const;
    [[nodiscard]] bool is_own(const Session& session) const;
    [[nodiscard]] bool broke_off() const;
    [[nodiscard]] bool is_quiet() const;
    [[nodiscard]] bool stays_quiet();
    [[nodiscard]] bool scan_again(int scans);
    [[nodiscard]] bool restarts_something();
    [[nodiscard]] std::set<std::uint32_t> counted_uids();
    [[nodiscard]] bool is_explained_by_zombies(std::uint32_t uid) const;

    Result<Bus>& bus_;
    const Account& account_;
    const EndOptions& options_;
    bool had_bus_;
    std::uint64_t last_word_usec_;
    std::uint64_t bus_until_usec_;
    std::optional<std::string> own_session_;
    std::string own_unit_;      // our unit, if it is in a slice of the user
    std::set<pid_t> own_line_;  // this process and its ancestors
    ScanState state_;
    bool has_scanned_all_ = false;
    std::set<std::pair<pid_t, std::uint64_t>> early_;  // connections without a session by then
    Activity activity_;
    std::vector<std::string> restarting_;
    std::optional<Error> unasked_;    // why restarting services are unknown
    std::set<std::uint32_t> hidden_;  // UIDs with processes that only the kernel counts
    bool kernel_count_disagrees_ = false;
    bool killed_ = false;             // all UIDs of the user were killed once
    std::optional<Error> uncounted_;  // why the kernel's count is unknown
};

}  // namespace pam_revoke
