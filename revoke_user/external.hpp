// external.hpp - verbs of revokectl from other packages.
//
// A verb is the program /usr/libexec/pam_revoke/revokectl-VERB. It is run by that path, without a
// shell and without PATH, and only if root alone can write to it.
// Source: revokectl(8), VERBS.
#pragma once

#include <optional>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

// Replaces this process by the program of `verb`. Returns nothing if there is no such program.
// Units:  verb: accepted by may_be_external(); words: the arguments, ending with nullptr.
// Errors: insecure, io (object: its path or its directory).
[[nodiscard]] std::optional<Error> run_external(std::string_view verb, char* const* words);

}  // namespace pam_revoke
