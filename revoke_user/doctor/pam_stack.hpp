// pam_stack.hpp - the stacks of a PAM service, and their result for a user that the gate denies.
//
// Files come through a function. Every path through a stack is walked, so that the result holds
// whatever the other modules return.
// Source: pam.conf(5); _pam_dispatch_aux() of Linux-PAM for combining results.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pam_revoke {

inline constexpr std::string_view kGate = "pam_revoke.so";

// One line of a stack. Units: level: of substacks around it.
struct PamLine {
    std::string place;    // FILE:NUMBER
    std::string control;  // as written
    std::map<std::string, std::string> actions;
    std::string module;  // without its directory
    int level = 0;
    std::vector<std::string> arguments{};  // after the module
    // Of the gate: why it does not deny the user in question; no value if it denies.
    std::optional<std::string> clear{};
    [[nodiscard]] bool is_gate() const { return module == kGate; }
};

struct PamStack {
    std::vector<PamLine> lines;
    // What libpam does not understand either: "FILE:NUMBER: reason".
    std::vector<std::string> errors;
};

// Returns the text of a file of pam.d by its name, or no value.
using PamFiles = std::function<std::optional<std::string>(const std::string& name)>;

// Reads the stack `type` (account, session) of `service`, or of "other" if the service has none.
// Errors: none returned; PamStack::errors holds them.
// Source: pam.conf(5).
[[nodiscard]] PamStack load_stack(const std::string& service, const std::string& type,
                                  const PamFiles& files);

// The result of an account stack for a denied and for an allowed user.
struct StackVerdict {
    bool has_gate = false;
    std::optional<std::string> hole;  // why a denied user can log in anyway
    bool shut = false;                // no user can log in, because of the gate's control
};
// Walks every path through a stack. A stack that denies every user by itself has no hole.
// Errors: none.
[[nodiscard]] StackVerdict judge(const PamStack& stack);

}  // namespace pam_revoke
