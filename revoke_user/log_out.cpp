#include "log_out.hpp"

#include <chrono>
#include <ctime>
#include <thread>

#include "list_change.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/report.hpp"

namespace pam_revoke {
namespace {

constexpr std::chrono::milliseconds kTick{20};
constexpr std::chrono::seconds kMaxWait{2};  // the clock may be set back meanwhile

void wait_until(std::int64_t time_sec) {
    const auto give_up = std::chrono::steady_clock::now() + kMaxWait;
    while (std::time(nullptr) < time_sec && std::chrono::steady_clock::now() < give_up)
        std::this_thread::sleep_for(kTick);
}

}  // namespace

std::string describe_denied(const Outcome& outcome, const std::string& name) {
    return compose("{}: new logins are denied until {}, then possible; run the command again", name,
                   print_time(outcome.log_out_sec).view());
}

// Whatever ran a moment ago began before the next second.
void allow_again(const Context& context, const Operation& operation, Outcome& outcome) {
    const std::int64_t next_sec = std::time(nullptr) + 1;
    if (next_sec > outcome.log_out_sec)
        return outcome.errors.push_back(
            compose("{}: new logins became possible during the ending; run the command again",
                    operation.name));
    const LogOutTime time{next_sec, outcome.log_out_sec};
    ListWriter writer(
        [&](int lock_msec) { return deny(context, operation.entry, lock_msec, time); });
    const auto update = writer.wait(kLateMsec);
    if (!update.ok() || !update.value()) {
        if (!update.ok()) outcome.errors.push_back(describe(update.error()));
        return outcome.errors.push_back(describe_denied(outcome, operation.name));
    }
    wait_until(next_sec);
    const Decision decision = operation.ask_gate();
    outcome.denied = decision.verdict == Verdict::revoked;
    outcome.indexed = false;
    if (decision.verdict == Verdict::clear) {
        outcome.allowed_sec = next_sec;
        return;
    }
    const std::string cause =
        outcome.denied   ? compose("revoked by {}:{}", display(decision.list.view()), decision.line)
        : decision.error ? describe(*decision.error)
                         : "the gate could not check";
    outcome.errors.push_back(compose("{}: everything was ended; new logins are not possible: {}",
                                     operation.name, cause));
}

}  // namespace pam_revoke
