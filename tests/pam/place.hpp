// place.hpp - a directory with a list and a stack, and a libpam transaction that uses it.
#pragma once

#include <security/pam_appl.h>
#include <sys/stat.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

#include "../unit/unit.hpp"

inline std::string module_path() {
    const char* path = std::getenv("REVOKE_MODULE");
    cr_assert(path != nullptr, "REVOKE_MODULE names no module");
    return path;
}

inline std::string told;  // the messages of the conversation

inline int converse(int count, const pam_message** messages, pam_response** responses, void*) {
    *responses = static_cast<pam_response*>(
        std::calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
    for (int i = 0; i < count; ++i) {
        told += messages[i]->msg;
        told += "\n";
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_OFF ||
            messages[i]->msg_style == PAM_PROMPT_ECHO_ON)
            (*responses)[i].resp = strdup("alice");
    }
    return PAM_SUCCESS;
}

// A directory with a list, a configuration and a stack.
struct Place : TestDirectory {
    Place() {
        chmod(path.c_str(), 0755);
        mkdir((path + "/lists").c_str(), 0755);
        list("# pam_revoke list 1\nuser:alice uid=4242 ref=T283242 reason=\"laptop lost\"\n");
        told.clear();
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path + "/" + name) << text;
        chmod((path + "/" + name).c_str(), 0600);
    }
    void list(const std::string& text) const { write("lists/a.list", text); }
    std::string gate(const std::string& words = "") const {
        return module_path() + " lists=" + path + "/lists " + words + "\n";
    }
};

struct Transaction {
    pam_handle_t* pamh = nullptr;
    Transaction(const Place& place, const char* user, const std::string& stack,
                const char* service = "sshd") {
        place.write(service, stack);
        const pam_conv conv{converse, nullptr};
        cr_assert_eq(pam_start_confdir(service, user, &conv, place.path.c_str(), &pamh),
                     PAM_SUCCESS);
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    ~Transaction() { pam_end(pamh, PAM_SUCCESS); }
    int account(int flags = 0) { return pam_acct_mgmt(pamh, flags); }
};

inline int account(const Place& place, const char* user, const std::string& stack,
                   const char* service = "sshd") {
    Transaction transaction(place, user, stack, service);
    return transaction.account();
}

inline void expect_code(int got, int wanted, const std::string& row) {
    cr_expect(got == wanted, "%s: got %d, wanted %d", row.c_str(), got, wanted);
}
