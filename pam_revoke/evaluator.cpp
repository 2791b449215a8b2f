#include "evaluator.hpp"

#include <algorithm>
#include <cerrno>

#include "revoke/base/file.hpp"

namespace pam_revoke {
namespace {

// Counted only if needed, so that reading does not count.
std::uint64_t number_of(const LineOf& of) {
    if (of.number != 0) return of.number;
    LineReader lines(of.fd, of.offset);
    std::string_view text;
    std::uint64_t number = 1;
    while (lines.next(text)) ++number;
    return number;
}

}  // namespace

Evaluator::Evaluator(const Policy& policy, const Request& request, Decision& decision)
    : policy_(policy),
      request_(request),
      login_user_(request.user, request.uid, request.auth_info),
      decision_(decision) {
    if (!request.shown.empty()) login_user_.show(request.shown);
    context_ = {request.service, policy.host.view(), request.now_sec};
}

bool Evaluator::is_exempt() {
    if (!user().name.empty() && contains_item(policy_.exempt_users.view(), user().name))
        return true;
    return any_item(policy_.exempt_groups.view(), [this](std::string_view group) {
        return known(login_user_.is_in(group)).value_or(false);
    });
}

std::optional<bool> Evaluator::known(const Result<bool>& is_in) {
    if (is_in.ok()) return is_in.value();
    fail(is_in.error());
    return std::nullopt;
}

void Evaluator::forget_counts(const Noted& before) {
    login_user_.set_listed(before.listed);
    decision_.bad_lines = before.bad_lines;
    if (before.bad_lines == 0) decision_.bad_line.reset();
}

void Evaluator::fail(const Error& error, FailureCause cause) {
    if (!decision_.error) decision_.error = error;
    const int os_error = error.os_error;
    if (os_error == EMFILE || os_error == ENFILE || os_error == ENOMEM)
        cause = FailureCause::limits;
    decision_.cause = std::max(decision_.cause, cause);
}

bool Evaluator::asked(const Result<void>& asked, FailureCause cause) {
    if (!asked.ok()) fail(asked.error(), cause);
    return asked.ok();
}

void Evaluator::take_line(const Line& line, const LineOf& of) {
    if (line.kind == LineKind::entry) return take_entry(line.entry, of);
    if (line.kind == LineKind::expires) return take_expires(line.number, of.path);
    if (line.kind == LineKind::issued) return take_issued(line.number, of.path);
    if (line.kind == LineKind::unsupported)
        return fail(make_error(Fault::malformed, of.path, line.reason));
    if (line.kind != LineKind::bad || decision_.bad_lines++ > 0) return;
    decision_.bad_line = make_error(Fault::malformed, of.path, line.reason);
    decision_.bad_line->object.append(':').append_number(static_cast<std::int64_t>(number_of(of)));
}

void Evaluator::take_expires(std::int64_t expires_sec, std::string_view path) {
    if (expires_sec <= request_.now_sec) fail(make_error(Fault::stale, path, "expired"));
}

// With a clock behind the list's, entries would take effect late, and expired lists would be
// accepted.
void Evaluator::take_issued(std::int64_t issued_sec, std::string_view path) {
    if (issued_sec > request_.now_sec + kClockSlackSec)
        return fail(make_error(Fault::stale, path, "issued in the future; check the clock"));
    const std::int64_t most_sec = max_age_sec();
    if (most_sec > 0 && issued_sec <= request_.now_sec - most_sec)
        fail(make_error(Fault::stale, path, "older than max_age"));
}

// Calls `see` for each rule of the user's groups. If a group is unavailable, calls it for its rule
// as well and returns false.
template <typename See>
bool Evaluator::each_rule(See see) {
    bool are_known = true;
    for (std::size_t i = 0; i < policy_.group_rule_count; ++i) {
        const GroupRule& rule = policy_.group_rules[i];
        const auto is_in_it = known(login_user_.is_in(rule.group.view()));
        are_known = are_known && is_in_it;
        if (is_in_it.value_or(true)) see(rule);
    }
    return are_known;
}

std::int64_t Evaluator::max_age_sec() {
    std::optional<std::int64_t> strictest_sec;
    // Unavailable groups are an error already.
    (void)each_rule([&strictest_sec](const GroupRule& rule) {
        const bool is_stricter =
            rule.max_age_sec && (!strictest_sec || *strictest_sec == 0 ||
                                 (*rule.max_age_sec != 0 && *rule.max_age_sec < *strictest_sec));
        if (is_stricter) strictest_sec = rule.max_age_sec;
    });
    return strictest_sec.value_or(policy_.max_age_sec);
}

Unavailable Evaluator::unavailable() {
    std::optional<Unavailable> strictest;
    const bool are_known = each_rule([&strictest](const GroupRule& rule) {
        if (rule.unavailable && strictest != Unavailable::deny) strictest = rule.unavailable;
    });
    if (!are_known && policy_.unavailable == Unavailable::deny) return Unavailable::deny;
    return strictest.value_or(policy_.unavailable);
}

Match Evaluator::match_or_look_up(const Entry& entry) {
    if (context_.host.empty() && uname(&system_) == 0)
        context_.host = static_cast<const char*>(system_.nodename);
    Match matched = match(entry, user(), context_);
    if (matched == Match::needs_account)
        matched = asked(login_user_.look_up()) ? match(entry, user(), context_) : Match::no;
    User asked_about = user();
    if (matched == Match::needs_group) {
        asked_about.group = entry.target.name;
        const auto is_in = login_user_.is_in_listed(entry.target.name);
        asked_about.is_in_group = known(is_in).value_or(false);
        matched = match(entry, asked_about, context_);
    }
    if (matched == Match::needs_keys) {
        (void)asked(login_user_.read_keys(), FailureCause::credentials);
        asked_about.keys = user().keys;
        asked_about.keys_read = true;  // an invalid key does not hide the others
        matched = match(entry, asked_about, context_);
    }
    return matched;
}

void Evaluator::take_entry(const Entry& entry, const LineOf& of) {
    if (entry.target.kind == TargetKind::group) login_user_.count_listed();
    const Match matched = match_or_look_up(entry);
    if (matched != Match::yes && matched != Match::by_uid) return;
    decision_.verdict = Verdict::revoked;
    decision_.by_uid = matched == Match::by_uid && entry.target.kind == TargetKind::user;
    decision_.target.append(kind_word(entry.target.kind)).append(':').append(entry.target.name);
    if (entry.target.kind == TargetKind::uid) decision_.target.append_number(entry.target.uid);
    if (!entry.serial.empty()) decision_.target.append(" serial=").append(entry.serial);
    if (!entry.keyid.empty()) decision_.target.append(" keyid=\"").append(entry.keyid).append('"');
    decision_.list.append(of.path);
    decision_.line = number_of(of);
    append_plain(entry.ref, decision_.ref);
    append_plain(entry.reason, decision_.reason);
}

}  // namespace pam_revoke
