// safeguards.hpp - checks before an action; some need --force or a confirmation.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "context.hpp"

namespace pam_revoke {

// Returns the reasons for which this needs --force.
// Errors: none returned; a failed lookup of groups is a reason.
[[nodiscard]] std::vector<std::string> objections(const Context& context, const Target& target,
                                                  const Account& account);

// Prints the objections; true if there are none, or with --force.
// Errors: none returned; a failed lookup of groups is an objection.
[[nodiscard]] bool may_go_on(const Context& context, const Target& target, const Account& account,
                             const std::string& name);

// Returns a function that gives the reason for which an imported entry needs --force, or nullptr:
// it names root, the operator, an administrator, an exempt user or a group.
// Errors: none; if the members of a group cannot be looked up, each user needs --force.
[[nodiscard]] std::function<const char*(const Entry&)> import_guard(const Context& context);

// True if --all skips the user: the operator, system accounts and exempt users.
// Units:  name: empty if it is not known.
// Errors: io or busy if the account database does not tell whether the user is exempt. Such a user
//         must not be ended.
[[nodiscard]] Result<bool> is_spared(const Context& context, std::uint32_t uid,
                                     const std::string& name);

// Asks on a terminal; true with --yes, and without a terminal.
// Errors: none returned; prints that nothing was changed if not confirmed.
[[nodiscard]] bool is_confirmed(const Context& context, std::string_view request);

// True if --reason, --ref and --warn are valid texts.
// Errors: none returned; prints the first invalid one.
[[nodiscard]] bool texts_are_valid(const Context& context);

}  // namespace pam_revoke
