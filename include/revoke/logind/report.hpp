// report.hpp - sessions, processes and failures in words and in JSON, the same from every command.
//
// Join: it knows the edges' types and does nothing with them but print.
#pragma once

#include <string>

#include "revoke/base/result.hpp"
#include "revoke/logind/ending.hpp"
#include "revoke/logind/persistence.hpp"

namespace pam_revoke {

// "object: reason (system's word)", on one line, printable.
// Errors: none.
[[nodiscard]] std::string describe(const Error& error);

// "session 3 (sshd, pts/0 from 192.0.2.7)".
// Errors: none.
[[nodiscard]] std::string describe(const Session& session);

// "pid 4711 sleep 1000 (user, session-3.scope)".
// Errors: none.
[[nodiscard]] std::string describe(const Process& process);

// One JSON object each; an error is a JSON string.
// Errors: none.
[[nodiscard]] std::string to_json(const Session& session);
[[nodiscard]] std::string to_json(const Process& process);
[[nodiscard]] std::string to_json(const PersistenceHook& hook);
[[nodiscard]] std::string to_json(const Error& error);

// Writes what standard output still holds, at the end of a command.
// Errors: io (object: standard output), also for what was lost before.
[[nodiscard]] Result<void> flush_output();

// An array of any of these.
// Errors: none.
template <typename Items>
[[nodiscard]] std::string to_json_array(const Items& items) {
    std::string text;
    for (const auto& item : items) text += (text.empty() ? "" : ", ") + to_json(item);
    return "[" + text + "]";
}

}  // namespace pam_revoke
