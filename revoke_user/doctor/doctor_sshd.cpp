// doctor_sshd.cpp - examines whether every sshd uses PAM.

#include <glob.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/doctor/doctor.hpp"
#include "revoke/kernel/run_program.hpp"
#include "revoke/logind/report.hpp"

namespace pam_revoke {
namespace {

constexpr int kMaxFiles = 16;  // nested, as in sshd
constexpr const char* kSshd = "/usr/sbin/sshd";
constexpr std::string_view kBlanks = " \t=\"";

std::vector<std::string> words_of(const std::string& line) {
    std::vector<std::string> words;
    for (std::size_t at = line.find_first_not_of(kBlanks); at != std::string::npos;
         at = line.find_first_not_of(kBlanks, at)) {
        const std::size_t end = std::min(line.find_first_of(kBlanks, at), line.size());
        words.push_back(line.substr(at, end - at));
        at = end;
    }
    return words;
}

bool is(const std::string& a, const char* b) { return strcasecmp(a.c_str(), b) == 0; }

std::vector<std::string> files_like(const std::string& pattern) {
    glob_t found{};
    std::vector<std::string> files;
    if (glob(pattern.c_str(), 0, nullptr, &found) == 0)
        for (std::size_t i = 0; i < found.gl_pathc; ++i) files.emplace_back(found.gl_pathv[i]);
    globfree(&found);
    return files;
}

// Reads UsePAM from a configuration: the first value applies, to all users, since Match cannot
// contain it.
class Reading {
public:
    explicit Reading(const Examined& host) : host_(host) {}

    void read(const std::string& path, int depth) {
        const auto text = tree_file(host_.root, path, host_.errors);
        if (!text || depth > kMaxFiles) return;
        for (const std::string& line : plain_lines(*text, "#")) {
            const auto words = words_of(line);
            if (words.size() < 2) continue;
            if (is(words[0], "Include")) include(words, depth);
            // Match can contain it, so that each one is used for some logins.
            if (is(words[0], "PAMServiceName")) services_.push_back(words[1]);
            if (!is(words[0], "UsePAM") || !value_.empty()) continue;
            value_ = words[1];
            place_ = path;
        }
    }
    // The PAM services that the configuration names.
    [[nodiscard]] const std::vector<std::string>& services() const { return services_; }
    // Returns why logins bypass PAM, or no value.
    // Errors: none.
    [[nodiscard]] std::optional<std::string> hole() const {
        if (value_.empty()) return "no 'UsePAM yes', and the default is no";
        if (is(value_, "yes")) return std::nullopt;
        return compose("UsePAM {} in {}", value_, place_);
    }

private:
    void include(const std::vector<std::string>& words, int depth) {
        for (std::size_t i = 1; i < words.size(); ++i) {
            const std::string pattern =
                words[i].starts_with('/') ? words[i] : "/etc/ssh/" + words[i];
            for (const std::string& file : files_like(host_.root + pattern))
                read(file.substr(host_.root.size()), depth + 1);
        }
    }

    const Examined& host_;
    std::vector<std::string> services_;
    std::string value_;
    std::string place_;
};

// An sshd and its configuration file.
struct Daemon {
    std::string program;
    std::string config;
    friend auto operator<=>(const Daemon&, const Daemon&) = default;
};

// The configuration as sshd on this host prints it, with its own defaults; unknown if sshd cannot
// print it.
class EffectiveConfig {
public:
    EffectiveConfig(const Examined& host, const Daemon& daemon) {
        auto found = run(daemon);
        if (code_of(found) != 0 && access(kRuntimeDirectory, F_OK) != 0) {
            option_ = "-G";
            found = run(daemon);
            if (code_of(found) == kUnknownOption) return;
        }
        if (found.ok() && !found.value()) return;
        const Ran ran = found.ok() ? *found.value() : Ran{};
        if (!found.ok() || ran.code != 0) {
            const std::string why = found.ok()
                                        ? display(ran.output.substr(0, ran.output.find('\n')))
                                        : describe(found.error());
            host.warn(compose("{}: sshd {} fails, the files are read instead: {}", daemon.config,
                              option_, why));
            return;
        }
        for (const std::string& line : plain_lines(ran.output, "")) {
            const auto words = words_of(line);
            if (words.size() == 2 && is(words[0], "usepam")) value_ = words[1];
            if (words.size() == 2 && is(words[0], "pamservicename")) service_ = words[1];
        }
        if (value_.empty()) value_ = "unknown";
    }
    [[nodiscard]] bool is_known() const { return !value_.empty(); }
    [[nodiscard]] const std::string& service() const { return service_; }
    [[nodiscard]] std::optional<std::string> hole() const {
        if (is(value_, "yes")) return std::nullopt;
        return compose("UsePAM {}, from sshd {}", value_, option_);
    }

private:
    using Found = Result<std::optional<Ran>>;

