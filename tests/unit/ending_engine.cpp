#include "../../logind/ending_engine.hpp"

#include <string>

#include "revoke/base/time.hpp"
#include "unit.hpp"

using namespace pam_revoke;

// An ending whose processes are gone at a given step. It records its steps: S kill first, L scan,
// A ask, G kill groups, K kill, C conclude.
class Scripted final : public Ending {
public:
    Scripted(Result<Bus>& bus, const EndOptions& options, std::string goes_at)
        : Ending(bus, options, none_), goes_at_(std::move(goes_at)) {}
    std::string steps;

private:
    bool step(char name) {
        steps += name;
        is_gone_ = is_gone_ || goes_at_.find(name) != std::string::npos;
        return is_gone_;
    }
    bool scan() override { return step('L'); }
    bool wait_for_change(std::uint64_t deadline_usec) const override {
        usleep(1000);
        return monotonic_usec() < deadline_usec;
    }
    bool nothing_to_end() const override { return is_gone_; }
    void kill_first() override { step('S'); }
    void ask() override { step('A'); }
    void kill_groups() override { step('G'); }
    void kill() override { step('K'); }
    Progress seen() const override { return {}; }
    void conclude(EndReport& report) override {
        step('C');
        report.own_left = !is_gone_;
    }
    void set_bus_deadline(std::uint64_t) override {}

    inline static const OnProgress none_{};
    std::string goes_at_;
    bool is_gone_ = false;
};

// Returns the steps; repeated scans count as one.
static std::string steps_of(const std::string& goes_at, const EndOptions& options,
                            EndReport& report) {
    Result<Bus> bus = make_error(Fault::bus, "system bus", "is not there");
    Scripted ending(bus, options, goes_at);
    report = ending.run();
    std::string steps;
    for (const char step : ending.steps)
        if (steps.empty() || steps.back() != step) steps += step;
    return steps;
}

Test(ending_engine, each_step_is_taken_only_when_the_one_before_was_not_enough) {
    const struct {
        const char* goes_at;
        bool now;
        const char* steps;
    } rows[] = {
        {"L", false, "LC"}, {"A", false, "LALC"},  {"G", false, "LALGLC"}, {"K", false, "LALGLKLC"},
        {"S", true, "SLC"}, {"A", true, "SLAGLC"}, {"G", true, "SLAGLC"},  {"K", true, "SLAGLKLC"},
    };
    for (const auto& row : rows) {
        EndReport report;
        const EndOptions options{0, 5'000'000, row.now, false};
        const std::string steps = steps_of(row.goes_at, options, report);
        EXPECT_ROW(steps == row.steps, std::string(row.goes_at) + " -> " + steps);
        EXPECT_ROW(report.verified() && !report.own_left, row.goes_at);
    }
}

Test(ending_engine, who_is_asked_has_time_to_answer) {
    EndReport report;
    (void)steps_of("G", {0, 5'000'000, false, false}, report);
    cr_expect(report.elapsed_usec >= kLeastGraceUsec && report.elapsed_usec < 4 * kLeastGraceUsec);
    (void)steps_of("G", {0, 5'000'000, true, false}, report);
    cr_expect(report.elapsed_usec < kLeastGraceUsec, "at once is at once");
}

Test(ending_engine, what_stays_is_killed_and_asked_in_rounds_until_the_limit) {
    EndReport report;
    const std::string steps = steps_of("", {0, 1'700'000, false, false}, report);
    cr_expect(steps == "LALGLKLAKLAKLAC", "%s", steps.c_str());
    cr_expect(report.own_left && report.elapsed_usec >= 1'700'000 &&
              report.elapsed_usec < 3'000'000);
    cr_expect(steps_of("", {0, 0, true, false}, report) == "SLAGLKLAC", "one round at least");
}
