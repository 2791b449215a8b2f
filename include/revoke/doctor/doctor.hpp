// doctor.hpp - what is wrong with a host's gate, before somebody walks around it.
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

// One thing to mend: what, why it matters, and the next step.
struct Finding {
    const char* kind;  // for scripts: pam, sshd, unit, list, index, clock, exempt, configuration,
                       // break-glass
    std::string object;
    std::string reason;
    std::string next_step;
};
using Findings = std::vector<Finding>;

// What is examined: this host or, with a root, another tree. Units: now_sec: seconds since 1970.
struct Examined {
    std::string root;  // empty: this very host
    const Settings& settings;
    uid_t owner = 0;  // who must own configuration, lists and state
    std::int64_t now_sec = 0;
    std::function<void(std::string_view)> warn;  // is told what could not be examined as it should

    [[nodiscard]] std::string state_dir() const { return std::string(settings.state_dir.view()); }
};

// All that is wrong.
// Errors: none returned; what cannot be read is a finding.
[[nodiscard]] Findings examine(const Examined& host);

// Each examines one part of the tree `root`, which is empty for this host, and adds what is wrong.
// Units:  more, services: PAM services beside the usual ones, as examine_sshd() finds them.
// Errors: none returned; what keeps a part from being examined is a finding or goes to
//         Examined::warn.
void examine_pam(const std::string& root, const std::vector<std::string>& more, Findings& findings);
void examine_sshd(const Examined& host, std::vector<std::string>& services, Findings& findings);
void examine_units(const std::string& root, Findings& findings);
void examine_lists(const Examined& host, Findings& findings);
void examine_groups(const Examined& host, Findings& findings);

// The file `path` of the tree, whoever owns it. A link in a tree leads into the tree.
// Units:  the first megabyte of the file.
// Errors: none; nothing when it is not there or cannot be read.
// Source: openat2(2), RESOLVE_IN_ROOT.
[[nodiscard]] std::optional<std::string> tree_file(const std::string& root,
                                                   const std::string& path);

// The names in a directory of the tree, sorted.
// Errors: none; no names when it is not there or cannot be read.
[[nodiscard]] std::vector<std::string> tree_names(const std::string& path);

// The lines of a text without comments and blanks around them.
// Units:  comments: the characters that begin a comment.
// Errors: none.
[[nodiscard]] std::vector<std::string> plain_lines(const std::string& text,
                                                   std::string_view comments);

// The value of "KEY = VALUE", as systemd has its settings; nothing for another key.
// Errors: none.
// Source: systemd.syntax(7).
[[nodiscard]] std::optional<std::string> setting_of(const std::string& line, std::string_view key);

// The service units of the tree, each once, with the lines of the file that counts and then of its
// drop-ins.
// Errors: none; a file that cannot be read has no lines.
// Source: systemd.unit(5), UNIT FILE LOAD PATH.
struct TreeUnit {
    std::string name;
    std::vector<std::string> lines;
};
[[nodiscard]] std::vector<TreeUnit> tree_services(const std::string& root);

}  // namespace pam_revoke
