// The built module, loaded by libpam with pam_start_confdir and real stacks. As root.
#include <dlfcn.h>
#include <security/pam_appl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "place.hpp"
#include "revoke/pam_revoke/break_glass.hpp"

// The table of outcomes, each row alone and with pam_permit.
Test(module, outcomes) {
    const Place place;
    const std::string permit = "account required pam_permit.so\n";
    expect_code(account(place, "bob", "account required " + place.gate()), PAM_PERM_DENIED,
                "clear alone: no opinion grants nothing");
    expect_code(account(place, "bob", "account required " + place.gate() + permit), PAM_SUCCESS,
                "clear beside permit");
    expect_code(account(place, "alice", "account required " + place.gate() + permit),
                PAM_PERM_DENIED, "revoked");
    expect_code(account(place, "root", "account required " + place.gate() + permit), PAM_SUCCESS,
                "exempt");
    place.list("\x01garbage\n");
    expect_code(account(place, "bob", "account required " + place.gate() + permit),
                PAM_AUTHINFO_UNAVAIL, "unavailable, deny");
    expect_code(
        account(place, "bob", "account required " + place.gate("unavailable=allow") + permit),
        PAM_SUCCESS, "unavailable, allow");
    expect_code(account(place, "root", "account required " + place.gate() + permit), PAM_SUCCESS,
                "unavailable, exempt");
    expect_code(
        account(place, "bob", "account required " + place.gate("exempt_users=root,bob") + permit),
        PAM_SUCCESS, "unavailable, exempt on the PAM line");
}

// P01: an expired password, with the gate before and after pam_unix.
Test(module, expired_password_ends_the_stack) {
    const Place place;
    const std::string unix_like =
        "account [success=1 new_authtok_reqd=done default=ignore] pam_debug.so "
        "acct=new_authtok_reqd\naccount requisite "
        "pam_deny.so\naccount required pam_permit.so\n";
    expect_code(account(place, "alice", "account requisite " + place.gate() + unix_like),
                PAM_PERM_DENIED, "gate first");
    expect_code(account(place, "alice", unix_like + "account requisite " + place.gate()),
                PAM_NEW_AUTHTOK_REQD, "gate last is not asked");
    expect_code(account(place, "bob", "account requisite " + place.gate() + unix_like),
                PAM_NEW_AUTHTOK_REQD, "gate first, not listed");
}

// P03, P04: each control word with each verdict, before a module that denies or permits.
Test(module, control_words) {
    const Place place;
    const std::string yes = "account required pam_permit.so\n";
    const std::string no = "account required pam_deny.so\n";
    const struct {
        const char *control, *user;
        int before_yes, before_no;
    } rows[] = {
        {"required", "bob", PAM_SUCCESS, PAM_AUTH_ERR},
        {"required", "alice", PAM_PERM_DENIED, PAM_PERM_DENIED},
        {"requisite", "bob", PAM_SUCCESS, PAM_AUTH_ERR},
        {"requisite", "alice", PAM_PERM_DENIED, PAM_PERM_DENIED},
        {"sufficient", "bob", PAM_SUCCESS,
         PAM_AUTH_ERR},  // P03: a clear verdict skips no later module
        {"[success=ok new_authtok_reqd=ok ignore=ignore default=die]", "alice", PAM_PERM_DENIED,
         PAM_PERM_DENIED},
        {"[success=ok ignore=ignore default=bad]", "bob", PAM_SUCCESS, PAM_AUTH_ERR},
        {"[default=die]", "bob", PAM_IGNORE,
         PAM_IGNORE},  // P04: without ignore=ignore, every user is denied
    };
    for (const auto& row : rows) {
        const std::string gate = std::string("account ") + row.control + " " + place.gate();
        const int before_yes = account(place, row.user, gate + yes);
        if (row.before_yes == PAM_IGNORE) {
            cr_expect(before_yes != PAM_SUCCESS, "%s %s", row.control, row.user);
            continue;
        }
        expect_code(before_yes, row.before_yes,
                    std::string(row.control) + " " + row.user + " before yes");
        expect_code(account(place, row.user, gate + no), row.before_no,
                    std::string(row.control) + " " + row.user + " before no");
    }
}

Test(module, gate_twice) {
    const Place place;
    expect_code(account(place, "bob",
                        "account required " + place.gate() + "account required " + place.gate() +
                            "account required pam_permit.so\n"),
                PAM_SUCCESS, "twice, clear");
    expect_code(account(place, "alice",
                        "account required " + place.gate() + "account required " + place.gate() +
                            "account required pam_permit.so\n"),
                PAM_PERM_DENIED, "twice, revoked");
}

