// doctor_pam.cpp - examines whether every PAM service calls the gate, whatever other modules
// return.

#include <algorithm>
#include <array>

#include "pam_stack.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/doctor/doctor.hpp"

namespace pam_revoke {
namespace {

// Services that log in a user or act for one. "other" is used for every service without a file.
constexpr std::array kDoors = {
    "sshd",          "login",           "remote",        "su",           "su-l",
    "sudo",          "sudo-i",          "run0",          "systemd-run0", "systemd-user",
    "cron",          "crond",           "atd",           "polkit-1",     "gdm-password",
    "gdm-autologin", "gdm-fingerprint", "gdm-smartcard", "lightdm",      "lightdm-autologin",
    "sddm",          "sddm-autologin",  "xdm",           "lxdm",         "kde",
    "cockpit",       "xrdp-sesman",     "vsftpd",        "proftpd",      "other"};

// Where libpam looks for a service; the first file found is used.
constexpr std::array kPamDirectories = {"/etc/pam.d/", "/usr/lib/pam.d/"};

constexpr std::array kModuleDirectories = {"/usr/lib/security/", "/usr/lib64/security/",
                                           "/lib/security/", "/lib64/security/"};

bool has_module(const std::string& root) {
    std::vector<std::string> directories(kModuleDirectories.begin(), kModuleDirectories.end());
    for (const char* lib : {"/usr/lib/", "/lib/"})
        for (const std::string& name : tree_names(root + lib))
            if (name.find("-linux-") != std::string::npos)
                directories.push_back(lib + name + "/security/");
    return std::any_of(directories.begin(), directories.end(), [&](const std::string& directory) {
        return tree_file(root, directory + std::string(kGate)).has_value();
    });
}

void examine_service(const std::string& service, const PamFiles& files, Findings& findings) {
    const PamStack account = load_stack(service, "account", files);
    const PamStack session = load_stack(service, "session", files);
    for (const std::string& error : account.errors)
        findings.push_back({"pam", service, error,
                            "fix /etc/pam.d/" + service + ": PAM denies every login there"});
    const StackVerdict verdict = judge(account);
    const bool second_door = judge(session).has_gate;
    const char* behind = second_door ? " (the session phase still denies revoked users)" : "";
    constexpr const char* kFirst =
        "put \"account requisite pam_revoke.so\" before all other account lines";
    if (account.lines.empty() && !account.errors.empty()) return;
    if (!verdict.has_gate)
        findings.push_back(
            {"pam", service, compose("the gate is not in the account stack{}", behind), kFirst});
    else if (verdict.hole)
        findings.push_back({"pam", service, *verdict.hole + behind, kFirst});
    else if (verdict.shut && account.errors.empty())
        findings.push_back(
            {"pam", service,
             "denies every login: the control of the gate treats PAM_IGNORE as a failure", kFirst});
}

}  // namespace

void examine_pam(const std::string& root, const std::vector<std::string>& more,
                 Findings& findings) {
    const PamFiles files = [&root](const std::string& name) -> std::optional<std::string> {
        if (name.starts_with('/')) return tree_file(root, name);
        for (const char* directory : kPamDirectories)
            if (auto text = tree_file(root, directory + name)) return text;
        return std::nullopt;
    };
    bool used = false;
    std::vector<std::string> doors(kDoors.begin(), kDoors.end());
    for (const std::string& service : more)
        if (std::find(doors.begin(), doors.end(), service) == doors.end()) doors.push_back(service);
    for (const std::string& service : doors) {
        if (!files(service)) continue;
        examine_service(service, files, findings);
        used = used || judge(load_stack(service, "account", files)).has_gate;
    }
    if (!files("other"))
        findings.push_back({"pam", "other",
                            "missing: the result for services without a file is undefined",
                            "install libpam-runtime"});
    if (used && !has_module(root))
        findings.push_back({"pam", std::string(kGate),
                            "in the stacks and not installed: PAM denies every login",
                            "install libpam-revoke, or remove the lines"});
}

}  // namespace pam_revoke
