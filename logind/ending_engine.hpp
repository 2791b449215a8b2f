// ending_engine.hpp - the common steps of an ending: request, wait, kill, scan again, report.
//
// This class has the order, the deadlines and the rounds; derived classes scan, request and kill.
// Source: revoke-user(8), ENDING.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "evidence.hpp"
#include "revoke/logind/ending.hpp"

namespace pam_revoke {

class Ending {
public:
    // Starts the clock. All arguments must outlive this object.
    // Errors: none; a bus that could not be opened is reported when it is needed.
    Ending(Result<Bus>& bus, const EndOptions& options, const OnProgress& progress);
    Ending(const Ending&) = delete;
    Ending& operator=(const Ending&) = delete;
    virtual ~Ending() = default;

    // Runs the ending; call it once.
    // Errors: none returned; see EndReport::errors.
    [[nodiscard]] EndReport run();

protected:
    // Scans once. True if nothing is left and no check failed.
    [[nodiscard]] virtual bool scan() = 0;
    // Waits for a change, for a short time at most. False when the deadline has passed.
    // Units: CLOCK_MONOTONIC.
    [[nodiscard]] virtual bool wait_for_change(std::uint64_t deadline_usec) const = 0;
    // True if the last scan saw nothing, or only what is reported and not ended.
    [[nodiscard]] virtual bool nothing_to_end() const = 0;
    // Kills at once, before any request.
    virtual void kill_first() = 0;
    // Requests the end of what the last scan saw.
    virtual void ask() = 0;
    // Kills whole cgroups.
    virtual void kill_groups() = 0;
    // Kills everything that the last scan saw.
    virtual void kill() = 0;
    // True if something of the last scan was never killed, because its grace was not over.
    [[nodiscard]] virtual bool has_unkilled() const { return false; }
    // Returns the counts of the last scan; elapsed_usec is ignored.
    [[nodiscard]] virtual Progress seen() const = 0;
    // Fills in the report.
    virtual void conclude(EndReport& report) = 0;
    // Units: CLOCK_MONOTONIC.
    virtual void set_bus_deadline(std::uint64_t usec) = 0;

    [[nodiscard]] std::uint64_t begun_usec() const { return begun_usec_; }
    // Nothing is killed after this time. Units: CLOCK_MONOTONIC.
    [[nodiscard]] std::uint64_t limit_usec() const { return begun_usec_ + options_.limit_usec; }
    // The deadline of the last scan. Units: CLOCK_MONOTONIC.
    [[nodiscard]] std::uint64_t last_word_usec() const { return limit_usec() + kCallUsec; }
    // From the request to KILL.
    [[nodiscard]] std::uint64_t grace_usec() const;
    // True if kill() must not wait for a grace any more.
    [[nodiscard]] bool is_last_kill() const { return is_last_kill_; }

    // Reads what these processes are, before they are asked to end or killed.
    // Errors: none.
    void gather_evidence(const std::vector<pid_t>& pids, std::uint32_t owner_uid) {
        if (options_.gathers_evidence) evidence_.gather(pids, owner_uid);
    }

    // Remembers a failure; report_failures() is called only if the last scan still found something.
    void note(const Result<void>& result);
    void report_failures(EndReport& report) const;

    Result<Bus>& bus_;
    const EndOptions& options_;

private:
    [[nodiscard]] bool scan_once();
    [[nodiscard]] bool wait_until(std::uint64_t deadline_usec);
    [[nodiscard]] bool end_politely();
    void end_in_rounds(bool is_over);

    const OnProgress& progress_;
    std::uint64_t begun_usec_;
    bool is_last_kill_ = false;
    Evidence evidence_;
    std::map<std::string, Error> failed_;  // last failure by unit, session or process
};

}  // namespace pam_revoke
