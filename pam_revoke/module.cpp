// module.cpp - pam_revoke.so: the gate in the PAM stack.
//
// Six hooks, one check. sshd, login and sudo load this module: it keeps nothing after it returns
// and throws nothing. Until the verdict, only the account database allocates memory. The gate
// returns PAM_IGNORE only after a check; every other path denies.
// Source: pam_revoke(8) (codes); DESIGN of Linux-PAM veto modules: pam_nologin(8).

#include <security/pam_appl.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <syslog.h>

#include <ctime>

#include "gate_log.hpp"
#include "revoke/pam_revoke/break_glass.hpp"
#include "revoke/pam_revoke/gate.hpp"
#include "revoke/pam_revoke/login_record.hpp"
#include "revoke/pam_revoke/module_line.hpp"
#include "revoke/pam_revoke/nss.hpp"
#include "revoke/pam_revoke/ssh_auth.hpp"

namespace pam_revoke {
namespace {

bool get_item(pam_handle_t* pamh, int type, const char*& text) {
    const void* item = nullptr;
    if (pam_get_item(pamh, type, &item) != PAM_SUCCESS) return false;
    text = static_cast<const char*>(item);
    return true;
}

// How strict the outcome is, unless the user is revoked.
int strictness(const Decision& decision) {
    if (decision.verdict == Verdict::clear) return 0;
    if (decision.cause == FailureCause::limits) return 4;
    if (decision.unavailable == Unavailable::allow) return 1;
    return decision.cause == FailureCause::credentials ? 3 : 2;
}

// Checks the caller of a program such as su or sudo, if the user is not revoked. Not inlined: a
// login does not need the space for more decisions.
[[gnu::noinline]] Decision ask_callers(const Policy& policy, Request request,
                                       const Attempt& attempt, const Decision& decision) {
    request.auth_info = {};  // the keys are the user's, not the caller's
    request.user = text_or_empty(attempt.ruser);
    const Decision caller = request.user.empty() ? decision : decide(policy, request);
    if (caller.verdict == Verdict::revoked) return caller;
    request.user = {};
    request.uid = login_uid();
    const Decision first = request.uid ? decide(policy, request) : decision;
    if (first.verdict == Verdict::revoked) return first;
    // If none of the three is revoked, the strictest outcome decides.
    const Decision& stricter = strictness(caller) > strictness(decision) ? caller : decision;
    return strictness(first) > strictness(stricter) ? first : stricter;
}

// Checks the user and, if the program acts for a caller, the caller.
Decision ask_all(const Settings& settings, const Attempt& attempt) {
    const Policy& policy = settings.policy;
    const auto indexes = index_dir(settings);
    const Request request{.user = text_or_empty(attempt.user),
                          .service = text_or_empty(attempt.service),
                          .now_sec = std::time(nullptr),
                          .index_dir = indexes.c_str(),
                          .auth_info = text_or_empty(attempt.auth_info),
                          .error = settings.error ? &*settings.error : nullptr};
    Decision decision = decide(policy, request);
    if (decision.verdict != Verdict::revoked &&
        contains_item(policy.caller_services.view(), request.service))
        decision = ask_callers(policy, request, attempt, decision);
    return decision;
}

// Shows the message, but never before authentication, and never in a program that would mail it.
void show_message(const Attempt& attempt, const Policy& policy, const Decision& decision) {
    if (attempt.silent || attempt.phase == Phase::auth || policy.message.empty()) return;
    if (contains_item(policy.quiet_services.view(), text_or_empty(attempt.service))) return;
    const auto text =
        fill_message(policy.message.view(), decision.ref.view(), text_or_empty(attempt.user),
                     policy.show_reason ? decision.reason.view() : std::string_view());
    // The login is denied even if the message cannot be shown.
    (void)pam_error(attempt.pamh, "%s", text.c_str());
}

UnavailableOutcome outcome_of(const Settings& settings, const Attempt& attempt,
                              const Decision& decision) {
    if (decision.cause == FailureCause::limits) return UnavailableOutcome::refused;
    if (decision.unavailable == Unavailable::allow) return UnavailableOutcome::by_policy;
    // From another host, the peer of the program is somebody else.
    if (decision.is_own && text_or_empty(attempt.rhost).empty())
        return UnavailableOutcome::own_program;
    const bool is_broken =
        decision.cause == FailureCause::lists &&
        break_glass_left_sec(settings.run_dir.view(), 0, settings.policy.break_glass_sec) > 0;
    return is_broken ? UnavailableOutcome::by_break_glass : UnavailableOutcome::refused;
}

int conclude(const Attempt& attempt, const Settings& settings, const Decision& decision) {
    if (decision.index_error) log_index(attempt, *decision.index_error);
    if (decision.verdict == Verdict::revoked) {
        log_revoked(attempt, decision);
        show_message(attempt, settings.policy, decision);
        return PAM_PERM_DENIED;
    }
    if (decision.verdict == Verdict::unavailable && decision.error) {
        const UnavailableOutcome met = outcome_of(settings, attempt, decision);
        log_unchecked(attempt, decision, met);
        return met == UnavailableOutcome::refused ? PAM_AUTHINFO_UNAVAIL : PAM_IGNORE;
    }
    if (decision.verdict != Verdict::clear) return PAM_ABORT;
    if (decision.bad_line) log_bad_lines(attempt, decision);
    return PAM_IGNORE;
}

int gate(pam_handle_t* pamh, int flags, LineArguments arguments, Phase phase) {
    Attempt attempt{
        .pamh = pamh, .silent = (static_cast<unsigned>(flags) & PAM_SILENT) != 0, .phase = phase};
    const int got = pam_get_user(pamh, &attempt.user, nullptr);
    if (got == PAM_CONV_AGAIN) return PAM_INCOMPLETE;
    if (got != PAM_SUCCESS || attempt.user == nullptr || attempt.user[0] == '\0') {
        pam_syslog(pamh, LOG_ERR, "no user name");
        return PAM_USER_UNKNOWN;
    }
    if (!get_item(pamh, PAM_SERVICE, attempt.service) ||
        !get_item(pamh, PAM_RUSER, attempt.ruser) || !get_item(pamh, PAM_RHOST, attempt.rhost) ||
        !get_item(pamh, PAM_TTY, attempt.tty)) {
        pam_syslog(pamh, LOG_CRIT, "cannot read PAM items");
        return PAM_ABORT;
    }
    attempt.auth_info = pam_getenv(pamh, kAuthInfo.data());
    const Settings settings = settings_of_line(arguments, text_or_empty(attempt.service), 0);
    const auto records = record_dir(settings);
    // Recorded before the check: a key revoked after it finds the session by its record.
    const bool is_recorded = phase == Phase::session && !text_or_empty(attempt.auth_info).empty();
    const auto recorded =
        is_recorded ? record_session(records.c_str(), 0, attempt.auth_info) : Result<void>();
    if (!recorded.ok()) log_unrecorded(attempt, recorded.error());
    // The record of a denied session stays: sshd keeps the connection, and the command ends it.
    return conclude(attempt, settings, ask_all(settings, attempt));
}

int close_session(pam_handle_t* pamh, LineArguments arguments) {
    if (text_or_empty(pam_getenv(pamh, kAuthInfo.data())).empty()) return PAM_IGNORE;
    const Settings settings = settings_of_line(arguments, {}, 0);
    forget_session(record_dir(settings).c_str(), 0);
    return PAM_IGNORE;
}

LineArguments arguments_of(int argc, const char** argv) {
    return {argv, static_cast<std::size_t>(argc > 0 ? argc : 0)};
}

}  // namespace
}  // namespace pam_revoke

