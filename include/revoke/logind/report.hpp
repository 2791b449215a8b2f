// report.hpp - formats sessions, processes and errors as text and as JSON, for all commands.
#pragma once

#include <string>

#include "revoke/base/result.hpp"
#include "revoke/logind/ending.hpp"
#include "revoke/logind/persistence.hpp"

namespace pam_revoke {

// "object: reason: system error", on one line, printable.
// Errors: none.
[[nodiscard]] std::string describe(const Error& error);

// "session 3 (sshd, pts/0 from 192.0.2.7)".
// Errors: none.
[[nodiscard]] std::string describe(const Session& session);

// "pid 4711 sleep 1000 (user, session-3.scope)".
// Errors: none.
[[nodiscard]] std::string describe(const Process& process);

// Returns a JSON object; a JSON string for an error.
// Errors: none.
[[nodiscard]] std::string to_json(const Session& session);
[[nodiscard]] std::string to_json(const Process& process);
[[nodiscard]] std::string to_json(const PersistenceHook& hook);
[[nodiscard]] std::string to_json(const Error& error);

// Flushes standard output at the end of a command.
// Errors: io (object: standard output), also for earlier write errors.
[[nodiscard]] Result<void> flush_output();

// Returns a JSON array of any of these.
// Errors: none.
template <typename Items>
[[nodiscard]] std::string to_json_array(const Items& items) {
    std::string text;
    for (const auto& item : items) text += (text.empty() ? "" : ", ") + to_json(item);
    return "[" + text + "]";
}

}  // namespace pam_revoke
