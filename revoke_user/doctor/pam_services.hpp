// pam_services.hpp - the PAM services of a host that start processes as a user.
#pragma once

#include <string>
#include <vector>

#include "pam_stack.hpp"
#include "revoke/base/result.hpp"

namespace pam_revoke {

// Returns the files of pam.d in the tree `root`, or on this host if it is empty.
// Errors: none; a file that cannot be read is missing, and its error is added to `errors`.
// Source: pam.conf(5).
[[nodiscard]] PamFiles pam_files(std::string root, std::vector<Error>* errors = nullptr);

// Returns the services with a file, among the usual ones and `more`. "other" is none of them.
// Errors: none.
[[nodiscard]] std::vector<std::string> services_for_users(const PamFiles& files,
                                                          const std::vector<std::string>& more);

}  // namespace pam_revoke
