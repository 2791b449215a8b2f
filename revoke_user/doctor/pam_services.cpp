#include "pam_services.hpp"

#include <algorithm>
#include <array>

#include "revoke/base/compose.hpp"
#include "revoke/doctor/doctor.hpp"
#include "revoke/doctor/open_services.hpp"

namespace pam_revoke {
namespace {

// Services that log in a user or act for one.
constexpr std::array kServices = {
    "sshd",          "login",           "remote",        "su",           "su-l",
    "sudo",          "sudo-i",          "run0",          "systemd-run0", "systemd-user",
    "cron",          "crond",           "atd",           "polkit-1",     "gdm-password",
    "gdm-autologin", "gdm-fingerprint", "gdm-smartcard", "lightdm",      "lightdm-autologin",
    "sddm",          "sddm-autologin",  "xdm",           "lxdm",         "kde",
    "cockpit",       "xrdp-sesman",     "vsftpd",        "proftpd"};

// Where libpam looks for a service; the first file found is used.
constexpr std::array kDirectories = {"/etc/pam.d/", "/usr/lib/pam.d/"};

// Units:  findings: of sshd.
std::vector<std::string> services_of(const Examined& host, const PamFiles& files,
                                     const std::string& only, Findings& findings) {
    if (!only.empty() && only != "sshd") return {only};
    std::vector<std::string> more;
    examine_sshd(host, more, findings);
    return only.empty() ? services_for_users(files, more) : std::vector<std::string>{only};
}

}  // namespace

PamFiles pam_files(std::string root, std::vector<Error>* errors) {
    return [root = std::move(root), errors](const std::string& name) -> std::optional<std::string> {
        std::vector<std::string> paths = {name};
        if (!name.starts_with('/')) paths = {kDirectories[0] + name, kDirectories[1] + name};
        for (const std::string& path : paths) {
            if (auto text = tree_file(root, path, errors)) return text;
        }
        return std::nullopt;
    };
}

bool has_service(const std::string& service) {
    return !service.starts_with('/') && pam_files("")(service).has_value();
}

std::vector<std::string> services_for_users(const PamFiles& files,
                                            const std::vector<std::string>& more) {
    std::vector<std::string> services(kServices.begin(), kServices.end());
    for (const std::string& service : more)
        if (std::find(services.begin(), services.end(), service) == services.end())
            services.push_back(service);
    std::erase_if(services, [&files](const std::string& service) { return !files(service); });
    return services;
}

OpenServices open_services(const Examined& host, const AskLine& ask, const std::string& only) {
    OpenServices open;
    Findings findings;
    const PamFiles files = pam_files(host.root, &open.errors);
    Examined noted = host;
    noted.errors = &open.errors;
    const auto services = services_of(noted, files, only, findings);
    for (const Finding& finding : findings)
        open.services.push_back({"sshd", compose("{}: {}", finding.object, finding.reason)});
    for (const std::string& service : services) {
        PamStack account = load_stack(service, "account", files);
        for (PamLine& line : account.lines)
            if (line.is_gate()) line.clear = ask(line.arguments, service);
        if (const StackVerdict verdict = judge(account); verdict.hole)
            open.services.push_back({service, *verdict.hole});
    }
    return open;
}

std::vector<GateLine> gate_lines(const Examined& host, const std::string& only) {
    std::vector<GateLine> lines;
    Findings findings;
    const PamFiles files = pam_files(host.root);
    // For one service, no unit is read: each login that is asked about comes here.
    const auto services =
        only.empty() ? services_of(host, files, only, findings) : std::vector<std::string>{only};
    for (const std::string& service : services)
        for (PamLine& line : load_stack(service, "account", files).lines)
            if (line.is_gate())
                lines.push_back({service, std::move(line.place), std::move(line.arguments)});
    return lines;
}

}  // namespace pam_revoke