    [[nodiscard]] Found run(const Daemon& daemon) const {
        return run_program({daemon.program, option_, "-f", daemon.config}, kLimitMsec, kMaxPrinted);
    }
    static int code_of(const Found& found) {
        return found.ok() && found.value() ? found.value()->code : 0;
    }

    // Missing between two connections if a socket starts sshd: sshd -T then fails, sshd -G does
    // not.
    static constexpr const char* kRuntimeDirectory = "/run/sshd";
    // The code of an sshd before 9.3, which has no -G; an invalid configuration has another code.
    static constexpr int kUnknownOption = 1;
    static constexpr int kLimitMsec = 10'000;
    static constexpr std::size_t kMaxPrinted = 1U << 20U;
    const char* option_ = "-T";
    std::string value_;
    std::string service_;
};

// True if only root can have written the path, at any of its directories.
bool is_roots(const std::string& path) {
    std::error_code fault;
    std::filesystem::path each = std::filesystem::canonical(path, fault);
    if (fault) return false;
    for (;; each = each.parent_path()) {
        struct stat status {};
        constexpr mode_t kOthersWrite = S_IWGRP | S_IWOTH;
        if (lstat(each.c_str(), &status) != 0 || status.st_uid != 0 ||
            (status.st_mode & kOthersWrite) != 0)
            return false;
        if (each == each.root_path()) return true;
    }
}

// A unit can name a program, or a configuration, of another user: root must not run it.
bool may_run(const Examined& host, const Daemon& daemon) {
    for (const std::string& path : {daemon.program, daemon.config}) {
        if (access(path.c_str(), F_OK) != 0) return false;
        if (is_roots(path)) continue;
        host.warn(
            compose("{}: sshd is not run, the files are read instead: others than root can "
                    "write {}, or a directory above it",
                    daemon.config, path));
        return false;
    }
    return true;
}

constexpr const char* kNextStep =
    "set 'UsePAM yes' and restart sshd; until then, it does not use the gate";

// Evaluates a command line of sshd, or a part of one: -f FILE, and -o UsePAM=no, which overrides
// any file. The PAM service has the name of the program.
void take_command(const std::string& unit, const std::string& command, std::vector<Daemon>& daemons,
                  std::vector<std::string>& services, Findings& findings) {
    const auto words = words_of(command);
    // A prefix is possible, as in -/usr/sbin/sshd.
    std::string program = words.empty()
                              ? std::string()
                              : words[0].substr(std::min(words[0].find('/'), words[0].size()));
    if (!program.ends_with("/sshd")) program = kSshd;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string next = i + 1 < words.size() ? words[i + 1] : std::string();
        if (words[i] == "-f" && !next.empty()) daemons.push_back({program, next});
        if (words[i].starts_with("-f/")) daemons.push_back({program, words[i].substr(2)});
        const std::string option =
            words[i].starts_with("-o") && words[i].size() > 2 ? words[i].substr(2) : words[i];
        if (is(option, "PAMServiceName") && !next.empty()) services.push_back(next);
        if (is(option, "UsePAM") && is(next, "no"))
            findings.push_back({"sshd", unit, "starts sshd with UsePAM=no", kNextStep});
    }
    if (!words.empty() && words[0].find("/sshd") != std::string::npos)
        services.push_back(words[0].substr(words[0].rfind('/') + 1));
}

}  // namespace

void examine_sshd(const Examined& host, std::vector<std::string>& services, Findings& findings) {
    std::vector<Daemon> daemons;
    if (tree_file(host.root, "/etc/ssh/sshd_config", host.errors))
        daemons.push_back({kSshd, "/etc/ssh/sshd_config"});
    for (const TreeUnit& unit : tree_services(host.root, host.errors))
        for (const std::string& line : unit.lines) {
            const auto command = setting_of(line, "ExecStart");
            if (command && command->find("/sshd") != std::string::npos)
                take_command(unit.name, *command, daemons, services, findings);
        }
    // Debian's unit adds these options.
    for (const std::string& line :
         plain_lines(tree_file(host.root, "/etc/default/ssh", host.errors).value_or(""), "#"))
        if (const auto words = setting_of(line, "SSHD_OPTS"))
            take_command("/etc/default/ssh", *words, daemons, services, findings);
    std::sort(daemons.begin(), daemons.end());
    daemons.erase(std::unique(daemons.begin(), daemons.end()), daemons.end());
    for (const Daemon& daemon : daemons) {
        Reading reading(host);
        reading.read(daemon.config, 0);
        const std::optional<EffectiveConfig> asked =
            host.runs_sshd && host.root.empty() && geteuid() == 0 && may_run(host, daemon)
                ? std::optional<EffectiveConfig>(std::in_place, host, daemon)
                : std::nullopt;
        const bool is_known = asked && asked->is_known();
        services.insert(services.end(), reading.services().begin(), reading.services().end());
        if (is_known && !asked->service().empty()) services.push_back(asked->service());
        if (const auto hole = is_known ? asked->hole() : reading.hole())
            findings.push_back({"sshd", daemon.config, *hole, kNextStep});
    }
}

}  // namespace pam_revoke
