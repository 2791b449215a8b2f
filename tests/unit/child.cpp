#include "revoke/kernel/child.hpp"

#include <signal.h>

#include <string>

#include "revoke/base/time.hpp"
#include "unit.hpp"

using namespace pam_revoke;

Test(child, its_end_is_told) {
    cr_expect(wait_for_child(start_child([] { return 0; }), 5000) == 0);
    cr_expect(wait_for_child(start_child([] { return 7; }), 5000) == 7);
    cr_expect(wait_for_child(start_child([] { return ::raise(SIGTERM); }), 5000) == 128 + SIGTERM);
}

Test(child, one_that_is_stopped_or_hangs_is_killed) {
    cr_expect(wait_for_child(start_child([] { return ::raise(SIGSTOP); }), 50) == 128 + SIGKILL);
    const std::uint64_t begun_usec = monotonic_usec();
    cr_expect(wait_for_child(start_child([] { return ::pause(); }), 50) == 128 + SIGKILL);
    cr_expect(monotonic_usec() - begun_usec >= 50'000, "not before its time is up");
}

Test(child, one_that_nobody_may_wait_for) {
    ::signal(SIGCHLD, SIG_IGN);
    cr_expect(wait_for_child(start_child([] { return 0; }), 1000) == -ECHILD);
}

// Reads from a child that writes `size` bytes, and then exits or hangs.
static std::optional<Fault> read_from_child(std::size_t size, bool hangs, const ReadLimits& limits,
                                            std::string& text) {
    auto ends = open_pipe("pipe");
    cr_assert(ends.ok());
    const pid_t child = start_child([&] {
        const std::string said(size, 'a');
        const ssize_t written = write(ends.value().writing.get(), said.data(), said.size());
        return hangs ? ::pause() : static_cast<int>(written < 0);
    });
    ends.value().writing = Fd(-1);
    const auto fault = read_to_end(ends.value().reading.get(), limits, text);
    abandon_child(child);
    return fault;
}

Test(child, what_it_writes_is_read_within_bounds) {
    std::string text;
    cr_expect(!read_from_child(100'000, false, {5000, UINT64_MAX, 100'000}, text));
    cr_expect(text == std::string(100'000, 'a'));
    cr_expect(read_from_child(101, false, {5000, UINT64_MAX, 100}, text = "") == Fault::too_large);
    cr_expect(read_from_child(1, true, {50, UINT64_MAX, 100}, text = "") == Fault::busy);
    cr_expect(text == "a", "what came before the silence is kept");
    const std::uint64_t deadline_usec = monotonic_usec() + 50'000;
    cr_expect(read_from_child(0, true, {60'000, deadline_usec, 100}, text) == Fault::busy);
}

// A child that outlives its parent must not keep a pipe open that somebody reads to its end.
Test(child, one_that_outlives_its_parent_keeps_one_descriptor) {
    auto ends = open_pipe("pipe");
    auto kept = open_pipe("pipe");
    cr_assert(ends.ok() && kept.ok());
    const pid_t child = start_child([&] {
        const int fd = kept.value().writing.get();
        keep_only(fd);
        const ssize_t written = write(fd, "a", 1);
        return written == 1 && isatty(STDOUT_FILENO) == 0 ? ::pause() : 1;
    });
    ends.value().writing = Fd(-1);
    kept.value().writing = Fd(-1);
    std::string text;
    cr_expect(read_to_end(kept.value().reading.get(), {5000, monotonic_usec() + 300'000, 100},
                          text) == Fault::busy);
    cr_expect(text == "a");
    cr_expect(!read_to_end(ends.value().reading.get(), {5000, UINT64_MAX, 100}, text = ""));
    abandon_child(child);
}
