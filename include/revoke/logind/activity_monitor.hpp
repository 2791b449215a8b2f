// activity_monitor.hpp - looking at a person again and again, until nothing is left of them or the
// time is up.
//
// Join: what a single look cannot say. A process may hop from pid to pid faster than /proc can be
// read, a service may be between two lives, the bus may break off: "quiet" means that none of this
// is so. Our own session is left out of it.
// Source: revoke-user(8), ENDING.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "revoke/logind/account.hpp"
#include "revoke/logind/activity.hpp"

namespace pam_revoke {

class ActivityMonitor {
public:
    // Watches `account`, of which the session of this process is left out.
    // Units:  last_word_usec: CLOCK_MONOTONIC in microseconds; after it, what is in doubt stays so.
    // Errors: none; a bus that cannot be asked is one of unverified() after a look.
    ActivityMonitor(Result<Bus>& bus, const Account& account, bool descendants,
                    std::uint64_t last_word_usec);

    // Sets the deadline of the bus, also of one that has to be opened again.
    // Units:  usec: CLOCK_MONOTONIC in microseconds.
    // Errors: none.
    void set_bus_deadline(std::uint64_t usec);
    // Looks at the sessions alone: all that is asked before a kill at once.
    // Errors: none returned; unverified() has them.
    void scan_sessions();
    // Looks once, and returns whether nothing is left.
    // Errors: none returned; unverified() has them, and false is returned.
    [[nodiscard]] bool scan_once();
    // Waits until a look would show something else, or for a moment. False when the time is up.
    // Units:  deadline_usec: CLOCK_MONOTONIC in microseconds.
    // Errors: none.
    [[nodiscard]] bool wait_for_change(std::uint64_t deadline_usec) const;

    // True when nothing is to be seen and the kernel counts something all the same: to be killed as
    // a whole, at once, for whatever it is has nothing to say good-bye to. Afterwards the count may
    // have another reason.
    [[nodiscard]] bool kernel_count_disagrees() const { return kernel_count_disagrees_; }
    void mark_killed() { killed_ = true; }

    // What the last look saw.
    [[nodiscard]] const Activity& activity() const { return activity_; }
    // Services of theirs that were waiting to be started again.
    [[nodiscard]] const std::vector<std::string>& restarting() const { return restarting_; }
    [[nodiscard]] bool own_left() const { return !own_unit_.empty(); }
    // Subordinate UIDs that something of theirs runs as, and that are no account of their own.
    // Errors: none.
    [[nodiscard]] std::set<std::uint32_t> subuids_in_use() const;
    // Those of `numbers` that are used in no container of another user. A process that runs as one
    // of them can make namespaces as it, too.
    // Errors: none; none of them when that cannot be read.
    [[nodiscard]] std::set<std::uint32_t> exclusive_uids(std::set<std::uint32_t> uids) const;
    // True for what is reported and not ended: descendants and containers, unless they were asked
    // for; UIDs that may be another user's; and the processes that started this one.
    // Errors: none.
    [[nodiscard]] bool is_report_only(const Process& process) const;
    // True when all that is left is only to be reported.
    // Errors: none.
    [[nodiscard]] bool nothing_to_end() const;
    // What rules out "nothing is left", beside what the last look saw.
    // Errors: none.
    [[nodiscard]] std::vector<Error> unverified() const;

private:
    void scan();
    [[nodiscard]] bool is_own(const Process& process) const;
    [[nodiscard]] bool is_own(const Session& session) const;
    [[nodiscard]] bool broke_off() const;
    [[nodiscard]] bool is_quiet() const;
    [[nodiscard]] bool stays_quiet();
    [[nodiscard]] bool restarts_something();
    [[nodiscard]] std::set<std::uint32_t> counted_uids();
    [[nodiscard]] bool is_explained_by_zombies(std::uint32_t uid) const;

    Result<Bus>& bus_;
    const Account& account_;
    bool descendants_;
    bool had_bus_;
    std::uint64_t last_word_usec_;
    std::uint64_t bus_until_usec_;
    std::optional<std::string> own_session_;
    std::string own_unit_;      // of the slice that is being ended: where we ourselves are
    std::set<pid_t> own_line_;  // ourselves, and who started us
    ScanState state_;
    Activity activity_;
    std::vector<std::string> restarting_;
    std::optional<Error> unasked_;  // why it is not known what is started again
    std::set<std::uint32_t>
        hidden_;  // numbers of which the kernel counts something that no look has seen
    bool kernel_count_disagrees_ = false;
    bool killed_ = false;             // all of their numbers were killed as a whole once
    std::optional<Error> uncounted_;  // why the kernel's count is not known
};

}  // namespace pam_revoke
