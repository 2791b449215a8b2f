// The parents of a user's processes, which an ending reports.
#include "fake_host.hpp"
#include "revoke/logind/ending.hpp"

using namespace pam_revoke;

// A supervisor would start again what was killed. su and cron exit after their child.
Test(parents, those_that_still_run_are_reported) {
    const struct {
        const char* what;
        FakeProcess parent;
        const char* error;
    } rows[] = {
        {"a supervisor",
         {kFakePid + 1, {}, "/system.slice/sup.service"},
         "pid 4194305 bash of sup.service"},
        {"outside of all units", {kFakePid + 1, {}, "/"}, "pid 4194305 bash"},
        {"one that exits", {kFakePid + 1, {}, kCronGroup, 0xffffffffU, "x", 'Z'}, nullptr},
        {"of the user", process_of(43197, kFakePid + 1, kCronGroup), nullptr},
    };
    const EndOptions options{.grace_usec = 0, .limit_usec = 10'000'000};
    for (const auto& row : rows) {
        FakeHost host(43197);
        host.tree.add(row.parent);
        FakeProcess child = process_of(host.uid, kFakePid + 2, "/system.slice/sup.service");
        child.parent = row.parent.pid;
        host.tree.add(child);
        const bool is_theirs = row.parent.uids[0] == host.uid;
        bool is_first = true;
        const EndReport report = end_account(host.bus, host.account, options, [&](const Progress&) {
            if (is_first) host.tree.remove(kFakePid + 2);
            if (is_first && is_theirs) host.tree.remove(kFakePid + 1);
            is_first = false;
        });
        EXPECT_ROW(report.supervisors.size() == (row.error == nullptr ? 0 : 1), row.what);
        EXPECT_ROW(report.verified() == (row.error == nullptr), row.what);
        if (!report.supervisors.empty() && row.error != nullptr)
            EXPECT_ROW(report.supervisors[0].object.view() == row.error, row.what);
    }
}
