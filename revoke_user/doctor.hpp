// doctor.hpp - what is wrong with a host's gate, before somebody walks around it.
//
// Source: revoke-user(8), DOCTOR.
// Layer: command.
#pragma once

#include <string>
#include <vector>

#include "job.hpp"

namespace pam_revoke {

// One thing to mend: what, why it matters, and the next step.
struct Finding {
    const char* kind;  // for scripts: pam, sshd, unit, list, index, clock, exempt, configuration
    std::string object;
    std::string reason;
    std::string next_step;
};
using Findings = std::vector<Finding>;

// Each looks at one part of the tree `root`, which is empty for this very host.
void examine_pam(const std::string& root, Findings& findings);
void examine_sshd(const std::string& root, Findings& findings);
void examine_units(const std::string& root, Findings& findings);
void examine_lists(const Job& job, const std::string& root, Findings& findings);
void examine_exempt(const Job& job, const std::string& root, Findings& findings);

// A file of the tree, whoever owns it; nothing when it is not there or can not be read.
// Units: at most a megabyte.
[[nodiscard]] std::optional<std::string> tree_file(const std::string& path);

// The names in a folder of the tree, sorted; none when it is not there.
[[nodiscard]] std::vector<std::string> tree_names(const std::string& path);

// The lines of a text without comments and blanks around them.
[[nodiscard]] std::vector<std::string> plain_lines(const std::string& text, std::string_view comments);

}  // namespace pam_revoke
