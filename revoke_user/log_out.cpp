#include "log_out.hpp"

#include <chrono>
#include <ctime>
#include <thread>

#include "list_change.hpp"
#include "revoke/base/compose.hpp"
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

// Whatever ran a moment ago began before the next second.
void let_in_again(const Context& context, const Operation& operation, Outcome& outcome) {
    const std::int64_t next_sec = std::time(nullptr) + 1;
    ListWriter writer([&] { return deny(context, operation.entry, next_sec, kPatientLockMsec); });
    const auto update = writer.wait(kLateMsec);
    if (!update.ok() || !update.value()) {
        outcome.errors.push_back(compose(
            "{}: logins are denied for {} s more: {}", operation.name, kLogOutSec,
            update.ok() ? context.console_path() + " does not answer" : describe(update.error())));
        return;
    }
    wait_until(next_sec);
    const Decision decision = operation.ask_gate();
    outcome.denied = decision.verdict == Verdict::revoked;
    outcome.indexed = false;
    if (decision.verdict == Verdict::clear)
        outcome.let_in_sec = next_sec;
    else
        outcome.errors.push_back(
            compose("{}: logged out, but not let in again: {}", operation.name,
                    outcome.denied
                        ? compose("revoked by {}:{}", display(decision.list.view()), decision.line)
                        : why_not_denied(decision, context.console_path())));
}

}  // namespace pam_revoke