// PAM_EXTERN of Linux-PAM is plain extern, which hidden visibility does not export.
#define REVOKE_HOOK extern "C" __attribute__((visibility("default"))) int

REVOKE_HOOK pam_sm_authenticate(pam_handle_t* pamh, int flags, int argc, const char** argv) {
    return pam_revoke::gate(pamh, flags, pam_revoke::arguments_of(argc, argv),
                            pam_revoke::Phase::auth);
}

REVOKE_HOOK pam_sm_acct_mgmt(pam_handle_t* pamh, int flags, int argc, const char** argv) {
    return pam_revoke::gate(pamh, flags, pam_revoke::arguments_of(argc, argv),
                            pam_revoke::Phase::account);
}

REVOKE_HOOK pam_sm_open_session(pam_handle_t* pamh, int flags, int argc, const char** argv) {
    return pam_revoke::gate(pamh, flags, pam_revoke::arguments_of(argc, argv),
                            pam_revoke::Phase::session);
}

REVOKE_HOOK pam_sm_close_session(pam_handle_t* pamh, int, int argc, const char** argv) {
    return pam_revoke::close_session(pamh, pam_revoke::arguments_of(argc, argv));
}

REVOKE_HOOK pam_sm_setcred(pam_handle_t*, int, int, const char**) { return PAM_IGNORE; }

REVOKE_HOOK pam_sm_chauthtok(pam_handle_t*, int, int, const char**) { return PAM_IGNORE; }
