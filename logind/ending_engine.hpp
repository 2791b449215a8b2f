// ending_engine.hpp - how anything is ended: asked, waited for, killed, looked at again, reported.
//
// Join: the order, the deadlines and the rounds are here, once; what there is, how it is asked and
// how it is killed is for the classes below.
// Source: revoke-user(8), ENDING.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "revoke/logind/ending.hpp"

namespace pam_revoke {

class Ending {
public:
    // Its time runs from here. All three must outlive this object.
    // Errors: none; a bus that could not be opened is reported when it is needed.
    Ending(Result<Bus>& bus, const EndOptions& options, const OnProgress& progress);
    Ending(const Ending&) = delete;
    Ending& operator=(const Ending&) = delete;
    virtual ~Ending() = default;

    // Ends what it is about. To be called once.
    // Errors: none returned; EndReport::troubles has them.
    [[nodiscard]] EndReport run();

protected:
    // Looks once. True when nothing is left and nothing was in doubt.
    [[nodiscard]] virtual bool scan() = 0;
    // Waits until a look would show something else, or for a moment. False when the time is up.
    // Units: CLOCK_MONOTONIC.
    [[nodiscard]] virtual bool wait_for_change(std::uint64_t deadline_usec) const = 0;
    // True when all that the last look saw is only to be named.
    [[nodiscard]] virtual bool nothing_to_end() const = 0;
    // Kills at once, before anybody is asked.
    virtual void kill_first() = 0;
    // Asks what the last look saw to end.
    virtual void ask() = 0;
    // Kills what the kernel can kill in one step.
    virtual void kill_groups() = 0;
    // Kills everything that the last look saw.
    virtual void kill() = 0;
    // What the last look saw. Units: elapsed_usec is not looked at.
    [[nodiscard]] virtual Progress seen() const = 0;
    // Says what came of it.
    virtual void conclude(EndReport& report) = 0;
    // Lets the bus answer until then. Units: CLOCK_MONOTONIC.
    virtual void set_bus_deadline(std::uint64_t usec) = 0;

    [[nodiscard]] std::uint64_t begun_usec() const { return begun_usec_; }
    // When nothing more is killed. Units: CLOCK_MONOTONIC.
    [[nodiscard]] std::uint64_t limit_usec() const { return begun_usec_ + options_.limit_usec; }
    // When even the last look must have been had. Units: CLOCK_MONOTONIC.
    [[nodiscard]] std::uint64_t last_word_usec() const { return limit_usec() + kCallUsec; }
    // From asking to KILL.
    [[nodiscard]] std::uint64_t grace_usec() const;

    // Something that failed on the way counts only if the last look does not show that it was not
    // needed.
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
    std::map<std::string, Error> failed_;  // of each unit, session or process the last failure
};

}  // namespace pam_revoke
