#include "doctor.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "revoke/file.hpp"
#include "revoke/json.hpp"
#include "revoke/report.hpp"
#include "revoke/settings.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMostBytes = 1U << 20U;

}  // namespace

std::optional<std::string> tree_file(const std::string& path) {
    const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (fd.get() < 0) return std::nullopt;
    std::string text(kMostBytes, '\0');
    const auto size = read_at(fd.get(), text, 0, path);
    if (!size.ok()) return std::nullopt;
    text.resize(size.value());
    return text;
}

std::vector<std::string> tree_names(const std::string& path) {
    std::vector<std::string> names;
    std::error_code fault;
    for (const auto& entry : std::filesystem::directory_iterator(path, fault)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> plain_lines(const std::string& text, std::string_view comments) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string line = text.substr(at, end - at);
        at = end + 1;
        line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
        line.erase(line.find_last_not_of(" \t\r") + 1);
        if (!line.empty() && comments.find(line.front()) == std::string_view::npos) lines.push_back(std::move(line));
    }
    return lines;
}

int show_doctor(Job& job) {
    const std::string& root = job.arguments.root;
    Findings findings;
    if (geteuid() != job.owner)
        findings.push_back({"configuration", "you", "are not root: what only root may read is not examined", "run it as root"});
    // A tree without a configuration has the defaults, as a host has.
    const bool is_absent = !root.empty() && job.settings.error && job.settings.error->fault == Fault::missing;
    if (job.settings.error && !is_absent)
        findings.push_back({"configuration", std::string(job.settings.error->object.view()),
                            std::string(job.settings.error->reason) + ": everybody but the exempt is refused",
                            "mend the line; see pam_revoke.conf(5)"});
    examine_pam(root, findings);
    examine_sshd(root, findings);
    examine_units(root, findings);
    examine_lists(job, root, findings);
    examine_exempt(job, root, findings);
    for (const Finding& finding : findings) {
        job.output.answer(JsonObject()
                              .add("finding", finding.kind)
                              .add("object", finding.object)
                              .add("reason", finding.reason)
                              .add("next_step", finding.next_step)
                              .text());
        job.output.say(
            fmt::format("{}: {}: {}; {}", finding.kind, display(finding.object), display(finding.reason), display(finding.next_step)));
    }
    if (findings.empty()) job.output.say(job.output.good("healthy"));
    return findings.empty() ? kDone : kFindings;
}

}  // namespace pam_revoke
