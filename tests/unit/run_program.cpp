#include "revoke/kernel/run_program.hpp"

#include <cstdlib>

#include "unit.hpp"

using namespace pam_revoke;

namespace {

constexpr int kLimitMsec = 10'000;
constexpr std::size_t kMaxBytes = 1000;

Result<std::optional<Ran>> run_shell(const char* script, int limit_msec = kLimitMsec) {
    return run_program({"/bin/sh", "-c", script}, limit_msec, kMaxBytes);
}

}  // namespace

Test(run_program, how_it_ended_and_what_it_wrote) {
    const struct {
        const char* script;
        int code;
        const char* output;
    } rows[] = {
        {"echo a; echo b >&2", 0, "a\nb\n"}, {"exit 3", 3, ""},
        {"kill -9 $$", 128 + 9, ""},         {"cat", 0, ""},  // standard input is empty
        {"echo \"$HOME$MARK\"", 0, "\n"},                     // no inherited environment
    };
    setenv("MARK", "m", 1);
    for (const auto& row : rows) {
        const auto ran = run_shell(row.script);
        EXPECT_ROW(ran.ok() && ran.value().has_value(), row.script);
        if (!ran.ok() || !ran.value()) continue;
        EXPECT_ROW(ran.value()->code == row.code, row.script);
        EXPECT_ROW(ran.value()->output == row.output, row.script);
    }
}

Test(run_program, one_that_does_not_exist_is_an_outcome) {
    const auto ran = run_program({"/nonexistent/program"}, kLimitMsec, kMaxBytes);
    cr_expect(ran.ok() && !ran.value());
}

Test(run_program, one_that_takes_too_long_or_says_too_much_is_killed) {
    const auto slow = run_shell("exec sleep 100", 100);
    cr_expect(!slow.ok() && slow.error().fault == Fault::busy);
    const auto verbose = run_shell("while :; do echo aaaaaaaa; done");
    cr_expect(!verbose.ok() && verbose.error().fault == Fault::too_large);
}
