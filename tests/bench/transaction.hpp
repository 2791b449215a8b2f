// transaction.hpp - times a complete login transaction.
#pragma once

#include <security/pam_appl.h>
#include <time.h>

#include <cstdlib>
#include <string>

inline double now_usec() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

// Runs pam_start, pam_acct_mgmt and pam_end with the stack in `directory`, and SSH_AUTH_INFO_0 from
// the environment. Returns microseconds, negative if denied.
inline double transaction(const char* directory) {
    const double begun = now_usec();
    const pam_conv conv{
        [](int, const pam_message**, pam_response**, void*) { return PAM_CONV_ERR; }, nullptr};
    pam_handle_t* pamh = nullptr;
    int code = pam_start_confdir("sshd", "nobody", &conv, directory, &pamh);
    const char* auth_info = std::getenv("SSH_AUTH_INFO_0");
    if (code == PAM_SUCCESS && auth_info != nullptr)
        code = pam_putenv(pamh, (std::string("SSH_AUTH_INFO_0=") + auth_info).c_str());
    if (code == PAM_SUCCESS) code = pam_acct_mgmt(pamh, PAM_SILENT);
    pam_end(pamh, code);
    return code == PAM_SUCCESS ? now_usec() - begun : -1;
}