Test(module, the_user_sees_the_message_after_authentication_only) {
    const Place place;
    const std::string all = "auth required " + place.gate() +
                            "auth required pam_permit.so\naccount required " + place.gate() +
                            "session required " + place.gate() + "session required pam_permit.so\n";
    {
        Transaction transaction(place, "alice", all);
        expect_code(pam_authenticate(transaction.pamh, 0), PAM_PERM_DENIED, "auth");
        cr_expect(told.empty(), "told before authentication: %s", told.c_str());
        expect_code(transaction.account(), PAM_PERM_DENIED, "account");
        cr_expect(told == "Access revoked. Reference: T283242\n", "told: %s", told.c_str());
        cr_expect(told.find("laptop") == std::string::npos);
        told.clear();
        expect_code(pam_open_session(transaction.pamh, 0), PAM_PERM_DENIED, "session");
        cr_expect(told == "Access revoked. Reference: T283242\n");
        told.clear();
        expect_code(transaction.account(PAM_SILENT), PAM_PERM_DENIED, "silent");
        cr_expect(told.empty());
    }
    {
        told.clear();
        Transaction transaction(place, "alice",
                                "account required " + module_path() + " lists=" + place.path +
                                    "/lists [message=Call 555, {user}: {ref}]\n");
        (void)transaction.account();
        cr_expect(told == "Call 555, alice: T283242\n", "told: %s", told.c_str());
    }
    told.clear();
    expect_code(account(place, "alice", "account required " + place.gate(), "cron"),
                PAM_PERM_DENIED, "cron");
    cr_expect(told.empty());
}

// The caller of su controls the limit of open files. If it is too low for the check, the login is
// denied, even with break-glass enabled.
Test(module, no_descriptor_left) {
    const Place place;
    place.list("# pam_revoke list 1\nuser:oldbin uid=2\ngroup:bin\n" + std::string(2000, '#') +
               "\n");
    for (const char* more : {"break_glass = 2h\n", "unavailable = allow\n"}) {
        place.write("conf", "[gate]\nlists = " + place.path + "/lists\n" + more +
                                "[revoke-user]\nrun_dir = " + place.path + "\n");
        place.write("break-glass", std::string(pam_revoke::print_break_glass(3600).view()));
        const std::string stack = "account required " + module_path() + " conf=" + place.path +
                                  "/conf\naccount required pam_permit.so\n";
        Transaction transaction(place, "root", stack, "su");
        pam_set_item(transaction.pamh, PAM_RUSER, "bin");
        expect_code(transaction.account(), PAM_PERM_DENIED, "with enough of them");
        rlimit before{};
        getrlimit(RLIMIT_NOFILE, &before);
        const int first = dup(0);
        close(first);
        for (rlim_t room = 0; room < 8; ++room) {
            const rlimit few{static_cast<rlim_t>(first) + room, before.rlim_max};
            setrlimit(RLIMIT_NOFILE, &few);
            const int code = transaction.account();
            setrlimit(RLIMIT_NOFILE, &before);
            cr_expect(code != PAM_SUCCESS && code != PAM_IGNORE, "%s: with %d of them: %d", more,
                      static_cast<int>(room), code);
        }
    }
}

Test(module, no_user_name) {
    const Place place;
    expect_code(
        account(place, "", "account required " + place.gate() + "account required pam_permit.so\n"),
        PAM_USER_UNKNOWN, "empty name");
}

Test(module, hostile_names) {
    const Place place;
    const std::string permit = "account required pam_permit.so\n";
    for (const std::string& name :
         {std::string(4000, 'x'), std::string("a/../../etc/passwd"), std::string("a\nuser:bob"),
          std::string("-x"), std::string("%s%n"), std::string("\xff\xfe"), std::string("\"'`$(id)"),
          std::string(" alice"), std::string("alice "), std::string("ALICE")})
        expect_code(account(place, name.c_str(), "account required " + place.gate() + permit),
                    PAM_SUCCESS, name.substr(0, 30));
}

// P19, P20 for module arguments and the file: all but exempt users are denied.
Test(module, invalid_module_arguments) {
    const Place place;
    const std::string permit = "account required pam_permit.so\n";
    for (const char* words : {"unavailable=maybe", "unavailble=allow", "nonsense", "lists=relative",
                              "conf=/nonexistent/pam_revoke.conf"}) {
        expect_code(account(place, "bob", "account required " + place.gate(words) + permit),
                    PAM_AUTHINFO_UNAVAIL, words);
        expect_code(account(place, "root", "account required " + place.gate(words) + permit),
                    PAM_SUCCESS, words);
        expect_code(account(place, "alice", "account required " + place.gate(words) + permit),
                    PAM_PERM_DENIED, words);
    }
}

