// held_units.cpp - records the units that are held off, in a file of the run directory.

#include "held_units.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>

#include "revoke/base/compose.hpp"
#include "revoke/base/text.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/units.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

constexpr const char* kHeld = "held-units";  // per line: UID, unit, login name
constexpr int kLockMsec = 10'000;
constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 20U;

bool is_service(const std::string& unit) { return unit.ends_with(".service"); }
bool is_template(const std::string& unit) { return unit.ends_with("@.service"); }

std::vector<std::string> units_of(const EndReport& report) {
    std::vector<std::string> units;
    for (const Starter& starter : report.starters) {
        units.push_back(starter.unit);
        units.push_back(starter.service);
    }
    std::copy_if(report.units_stopped.begin(), report.units_stopped.end(),
                 std::back_inserter(units), is_service);
    std::sort(units.begin(), units.end());
    units.erase(std::unique(units.begin(), units.end()), units.end());
    return units;
}

// The record, locked.
struct Record {
    Directory directory;
    Fd lock;
    std::string text;
};
Result<Record> open_record(const Context& context) {
    const std::string path(context.settings.run_dir.view());
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return io_error(path, "cannot create");
    auto directory = TRY(Directory::open(path, context.owner));
    auto lock = TRY(directory.lock(kLockMsec));
    auto text = TRY(directory.read(kHeld, kMaxBytes));
    return Record{std::move(directory), std::move(lock), std::move(text)};
}

// The undo may find fewer UIDs of the name than the revocation did.
std::string lines_of(const Account& account, const std::string& unit) {
    std::string lines;
    for (const std::uint32_t uid : account.uids)
        lines += compose("{} {} {}\n", uid, unit, account.name);
    return lines;
}

// Returns the unit of a line if the line is of the account.
std::optional<std::string> unit_in(std::string_view line, const Account& account) {
    const auto uid = parse_uid(take_until(line, ' '));
    const std::string unit(take_until(line, ' '));
    const bool has_uid =
        uid && std::find(account.uids.begin(), account.uids.end(), *uid) != account.uids.end();
    return has_uid || (!line.empty() && line == account.name) ? std::optional(unit) : std::nullopt;
}

void give_time(Bus& bus) { bus.set_deadline(monotonic_usec() + kCallUsec); }

// The last failure of several steps.
void note(Result<void>& failed, const Result<void>& done) {
    if (!done.ok()) failed = done.error();
}

// A service that waits for its restart ignores the condition: it is stopped after the reload.
Result<void> hold(Bus& bus, const std::vector<std::string>& units) {
    Result<void> failed;
    give_time(bus);
    for (const std::string& unit : units)
        note(failed, is_service(unit) ? forbid_service(unit) : stop_unit(bus, unit));
    give_time(bus);
    note(failed, reload_units(bus));
    for (const std::string& unit : units)
        if (is_service(unit) && !is_template(unit)) note(failed, stop_unit(bus, unit));
    return failed;
}

}  // namespace

HeldUnits hold_units(const Context& context, Result<Bus>& bus, const Account& account,
                     const EndReport& report) {
    HeldUnits held;
    const std::vector<std::string> units = units_of(report);
    if (units.empty() || account.uids.empty()) return held;
    const auto recorded = [&]() -> Result<void> {
        if (!bus.ok()) return bus.error();
        auto record = TRY(open_record(context));
        std::string text = record.text;
        for (const std::string& unit : units) {
            const std::string lines = lines_of(account, unit);
            if (("\n" + text).find("\n" + lines) == std::string::npos) text += lines;
        }
        (void)TRY(record.directory.replace(kHeld, text, 0600));
        return {};
    }();
    held.failed = recorded;
    if (!recorded.ok()) return held;
    held.units = units;
    held.failed = hold(bus.value(), units);
    return held;
}

Result<ReleasedUnits> release_units(const Context& context, const Account& account) {
    ReleasedUnits released;
    const std::string path = compose("{}/{}", context.settings.run_dir.view(), kHeld);
    if (access(path.c_str(), F_OK) != 0) return released;
    auto record = TRY(open_record(context));
    std::set<std::string> units;
    std::string kept;
    for_each_line(record.text, [&](std::string_view line, std::uint64_t) {
        const auto unit = unit_in(line, account);
        if (unit) units.insert(*unit);
        if (!unit && !line.empty()) kept.append(line).append("\n");
    });
    if (units.empty()) return released;
    auto bus = TRY(Bus::open(monotonic_usec() + kCallUsec));
    // The services first: a timer may start one at once.
    Result<void> allowed;
    for (const std::string& unit : units)
        if (is_service(unit)) note(allowed, allow_service(unit));
    note(allowed, reload_units(bus));
    note(released.failed, allowed);
    give_time(bus);
    for (const std::string& unit : units) {
        Result<bool> started = true;
        if (is_service(unit) && !allowed.ok()) started = allowed.error();
        if (!is_service(unit)) started = start_unit(bus, unit);
        if (!started.ok()) released.failed = started.error();
        if (!started.ok()) kept += lines_of(account, unit);
        if (started.ok()) (started.value() ? released.units : released.gone).push_back(unit);
    }
    (void)TRY(record.directory.replace(kHeld, kept, 0600));
    return released;
}

}  // namespace pam_revoke
