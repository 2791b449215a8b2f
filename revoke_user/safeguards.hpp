// safeguards.hpp - what is not done without --force or a confirmation.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "context.hpp"

namespace pam_revoke {

// Reasons not to do this without --force; none when there are none.
// Errors: none returned; groups that cannot be looked up are a reason.
[[nodiscard]] std::vector<std::string> objections(const Context& context, const Target& target,
                                                  const Account& account);

// Prints the objections; true when there are none, or --force was given.
// Errors: none returned; a look-up that failed is an objection.
[[nodiscard]] bool may_go_on(const Context& context, const Target& target, const Account& account,
                             const std::string& name);

// A function that returns why an entry of an import needs --force, or nullptr: root, the operator,
// administrators, whole groups.
// Errors: none; administrators that cannot be looked up are not among them.
[[nodiscard]] std::function<const char*(const Entry&)> import_guard(const Context& context);

// True for those whom --all leaves alone: the operator, system accounts, exempt users.
// Errors: none; a user that cannot be checked is not left alone.
[[nodiscard]] bool is_spared(const Context& context, std::uint32_t uid, const std::string& name);

// Asks on a terminal; true also with --yes, and where there is no terminal to ask on.
// Errors: none returned; prints that nothing was changed when the answer is no.
[[nodiscard]] bool is_confirmed(const Context& context, std::string_view request);

// True when a list can hold the texts that were typed.
// Errors: none returned; prints the first text that it cannot hold.
[[nodiscard]] bool texts_are_valid(const Context& context);

}  // namespace pam_revoke
