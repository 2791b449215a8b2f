// doctor.hpp - finds errors in the setup of a host's gate.
//
// Source: revoke-user(8), DOCTOR.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/conf/settings.hpp"

namespace pam_revoke {

// One error to fix: what, why it matters, and the next step.
struct Finding {
    // For scripts: pam, sshd, unit, list, index, clock, exempt, configuration, break-glass.
    const char* kind;
    std::string object;
    std::string reason;
    std::string next_step;
};
using Findings = std::vector<Finding>;

// What is examined: this host or, with a root, another tree. Units: now_sec: seconds since 1970.
struct Examined {
    std::string root;  // empty: this host
    const Settings& settings;
    uid_t owner = 0;  // required owner of configuration, lists and state
    std::int64_t now_sec = 0;
    std::function<void(std::string_view)> warn;  // called for what could not be examined
    bool runs_sshd = true;                       // on this host, by root: sshd -T
    std::vector<Error>* errors = nullptr;        // where unreadable files of sshd are added

    [[nodiscard]] std::string state_dir() const { return std::string(settings.state_dir.view()); }
};

// Returns all findings.
// Errors: none returned; an unreadable file is a finding.
[[nodiscard]] Findings examine(const Examined& host);

// Examine one part of the tree `root`, or of this host if it is empty, and add findings.
// Units:  more, services: PAM services beside the usual ones, found by examine_sshd().
// Errors: none returned; a part that cannot be examined is a finding or goes to Examined::warn.
void examine_pam(const std::string& root, const std::vector<std::string>& more, Findings& findings);
void examine_sshd(const Examined& host, std::vector<std::string>& services, Findings& findings);
void examine_units(const std::string& root, Findings& findings);
void examine_lists(const Examined& host, Findings& findings);
void examine_groups(const Examined& host, Findings& findings);

// Returns the file `path` of the tree, with any owner; a symbolic link leads into the tree.
// Units:  at most the first 1 MiB of the file.
// Errors: none returned; no value if it is missing. If it is unreadable, one is added to `errors`.
// Source: openat2(2), RESOLVE_IN_ROOT.
[[nodiscard]] std::optional<std::string> tree_file(const std::string& root, const std::string& path,
                                                   std::vector<Error>* errors = nullptr);

// Returns the names in a directory of the tree, sorted.
// Errors: none; empty if it is missing or unreadable.
[[nodiscard]] std::vector<std::string> tree_names(const std::string& path);

// Returns the lines of a text, without comments, empty lines and surrounding blanks.
// Units:  comments: the characters that begin a comment.
// Errors: none.
[[nodiscard]] std::vector<std::string> plain_lines(const std::string& text,
                                                   std::string_view comments);

// Returns the value of "KEY = VALUE" in systemd's syntax; no value for another key.
// Errors: none.
// Source: systemd.syntax(7).
[[nodiscard]] std::optional<std::string> setting_of(const std::string& line, std::string_view key);

// The service units of the tree, each once, with the lines of the effective file and then of its
// drop-ins.
// Errors: none returned; an unreadable file has no lines and adds to `errors`.
// Source: systemd.unit(5), UNIT FILE LOAD PATH.
struct TreeUnit {
    std::string name;
    std::vector<std::string> lines;
};
[[nodiscard]] std::vector<TreeUnit> tree_services(const std::string& root,
                                                  std::vector<Error>* errors = nullptr);

}  // namespace pam_revoke
