// held_units.cpp - records the units that are held off, in a file of the run directory.

#include "held_units.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "revoke/base/compose.hpp"
#include "revoke/base/text.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/units.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

constexpr const char* kHeld = "held-units";  // a UID and a unit per line
constexpr int kLockMsec = 10'000;
constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 20U;

bool is_service(const std::string& unit) { return unit.ends_with(".service"); }

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
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        return make_error(Fault::io, path, "cannot create", errno);
    auto directory = TRY(Directory::open(path, context.owner));
    auto lock = TRY(directory.lock(kLockMsec));
    auto text = TRY(directory.read(kHeld, kMaxBytes));
    return Record{std::move(directory), std::move(lock), std::move(text)};
}

std::string line_of(std::uint32_t uid, const std::string& unit) {
    return compose("{} {}\n", uid, unit);
}

// The last failure of several steps.
void note(Result<void>& failed, const Result<void>& done) {
    if (!done.ok()) failed = done.error();
}

Result<void> hold(Bus& bus, const std::vector<std::string>& units) {
    Result<void> failed;
    for (const std::string& unit : units)
        note(failed, is_service(unit) ? forbid_service(unit) : stop_unit(bus, unit));
    note(failed, reload_units(bus));
    return failed;
}

// The services first: a timer may start one at once.
Result<void> release(Bus& bus, const std::vector<std::string>& units) {
    Result<void> failed;
    for (const std::string& unit : units)
        if (is_service(unit)) note(failed, allow_service(unit));
    note(failed, reload_units(bus));
    for (const std::string& unit : units)
        if (!is_service(unit)) note(failed, start_unit(bus, unit));
    return failed;
}

}  // namespace

Result<std::vector<std::string>> hold_units(const Context& context, Result<Bus>& bus,
                                            const Account& account, const EndReport& report) {
    auto units = units_of(report);
    if (units.empty() || account.uids.empty()) return std::vector<std::string>();
    if (!bus.ok()) return bus.error();
    auto record = TRY(open_record(context));
    std::string more;
    for (const std::string& unit : units) {
        const std::string line = line_of(account.uids.front(), unit);
        if (("\n" + record.text).find("\n" + line) == std::string::npos) more += line;
    }
    (void)TRY(record.directory.replace(kHeld, record.text + more, 0600));
    bus.value().set_deadline(monotonic_usec() + kCallUsec);
    TRY(hold(bus.value(), units));
    return units;
}

Result<std::vector<std::string>> release_units(const Context& context, const Account& account) {
    std::vector<std::string> units;
    const std::string path = compose("{}/{}", context.settings.run_dir.view(), kHeld);
    if (account.uids.empty() || access(path.c_str(), F_OK) != 0) return units;
    auto record = TRY(open_record(context));
    std::string kept;
    for_each_line(record.text, [&](std::string_view line, std::uint64_t) {
        std::string_view unit = line;
        if (parse_uid(take_until(unit, ' ')) == account.uids.front())
            units.emplace_back(unit);
        else if (!line.empty())
            kept.append(line).append("\n");
    });
    if (units.empty()) return units;
    auto bus = TRY(Bus::open(monotonic_usec() + kCallUsec));
    TRY(release(bus, units));
    (void)TRY(record.directory.replace(kHeld, kept, 0600));
    return units;
}

}  // namespace pam_revoke
