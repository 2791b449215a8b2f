// What an ending reports and does not end.
#include "fake_host.hpp"
#include "revoke/logind/activity_monitor.hpp"

using namespace pam_revoke;

namespace {

constexpr std::uint64_t kLongUsec = 60'000'000;

const EndOptions kPlain{};
const EndOptions kDescendants{.descendants = true};
const EndOptions kSparing{.spares_services = true};

ActivityMonitor watch_of(FakeHost& host, const EndOptions& options = kPlain) {
    return {host.bus, host.account, options, monotonic_usec() + kLongUsec};
}

}  // namespace

Test(activity_report_only, what_is_reported_and_not_ended) {
    const struct {
        Tie tie;
        bool by_default;
        bool with_descendants;
    } rows[] = {
        {Tie::slice, false, false},    {Tie::uid, false, false},
        {Tie::login, false, false},    {Tie::subordinate, true, true},
        {Tie::container, true, false}, {Tie::descendant, true, false},
    };
    FakeHost host(43170);
    const ActivityMonitor plain = watch_of(host);
    const ActivityMonitor with_descendants = watch_of(host, kDescendants);
    for (const auto& row : rows) {
        Process process;
        process.pid = kFakePid;
        process.tie = row.tie;
        EXPECT_ROW(plain.is_report_only(process) == row.by_default, tie_word(row.tie));
        EXPECT_ROW(with_descendants.is_report_only(process) == row.with_descendants,
                   tie_word(row.tie));
        process.pid = getpid();
        EXPECT_ROW(with_descendants.is_report_only(process), tie_word(row.tie));
    }
}

Test(activity_report_only, services_of_a_system_account_can_be_spared) {
    const struct {
        Tie tie;
        std::uint32_t uid;
        bool is_spared;
    } rows[] = {{Tie::uid, 545, true},
                {Tie::login, 545, true},
                {Tie::slice, 545, false},
                {Tie::uid, 61200, true},
                {Tie::uid, 43172, false}};
    FakeHost host(43172);
    for (const auto& row : rows) {
        Process process;
        process.pid = kFakePid;
        process.tie = row.tie;
        process.owner_uid = row.uid;
        EXPECT_ROW(watch_of(host, kSparing).is_report_only(process) == row.is_spared,
                   std::to_string(row.uid));
        EXPECT_ROW(!watch_of(host).is_report_only(process), std::to_string(row.uid));
    }
}

Test(activity_report_only, a_descendant_alone_leaves_nothing_to_end) {
    FakeHost host(43171);
    host.tree.add({kFakePid, {}, kCronGroup, host.uid});
    ActivityMonitor monitor = watch_of(host);
    cr_expect(!monitor.scan_once(), "it is reported");
    cr_expect(monitor.nothing_to_end());
    std::filesystem::remove_all(host.tree.path + "/proc");
    cr_expect(!monitor.scan_once() && !monitor.nothing_to_end(), "/proc was not seen");
    cr_expect(!monitor.unverified().empty());
}
