// pam_stack.hpp - the stacks of a PAM service, and what becomes in them of somebody whom the gate
// refuses.
//
// Pure: files come through a function. Every way through a stack is walked, whatever the other
// modules say: what is proved here holds for all of their answers.
// Source: pam.conf(5); _pam_dispatch_aux() of Linux-PAM for how answers add up.
#pragma once

#include <cstdint>
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
    std::string module;  // without its folder
    int level = 0;
    [[nodiscard]] bool is_gate() const { return module == kGate; }
};

struct PamStack {
    std::vector<PamLine> lines;
    std::vector<std::string>
        errors;  // what libpam would not understand either: "FILE:NUMBER: reason"
};

// Text of a file of pam.d by its name, or nothing.
using PamFiles = std::function<std::optional<std::string>(const std::string& name)>;

// The stack `type` (account, session) of `service`; that of "other" when the service has none.
// Errors: none returned; PamStack::troubles has them.
// Source: pam.conf(5).
[[nodiscard]] PamStack load_stack(const std::string& service, const std::string& type,
                                  const PamFiles& files);

// What becomes of two people in an account stack.
struct StackVerdict {
    bool has_gate = false;
    std::optional<std::string> hole;  // how somebody refused gets in all the same, in words
    bool shut = false;                // nobody gets in, whoever they are
};
// Walks every way through a stack.
// Errors: none.
[[nodiscard]] StackVerdict judge(const PamStack& stack);

}  // namespace pam_revoke
