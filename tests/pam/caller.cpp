// The caller of su, sudo or another program: the gate asks about both users. As root.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "place.hpp"

// P14: for su and sudo, the caller is checked too; P15: for no other service.
Test(module, the_caller_counts) {
    const Place place;
    const struct {
        const char *service, *user, *ruser;
        int code;
    } rows[] = {
        {"su", "root", "alice", PAM_PERM_DENIED}, {"sudo", "bob", "alice", PAM_PERM_DENIED},
        {"su", "bob", "carol", PAM_SUCCESS},      {"su", "alice", "bob", PAM_PERM_DENIED},
        {"sshd", "bob", "alice", PAM_SUCCESS},    {"su", "root", nullptr, PAM_SUCCESS},
        {"su", "root", "", PAM_SUCCESS},
    };
    for (const auto& row : rows) {
        Transaction transaction(
            place, row.user,
            "account required " + place.gate() + "account required pam_permit.so\n", row.service);
        if (row.ruser != nullptr) pam_set_item(transaction.pamh, PAM_RUSER, row.ruser);
        expect_code(transaction.account(), row.code,
                    std::string(row.service) + " " + row.user + " by " +
                        (row.ruser != nullptr ? row.ruser : "-"));
    }
}

// A caller that could not be checked is not clear, for any target; an exempt caller is.
Test(module, a_caller_that_cannot_be_checked) {
    const Place place;
    place.list("garbage\n");
    for (const auto& [ruser, code] :
         {std::pair("bob", PAM_AUTHINFO_UNAVAIL), std::pair("root", PAM_SUCCESS)}) {
        Transaction transaction(
            place, "root", "account required " + place.gate() + "account required pam_permit.so\n",
            "su");
        pam_set_item(transaction.pamh, PAM_RUSER, ruser);
        expect_code(transaction.account(), code, ruser);
    }
}

// If several users cannot be checked, the strictest policy decides, in any order.
Test(module, callers_and_rules_for_groups) {
    const Place place;
    place.list("# pam_revoke list 1\n%expires 2020-01-01T00:00:00Z\nuser:alice\n");
    place.write("conf",
                "[gate]\nlists = " + place.path + "/lists\n[group daemon]\nunavailable = allow\n");
    const std::string stack = "account required " + module_path() + " conf=" + place.path +
                              "/conf %s\naccount required pam_permit.so\n";
    const struct {
        const char *user, *ruser, *words;
        int code;
    } rows[] = {
        {"bin", nullptr, "", PAM_AUTHINFO_UNAVAIL},
        {"bin", "daemon", "", PAM_AUTHINFO_UNAVAIL},
        {"daemon", "bin", "", PAM_AUTHINFO_UNAVAIL},
        {"daemon", "daemon", "", PAM_SUCCESS},
        {"root", "daemon", "", PAM_SUCCESS},
        {"root", "bin", "", PAM_AUTHINFO_UNAVAIL},
        {"daemon", "alice", "", PAM_PERM_DENIED},
        {"daemon", nullptr, "unavailable=deny", PAM_AUTHINFO_UNAVAIL},
    };
    for (const auto& row : rows) {
        std::string text = stack;
        text.replace(text.find("%s"), 2, row.words);
        Transaction transaction(place, row.user, text, "su");
        if (row.ruser != nullptr) pam_set_item(transaction.pamh, PAM_RUSER, row.ruser);
        expect_code(transaction.account(), row.code,
                    std::string(row.user) + " by " + (row.ruser != nullptr ? row.ruser : "-") +
                        " " + row.words);
    }
}

// P19: all but exempt users are denied, including the caller of su.
Test(module, a_caller_with_an_invalid_configuration) {
    const Place place;
    place.list("# pam_revoke list 1\nuser:alice\n");
    place.write("conf", "[gate]\nlists = " + place.path + "/lists\nunavailabel = deny\n");
    const std::string stack = "account required " + module_path() + " conf=" + place.path +
                              "/conf\naccount required pam_permit.so\n";
    for (const auto& [ruser, code] :
         {std::pair("bin", PAM_AUTHINFO_UNAVAIL), std::pair("root", PAM_SUCCESS)}) {
        Transaction transaction(place, "root", stack, "su");
        pam_set_item(transaction.pamh, PAM_RUSER, ruser);
        expect_code(transaction.account(), code, ruser);
    }
}

// A program without root asks: PostgreSQL about its users, a screen locker about its own.
Test(module, a_program_that_cannot_read_the_lists) {
    constexpr uid_t kNobody = 65534;
    const struct {
        const char* name;
        const char* user;
        mode_t list;
        int code;
    } rows[] = {
        {"itself", "nobody", 0600, PAM_SUCCESS},
        {"another user", "bin", 0600, PAM_AUTHINFO_UNAVAIL},
        {"a user that the database does not have", "nosuch", 0600, PAM_AUTHINFO_UNAVAIL},
        {"another user, readable", "bin", 0644, PAM_SUCCESS},
        {"a revoked user, readable", "alice", 0644, PAM_PERM_DENIED},
    };
    for (const auto& row : rows) {
        const Place place;
        Transaction transaction(
            place, row.user,
            "account required " + place.gate() + "account required pam_permit.so\n", "locker");
        cr_assert(chmod((place.path + "/lists/a.list").c_str(), row.list) == 0);
        const pid_t child = fork();
        if (child == 0) {
            const bool is_nobody = setresgid(kNobody, kNobody, kNobody) == 0 &&
                                   setresuid(kNobody, kNobody, kNobody) == 0;
            _exit(is_nobody ? transaction.account() : 255);
        }
        int status = 0;
        cr_assert(waitpid(child, &status, 0) == child && WIFEXITED(status));
        expect_code(WEXITSTATUS(status), row.code, row.name);
    }
}
