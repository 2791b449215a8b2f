// linger.cpp - disables lingering for revoked users, and enables it again on undo.
//
// The state directory records for which users lingering was disabled: --undo enables it for those
// only.

#include "linger.hpp"

#include "list_change.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/text.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/sessions.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

constexpr const char* kSuspended = "linger";  // per line: UID, login name
constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 24U;

// Returns `text` without the lines of `name`, with any UID.
std::string without(std::string_view text, std::string_view name) {
    std::string kept;
    for_each_line(text, [&](std::string_view line, std::uint64_t) {
        std::string_view rest = line;
        (void)take_until(rest, ' ');
        if (!line.empty() && rest != name) kept.append(line).append("\n");
    });
    return kept;
}

// A deleted name that is created again with another UID is another user.
std::string line_of(const Account& account) {
    return compose("{} {}", account.uids.front(), account.name);
}

bool has_line(std::string_view text, std::string_view wanted) {
    bool found = false;
    for_each_line(text,
                  [&](std::string_view line, std::uint64_t) { found = found || line == wanted; });
    return found;
}

// Replaces the recorded text by change(text), under the lock.
template <typename Change>
Result<void> remember_lingering(const Context& context, int lock_msec, Change change) {
    const auto state = TRY(Directory::open(context.state_dir(), context.owner));
    const auto lock = TRY(state.lock(lock_msec));
    const auto text = TRY(state.read(kSuspended, kMaxBytes));
    const std::string changed = change(text);
    if (changed == text) return {};
    TRY(state.replace(kSuspended, changed, 0600));
    return {};
}

Result<void> switch_linger(Result<Bus>& bus, const Account& account, bool on) {
    if (!bus.ok()) return bus.error();
    if (account.uids.empty()) return make_error(Fault::io, account.name, "no UID found");
    // An ending may have used up the deadline of the bus.
    bus.value().set_deadline(monotonic_usec() + kCallUsec);
    return set_linger(bus.value(), account.name, account.uids.front(), on);
}

}  // namespace

Result<void> record_linger(const Context& context, const Account& account, int lock_msec) {
    return remember_lingering(context, lock_msec, [&](const std::string& text) {
        return without(text, account.name) + line_of(account) + "\n";
    });
}

Result<void> forbid_linger(Result<Bus>& bus, const Account& account) {
    return lingers(account.name) ? switch_linger(bus, account, false) : Result<void>();
}

Result<bool> resume_linger(const Context& context, const Account& account) {
    if (account.uids.empty()) return false;
    bool ours = false;
    Result<void> switched;
    TRY(remember_lingering(context, kLockMsec, [&](const std::string& text) {
        std::string kept = without(text, account.name);
        ours = has_line(text, line_of(account));
        if (!ours) return kept;
        auto bus = Bus::open(monotonic_usec() + kCallUsec);
        switched = switch_linger(bus, account, true);
        return switched.ok() ? kept : text;  // on failure, keep the record for the next undo
    }));
    TRY(switched);
    return ours;
}

}  // namespace pam_revoke
