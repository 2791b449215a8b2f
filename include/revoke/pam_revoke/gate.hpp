// gate.hpp - the check of the gate: whether a list revokes a user on this host now.
//
// The module and `revokectl check` call the same code, so that both have the same verdict. No
// exceptions, no network access of its own, no children, no threads.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "revoke/base/result.hpp"
#include "revoke/conf/policy.hpp"
#include "revoke/list/match.hpp"

namespace pam_revoke {

// Why a check was unavailable; the greatest of several counts. Causes that a user controls come
// last, and break-glass does not cover them.
enum class FailureCause : std::uint8_t {
    lists,        // or the configuration, or the account database
    credentials,  // invalid keys or certificates: break-glass does not apply
    limits,       // out of descriptors or memory: always denied
};

// The result, with its own memory.
struct Decision {
    Verdict verdict = Verdict::unavailable;
    Unavailable unavailable = Unavailable::deny;  // what an unavailable check means for this user
    FailureCause cause = FailureCause::lists;
    bool exempt = false;    // clear because the policy exempts the user
    bool by_uid = false;    // matched by UID, under another name
    bool is_own = false;    // unavailable to a program of the user, which may not read the lists
    FixedText<400> target;  // user:alice, of the entry or of the user that could not be checked
    FixedText<300> list;    // path of the list that contains the entry
    std::uint64_t line = 0;
    FixedText<256> ref;
    FixedText<512> reason;
    std::optional<Error> error;     // the first list or lookup that failed
    std::optional<Error> bad_line;  // the first invalid line
    std::uint64_t bad_lines = 0;
    std::optional<Error> index_error;  // why the first list was read without its index
};

struct Request {
    std::string_view user{};             // PAM_USER, or empty if only the UID is known
    std::optional<std::uint32_t> uid{};  // the login UID, to check a caller
    std::string_view service{};
    std::int64_t now_sec = 0;
    uid_t owner = 0;                    // required owner of lists, their directories and indexes
    const char* index_dir = nullptr;    // directory of the indexes; nullptr: read every line
    std::string_view auth_info{};       // SSH_AUTH_INFO_0, or empty
    std::span<const ShownKey> shown{};  // keys to check instead of auth_info
    const Error* error = nullptr;       // an earlier error, in the configuration
};

// Checks all lists of the policy. An entry in any list revokes, even if another list could not be
// read.
// Errors: none returned; Decision::verdict is unavailable and Decision::error contains the reason.
[[nodiscard]] Decision decide(const Policy& policy, const Request& request);

}  // namespace pam_revoke
