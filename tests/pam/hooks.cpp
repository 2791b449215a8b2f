// Keys of a login, the record of a session, and the hooks beside account. As root.
#include <unistd.h>

#include <string>

#include "place.hpp"

// P10: setcred, close_session and chauthtok return PAM_IGNORE.
Test(module, other_hooks) {
    const Place place;
    Transaction transaction(place, "alice",
                            "auth required pam_permit.so\nauth required " + place.gate() +
                                "session required " + place.gate() +
                                "session required pam_permit.so\npassword required " +
                                place.gate() + "password required pam_permit.so\n");
    expect_code(pam_setcred(transaction.pamh, PAM_ESTABLISH_CRED), PAM_SUCCESS, "setcred");
    expect_code(pam_close_session(transaction.pamh, 0), PAM_SUCCESS, "close_session");
    expect_code(pam_chauthtok(transaction.pamh, 0), PAM_SUCCESS, "chauthtok");
}

// A key that sshd names is denied for any user.
Test(module, a_revoked_key_is_denied) {
    const Place place;
    const std::string info =
        "SSH_AUTH_INFO_0=publickey ssh-ed25519 "
        "AAAAC3NzaC1lZDI1NTE5AAAAIGtra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr\n";
    place.list(
        "# pam_revoke list 1\nkey:SHA256:sArVyTbDlP2ByuRNM59Xf/iwOUmdy69sxylyNl3iUQQ "
        "ref=T283242\n");
    const std::string stack = "account required " + place.gate() +
                              "account required pam_permit.so\nsession required " + place.gate() +
                              "session required pam_permit.so\n";
    const auto ask = [&](const std::string& variable, bool session) {
        const Transaction transaction(place, "bob", stack);
        if (!variable.empty())
            cr_assert_eq(pam_putenv(transaction.pamh, variable.c_str()), PAM_SUCCESS);
        return session ? pam_open_session(transaction.pamh, 0) : pam_acct_mgmt(transaction.pamh, 0);
    };
    for (const bool session : {false, true}) {
        expect_code(ask(info, session), PAM_PERM_DENIED, "the key is listed");
        expect_code(ask("", session), PAM_SUCCESS, "no key was shown");
        expect_code(ask("SSH_AUTH_INFO_0=password\n", session), PAM_SUCCESS, "a password was");
        expect_code(ask("SSH_AUTH_INFO_0=publickey ssh-ed25519 AAAA\n", session),
                    PAM_AUTHINFO_UNAVAIL, "what was shown is not understood");
    }
    place.list("# pam_revoke list 1\nkey:SHA256:AArVyTbDlP2ByuRNM59Xf/iwOUmdy69sxylyNl3iUQQ\n");
    expect_code(ask(info, false), PAM_SUCCESS, "another key is listed");
}

// The record for revoke-user is written when the session opens, and removed when it is closed.
Test(module, an_open_session_has_a_record_of_its_key) {
    const Place place;
    const std::string record = place.path + "/run/sessions/" + std::to_string(getpid());
    mkdir((place.path + "/run").c_str(), 0700);
    mkdir((place.path + "/run/sessions").c_str(), 0700);
    place.write("conf", "[revoke-user]\nrun_dir = " + place.path + "/run\n");
    const std::string info =
        "publickey ssh-ed25519 "
        "AAAAC3NzaC1lZDI1NTE5AAAAIGtra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr\n";
    const std::string stack = "session required " + place.gate("conf=" + place.path + "/conf") +
                              "session required pam_permit.so\n";
    const auto begin = [&](const char* user, const std::string& shown, bool close) {
        const Transaction transaction(place, user, stack);
        if (!shown.empty())
            cr_assert_eq(pam_putenv(transaction.pamh, ("SSH_AUTH_INFO_0=" + shown).c_str()),
                         PAM_SUCCESS);
        const int code = pam_open_session(transaction.pamh, 0);
        if (close) cr_expect_eq(pam_close_session(transaction.pamh, 0), PAM_SUCCESS);
        return code;
    };
    const auto is_there = [&] { return access(record.c_str(), F_OK) == 0; };
    expect_code(begin("bob", info, false), PAM_SUCCESS, "opened");
    std::ifstream in(record);
    std::string head;
    std::string rest;
    std::getline(in, head);
    std::getline(in, rest, '\0');
    cr_expect(head.starts_with("pam_revoke session 1 ") && rest == info, "%s|%s", head.c_str(),
              rest.c_str());
    expect_code(begin("alice", info, false), PAM_PERM_DENIED, "refused");
    cr_expect(is_there(), "sshd may keep the connection of a denied session");
    expect_code(begin("bob", info, true), PAM_SUCCESS, "opened and closed");
    cr_expect(!is_there(), "a closed session has no record");
    expect_code(begin("bob", "", false), PAM_SUCCESS, "no key was shown");
    cr_expect(!is_there(), "a session without a key has no record");
    chmod((place.path + "/run/sessions").c_str(), 0777);
    expect_code(begin("bob", info, false), PAM_SUCCESS, "an insecure directory denies no login");
    cr_expect(!is_there());
}
