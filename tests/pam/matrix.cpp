// Logins through common stacks with the gate: the results of the account phase, the session phase
// and the login. No stack allows a revoked user: if it skips the account phase, the gate denies in
// the session phase.
#include <security/pam_appl.h>

#include <cstdio>
#include <string>
#include <vector>

#include "place.hpp"

namespace {

// Returns a line with a fixed result in place of pam_unix or pam_sss.
std::string says(const char* control, const char* code) {
    return std::string("account ") + control + " pam_debug.so acct=" + code + "\n";
}

// Debian's common-account with the result of the password module; authselect's system-auth, which
// allows local users early.
std::string debian(const char* code) {
    return says("[success=1 new_authtok_reqd=done default=ignore]", code) +
           "account requisite pam_deny.so\naccount required pam_permit.so\n";
}
std::string authselect(const char* code) {
    return says("required", code) + says("sufficient", "user_unknown") +
           says("sufficient", "success") +
           says("[default=bad success=ok user_unknown=ignore]", "success") +
           "account required pam_permit.so\n";
}

struct Stack {
    const char* name;
    std::string (*of)(const char* code);
    const char* session;  // after the gate
};
const Stack kStacks[] = {
    {"Debian", debian, "session required pam_permit.so\n"},
    {"authselect", authselect, "session optional pam_permit.so\nsession required pam_permit.so\n"},
};

struct Case {
    const char* name;
    const char* code;    // of the password module
    const char* before;  // lines before and after the gate
    const char* behind;
    bool last;  // the gate is the last module
    bool twice;
};
const Case kCases[] = {
    {"as it should be", "success", "", "", false, false},
    {"password expired", "new_authtok_reqd", "", "", false, false},
    {"account locked", "acct_expired", "", "", false, false},
    {"sufficient before", "success", "account sufficient pam_permit.so\n", "", false, false},
    {"sufficient behind", "success", "", "account sufficient pam_permit.so\n", false, false},
    {"gate last", "success", "", "", true, false},
    {"gate last, expired", "new_authtok_reqd", "", "", true, false},
    {"gate twice", "success", "", "", false, true},
};

const char* const kControls[] = {"required",
                                 "requisite",
                                 "sufficient",
                                 "optional",
                                 "[success=ok ignore=ignore default=bad]",
                                 "[success=ok ignore=ignore default=die]",
                                 "[success=done ignore=ignore default=die]",
                                 "[ignore=ignore perm_denied=die default=ignore]",
                                 "[default=ignore]",
                                 "[default=ok]",
                                 "[default=done]",
                                 "[default=1]"};

// A user and the gate's verdict.
struct User {
    const char* verdict;
    const char* name;
    bool unreadable;  // the lists
    bool may_log_in;
};
const User kUsers[] = {{"IGNORE", "bob", false, true},
                       {"PERM_DENIED", "alice", false, false},
                       {"AUTHINFO_UNAVAIL", "bob", true, false},
                       {"PERM_DENIED, a broken list", "alice", true, false}};

struct Outcome {
    int account = PAM_ABORT;
    int session = PAM_ABORT;
    bool in = false;
};

// Logs in like sshd and login: an expired password is changed, which must not bypass the gate.
Outcome log_in(const Place& place, const char* user, const std::string& stack) {
    const Transaction transaction(
        place, user, stack + "password required pam_permit.so\nauth required pam_permit.so\n");
    Outcome outcome;
    outcome.account = pam_acct_mgmt(transaction.pamh, 0);
    int code = outcome.account;
    if (code == PAM_NEW_AUTHTOK_REQD)
        code = pam_chauthtok(transaction.pamh, PAM_CHANGE_EXPIRED_AUTHTOK);
    if (code != PAM_SUCCESS) return outcome;
    if (pam_setcred(transaction.pamh, PAM_ESTABLISH_CRED) != PAM_SUCCESS) return outcome;
    outcome.session = pam_open_session(transaction.pamh, 0);
    outcome.in = outcome.session == PAM_SUCCESS;
    return outcome;
}

std::string stack_of(const Place& place, const Stack& stack, const Case& each,
                     const char* control) {
    const std::string gate = std::string("account ") + control + " " + place.gate();
    const std::string rest = stack.of(each.code);
    const std::string account =
        each.last ? each.before + rest + gate
                  : each.before + gate + (each.twice ? gate : "") + each.behind + rest;
    return account + "session requisite " + place.gate() + stack.session;
}

}  // namespace

Test(matrix, a_revoked_user_never_logs_in) {
    int cells = 0;
    int let_in = 0;
    int kept_out_by_session = 0;
    for (const Stack& stack : kStacks)
        for (const User& user : kUsers) {
            const Place place;
            if (user.unreadable) place.write("lists/broken.list", "\x01\n");
            std::printf("\n%s, the gate says %s\n%-47s", stack.name, user.verdict, "");
            for (const Case& each : kCases) std::printf(" %-19s", each.name);
            for (const char* control : kControls) {
                std::printf("\n%-47s", control);
                for (const Case& each : kCases) {
                    const Outcome outcome =
                        log_in(place, user.name, stack_of(place, stack, each, control));
                    ++cells;
                    let_in += outcome.in ? 1 : 0;
                    kept_out_by_session += !outcome.in && outcome.session != PAM_ABORT ? 1 : 0;
                    std::printf(" %-19s", outcome.in                     ? "in"
                                          : outcome.session != PAM_ABORT ? "denied (session)"
                                                                         : "denied");
                    cr_expect(!outcome.in || user.may_log_in, "%s, %s, %s: %s logs in", stack.name,
                              control, each.name, user.name);
                }
            }
            std::printf("\n");
        }
    std::printf(
        "\n%d logins, %d in, none of a revoked user; %d denied by the session phase alone\n", cells,
        let_in, kept_out_by_session);
    cr_expect(let_in > 0 && kept_out_by_session > 0);
}

// In its shipped position, the gate denies in the first phase that calls it, and no clear user.
Test(matrix, the_shipped_stack_denies_in_the_account_phase) {
    const Place place;
    for (const Stack& stack : kStacks)
        for (const Case& each : kCases) {
            if (each.last || each.before[0] != '\0') continue;
            cr_expect(log_in(place, "alice", stack_of(place, stack, each, "requisite")).account ==
                          PAM_PERM_DENIED,
                      "%s, %s", stack.name, each.name);
            const bool locked = std::string(each.code) == "acct_expired";
            cr_expect(log_in(place, "bob", stack_of(place, stack, each, "requisite")).in == !locked,
                      "%s, %s", stack.name, each.name);
        }
}
