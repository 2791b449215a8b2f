// doctor_pam.cpp - examines whether every PAM service calls the gate, whatever other modules
// return.

#include <algorithm>
#include <array>

#include "pam_services.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/doctor/doctor.hpp"
#include "revoke/list/match.hpp"

namespace pam_revoke {
namespace {

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
    if (verdict.hole)
        findings.push_back({"pam", service, *verdict.hole + behind, kFirst});
    else if (verdict.shut && account.errors.empty())
        findings.push_back(
            {"pam", service,
             "denies every login: the control of the gate treats PAM_IGNORE as a failure", kFirst});
}

// Programs that ask PAM without root, and the users that they run as.
struct Unprivileged {
    std::string_view service;
    std::string_view user;
};
constexpr std::array kUnprivileged = {Unprivileged{"apache2", "www-data"},
                                      Unprivileged{"jupyterhub", "jupyterhub"},
                                      Unprivileged{"postgresql", "postgres"}};

bool is_reader(const std::string& root, std::string_view user) {
    constexpr std::string_view kReaders = "pam-revoke:";
    for (const std::string& line : plain_lines(tree_file(root, "/etc/group").value_or(""), "#"))
        if (line.starts_with(kReaders))
            return contains_item(std::string_view(line).substr(line.rfind(':') + 1), user);
    return false;
}

void examine_readers(const std::string& root, const PamFiles& files, Findings& findings) {
    for (const auto& [service, user] : kUnprivileged) {
        const std::string name(service);
        if (!files(name) || is_reader(root, user)) continue;
        if (judge(load_stack(name, "account", files)).has_gate)
            findings.push_back(
                {"pam", name,
                 compose("{} is not in the group pam-revoke and may not read the lists", user),
                 compose("run 'adduser {} pam-revoke' and restart the service", user)});
    }
}

}  // namespace

void examine_pam(const std::string& root, const std::vector<std::string>& more,
                 Findings& findings) {
    const PamFiles files = pam_files(root);
    bool used = false;
    std::vector<std::string> services = services_for_users(files, more);
    if (files("other")) services.emplace_back("other");
    for (const std::string& service : services) {
        examine_service(service, files, findings);
        used = used || judge(load_stack(service, "account", files)).has_gate;
    }
    examine_readers(root, files, findings);
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
