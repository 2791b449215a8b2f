// gate.hpp - the gate's question, asked of all lists: is this person revoked here and now?
//
// Join: puts together files, index, account database and verdict. The module and `revokectl check`
// ask this very code, so that what the operator is told is what the login will meet. No exception,
// no network of its own, no child, no thread.
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

// Who brought it about that an attempt could not be checked. What the person did themselves must
// not let them in; of several the greatest counts.
enum class FailureCause : std::uint8_t {
    lists,        // or the configuration, the account database
    credentials,  // what they showed to get in is not understood: no break-glass is for that
    limits,       // they left no descriptors or memory to check with: never let in
};

// What was found, in memory of its own.
struct Decision {
    Verdict verdict = Verdict::unavailable;
    Unavailable unavailable = Unavailable::deny;  // how trouble is to be met for this person
    FailureCause cause = FailureCause::lists;
    bool exempt = false;    // clear because the policy has no opinion on this person
    bool by_uid = false;    // the number matched, under another name
    FixedText<400> target;  // user:alice, of the entry; or of who could not be checked
    FixedText<300> list;    // path of the list that holds the entry
    std::uint64_t line = 0;
    FixedText<256> ref;
    FixedText<512> reason;
    std::optional<Error> error;     // the first list, or look-up, that could not be used
    std::optional<Error> bad_line;  // the first line that was not understood
    std::uint64_t bad_lines = 0;
    std::optional<Error>
        index_error;  // why the first list was read line by line that is large enough for an index
};

struct Request {
    std::string_view user{};             // PAM_USER, or empty when only the number is known
    std::optional<std::uint32_t> uid{};  // the login uid, where the question is about a caller
    std::string_view service{};
    std::int64_t now_sec = 0;
    uid_t owner = 0;                  // who must own lists, their directories and indexes
    const char* index_dir = nullptr;  // the folder of the lists' indexes; nullptr: read every line
    std::string_view
        auth_info{};  // how the person was let in, as sshd tells it; empty where nobody does
    std::span<const ShownKey> shown{};  // the same for who asks what would become of a key
    const Error* error = nullptr;  // what is wrong before any list is looked at: the configuration
};

// Asks all lists of the policy. A person who is listed anywhere is revoked even when another list
// could not be read.
// Errors: none returned; Decision::verdict is unavailable and Decision::error says why.
[[nodiscard]] Decision decide(const Policy& policy, const Request& request);

}  // namespace pam_revoke