Test(module, configuration_of_a_service) {
    const Place place;
    place.list("garbage\n");
    place.write("conf",
                "[gate]\nlists = " + place.path + "/lists\n[service sshd]\nunavailable = allow\n");
    const std::string stack = "account required " + module_path() + " conf=" + place.path +
                              "/conf\naccount required pam_permit.so\n";
    expect_code(account(place, "bob", stack, "sshd"), PAM_SUCCESS, "sshd");
    expect_code(account(place, "bob", stack, "login"), PAM_AUTHINFO_UNAVAIL, "login");
    place.write("conf", "[gate]\nlists = " + place.path +
                            "/lists\nunavailable = alow\nexempt_users = carol\n");
    expect_code(account(place, "bob", stack, "login"), PAM_AUTHINFO_UNAVAIL, "typing error");
    expect_code(account(place, "carol", stack, "login"), PAM_SUCCESS,
                "exemption below a typing error");
}

// Break-glass allows logins that cannot be checked, within the configured time, but never a revoked
// user.
Test(module, break_glass) {
    const Place place;
    place.list("# pam_revoke list 1\n%expires 2020-01-01T00:00:00Z\nuser:alice\n");
    const auto conf = [&](const std::string& more) {
        place.write("conf", "[gate]\nlists = " + place.path + "/lists\n" + more +
                                "[revoke-user]\nrun_dir = " + place.path + "\n");
    };
    const std::string stack = "account required " + module_path() + " conf=" + place.path +
                              "/conf\naccount required pam_permit.so\n";
    conf("break_glass = 2h\n");
    expect_code(account(place, "bob", stack), PAM_AUTHINFO_UNAVAIL, "not broken");
    place.write("break-glass", std::string(pam_revoke::print_break_glass(3600).view()));
    expect_code(account(place, "bob", stack), PAM_SUCCESS, "broken");
    expect_code(account(place, "alice", stack), PAM_PERM_DENIED, "broken, listed");
    conf("break_glass = 30m\n");
    expect_code(account(place, "bob", stack), PAM_AUTHINFO_UNAVAIL,
                "for longer than was announced");
    conf("");
    expect_code(account(place, "bob", stack), PAM_AUTHINFO_UNAVAIL, "not announced");
    // Not for errors that the user causes, such as invalid credentials.
    place.list("# pam_revoke list 1\nkey:SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
    conf("break_glass = 2h\n");
    Transaction transaction(place, "bob", stack);
    expect_code(transaction.account(), PAM_SUCCESS, "no credentials");
    pam_putenv(transaction.pamh, "SSH_AUTH_INFO_0=publickey ssh-ed25519 nonsense\n");
    expect_code(transaction.account(), PAM_AUTHINFO_UNAVAIL, "what they showed");
}

// The user sees the operator's reason only if show_reason is set.
Test(module, the_reason_is_shown_if_configured) {
    const Place place;
    const std::string permit = "account required pam_permit.so\n";
    expect_code(account(place, "alice", "account required " + place.gate() + permit),
                PAM_PERM_DENIED, "as ever");
    cr_expect(told.find("laptop") == std::string::npos &&
              told.find("T283242") != std::string::npos);
    told.clear();
    expect_code(
        account(place, "alice", "account required " + place.gate("show_reason=yes") + permit),
        PAM_PERM_DENIED, "shown");
    cr_expect(told.find("Reason: laptop lost") != std::string::npos, "%s", told.c_str());
    told.clear();
    place.list("# pam_revoke list 1\nuser:alice reason=\"Ger\xc3\xa4t verloren\"\n");
    expect_code(
        account(place, "alice", "account required " + place.gate("show_reason=yes") + permit),
        PAM_PERM_DENIED, "as it was written");
    cr_expect(told.find("Reason: Ger\xc3\xa4t verloren") != std::string::npos, "%s", told.c_str());
}

// P33: after a thousand transactions, nothing remains mapped or open.
Test(module, nothing_stays_mapped_or_open) {
    const Place place;
    const std::string path = module_path();
    const auto count = [&](const char* file, const std::string& what) {
        std::ifstream maps(file);
        int found = 0;
        for (std::string line; std::getline(maps, line);)
            found += line.find(what) != std::string::npos ? 1 : 0;
        return found;
    };
    for (int i = 0; i < 1000; ++i) {
        void* handle = dlopen(path.c_str(), RTLD_NOW);
        cr_assert(handle != nullptr, "%s", dlerror());
        cr_assert(dlsym(handle, "pam_sm_acct_mgmt") != nullptr);
        dlclose(handle);
    }
    cr_expect(count("/proc/self/maps", path) == 0);
    for (int i = 0; i < 200; ++i)
        (void)account(place, i % 2 == 0 ? "alice" : "bob", "account required " + place.gate());
    cr_expect(count("/proc/self/maps", path) == 0, "the module stays mapped after pam_end");
    const int fd = dup(0);
    cr_expect(fd < 10, "descriptors leak: the next is %d", fd);
    close(fd);
}
