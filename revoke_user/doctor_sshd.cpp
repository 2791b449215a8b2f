// doctor_sshd.cpp - does every sshd ask PAM at all?

#include <fmt/format.h>
#include <glob.h>
#include <strings.h>

#include <algorithm>

#include "doctor.hpp"

namespace pam_revoke {
namespace {

constexpr int kMostFiles = 16;  // within each other, as sshd has it
constexpr std::string_view kBlanks = " \t=\"";

std::vector<std::string> words_of(const std::string& line) {
    std::vector<std::string> words;
    for (std::size_t at = line.find_first_not_of(kBlanks); at != std::string::npos; at = line.find_first_not_of(kBlanks, at)) {
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

// What a configuration says of UsePAM: the first word counts, and it is the same for everybody: no Match may hold it.
class Reading {
public:
    explicit Reading(const std::string& root) : root_(root) {}

    void read(const std::string& path, int depth) {
        const auto text = tree_file(path);
        if (!text || depth > kMostFiles) return;
        for (const std::string& line : plain_lines(*text, "#")) {
            const auto words = words_of(line);
            if (words.size() < 2) continue;
            if (is(words[0], "Include")) include(words, depth);
            if (is(words[0], "UsePAM") && value_.empty()) {
                value_ = words[1];
                place_ = path.substr(root_.size());
            }
        }
    }
    // Errors: none; why everybody walks around PAM, or nothing.
    [[nodiscard]] std::optional<std::string> hole() const {
        if (value_.empty()) return "does not say UsePAM yes, and the default is no";
        if (is(value_, "yes")) return std::nullopt;
        return fmt::format("UsePAM {} in {}", value_, place_);
    }

private:
    void include(const std::vector<std::string>& words, int depth) {
        for (std::size_t i = 1; i < words.size(); ++i) {
            const std::string pattern = words[i].starts_with('/') ? words[i] : "/etc/ssh/" + words[i];
            for (const std::string& file : files_like(root_ + pattern)) read(file, depth + 1);
        }
    }

    const std::string& root_;
    std::string value_;
    std::string place_;
};

constexpr const char* kNextStep = "say UsePAM yes and restart it: until then the gate is not asked there";

void examine_config(const std::string& root, const std::string& path, Findings& findings) {
    Reading reading(root);
    reading.read(root + path, 0);
    if (const auto hole = reading.hole()) findings.push_back({"sshd", path, *hole, kNextStep});
}

// The command line of a unit that starts an sshd: -f FILE, and -o UsePAM=no before any file.
void examine_command(const std::string& unit, const std::string& command, std::vector<std::string>& configs, Findings& findings) {
    const auto words = words_of(command);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "-f" && i + 1 < words.size()) configs.push_back(words[i + 1]);
        const std::string option = words[i].starts_with("-o") && words[i].size() > 2 ? words[i].substr(2) : words[i];
        if (is(option, "UsePAM") && i + 1 < words.size() && is(words[i + 1], "no"))
            findings.push_back({"sshd", unit, "starts sshd with UsePAM=no", kNextStep});
    }
}

}  // namespace

void examine_sshd(const std::string& root, Findings& findings) {
    std::vector<std::string> configs;
    if (tree_file(root + "/etc/ssh/sshd_config")) configs.emplace_back("/etc/ssh/sshd_config");
    for (const char* folder : {"/etc/systemd/system/", "/usr/lib/systemd/system/", "/lib/systemd/system/"})
        for (const std::string& unit : tree_names(root + folder)) {
            const auto text = unit.ends_with(".service") ? tree_file(root + folder + unit) : std::nullopt;
            if (!text) continue;
            for (const std::string& line : plain_lines(*text, "#;"))
                if (line.starts_with("ExecStart=") && line.find("/sshd") != std::string::npos)
                    examine_command(folder + unit, line.substr(10), configs, findings);
        }
    std::sort(configs.begin(), configs.end());
    configs.erase(std::unique(configs.begin(), configs.end()), configs.end());
    for (const std::string& path : configs) examine_config(root, path, findings);
}

}  // namespace pam_revoke
