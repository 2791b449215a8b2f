#include "revoke/doctor/doctor.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>

#include "revoke/base/file.hpp"
#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMaxBytes = 1U << 20U;

Result<std::optional<std::string>> read_tree_file(const std::string& root,
                                                  const std::string& path) {
    const Fd top(open(root.empty() ? "/" : root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    how.resolve = RESOLVE_IN_ROOT;
    const Fd fd(static_cast<int>(syscall(SYS_openat2, top.get(), path.c_str(), &how, sizeof how)));
    if (fd.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::optional<std::string>();
    struct stat status {};
    if (fd.get() < 0 || fstat(fd.get(), &status) != 0) return io_error(path, "cannot open");
    std::string text(std::min(static_cast<std::size_t>(status.st_size), kMaxBytes), '\0');
    text.resize(TRY(read_at(fd.get(), text, 0, path)));
    return std::optional(std::move(text));
}

}  // namespace

std::optional<std::string> tree_file(const std::string& root, const std::string& path,
                                     std::vector<Error>* errors) {
    auto text = read_tree_file(root, path);
    if (!text.ok() && errors != nullptr) errors->push_back(text.error());
    return text.ok() ? std::move(text.value()) : std::nullopt;
}

std::vector<std::string> tree_names(const std::string& path) {
    std::vector<std::string> names;
    std::error_code fault;
    for (std::filesystem::directory_iterator at(path, fault), end; !fault && at != end;
         at.increment(fault))
        names.push_back(at->path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> plain_lines(const std::string& text, std::string_view comments) {
    std::vector<std::string> lines;
    for_each_line(text, [&](std::string_view part, std::uint64_t) {
        std::string line(part);
        line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
        line.erase(line.find_last_not_of(" \t\r") + 1);
        if (!line.empty() && comments.find(line.front()) == std::string_view::npos)
            lines.push_back(std::move(line));
    });
    return lines;
}

std::optional<std::string> setting_of(const std::string& line, std::string_view key) {
    if (!line.starts_with(key)) return std::nullopt;
    const std::size_t equals = line.find_first_not_of(" \t", key.size());
    if (equals == std::string::npos || line[equals] != '=') return std::nullopt;
    const std::size_t value = line.find_first_not_of(" \t", equals + 1);
    return value == std::string::npos ? std::string() : line.substr(value);
}

std::vector<TreeUnit> tree_services(const std::string& root, std::vector<Error>* errors) {
    // The last one takes precedence.
    constexpr const char* kDirectories[] = {"/lib/systemd/system/", "/usr/lib/systemd/system/",
                                            "/usr/local/lib/systemd/system/",
                                            "/run/systemd/system/", "/etc/systemd/system/"};
    std::map<std::string, std::string> files;
    std::map<std::string, std::map<std::string, std::string>> drop_ins;
    for (const std::string directory : kDirectories)
        for (const std::string& name : tree_names(root + directory)) {
            if (name.ends_with(".service")) files[name] = directory + name;
            if (!name.ends_with(".service.d")) continue;
            for (const std::string& drop_in : tree_names(root + directory + name))
                if (drop_in.ends_with(".conf"))
                    drop_ins[name.substr(0, name.size() - 2)][drop_in] =
                        directory + name + "/" + drop_in;
        }
    std::vector<TreeUnit> units;
    for (const auto& [name, path] : files) {
        TreeUnit unit{name, plain_lines(tree_file(root, path, errors).value_or(""), "#;")};
        for (const auto& [drop_in, other] : drop_ins[name]) {
            const auto lines = plain_lines(tree_file(root, other, errors).value_or(""), "#;");
            unit.lines.insert(unit.lines.end(), lines.begin(), lines.end());
        }
        units.push_back(std::move(unit));
    }
    return units;
}

Findings examine(const Examined& host) {
    Findings findings;
    const Settings& settings = host.settings;
    if (geteuid() != host.owner)
        findings.push_back({"configuration", "operator",
                            "not root: files that only root can read are not examined",
                            "run it as root"});
    // A tree without a configuration has the defaults, as a host has.
    const bool is_absent = !host.root.empty() && settings.is_absent;
    if (settings.error && !is_absent)
        findings.push_back(
            {"configuration", std::string(settings.error->object.view()),
             std::string(settings.error->reason) + ": all users except exempt users are denied",
             "fix the line; see pam_revoke.conf(5)"});
    std::vector<std::string> services;
    std::vector<Error> errors;
    Examined noted = host;
    noted.errors = &errors;
    examine_sshd(noted, services, findings);
    for (const Error& error : errors)
        findings.push_back({"sshd", std::string(error.object.view()),
                            "cannot be read; it is not examined", "make it readable"});
    examine_pam(host.root, services, findings);
    examine_units(host.root, findings);
    examine_lists(host, findings);
    examine_groups(host, findings);
    return findings;
}

}  // namespace pam_revoke
