// external.hpp - verbs of revokectl that other packages bring.
//
// A verb is the program /usr/libexec/pam_revoke/revokectl-VERB. It is run by that path, without a
// shell and without PATH, and only if none but root could have written it.
// Source: revokectl(8), VERBS.
#pragma once

#include <optional>
#include <string_view>

#include "revoke/base/result.hpp"

namespace pam_revoke {

// Replaces this process by the program of `verb`. It returns if that fails, or if there is no such
// program: then nothing.
// Units:  verb: as may_be_external() accepts it; words: what follows the verb, ending with nullptr.
// Errors: insecure, io (object: its path or its directory).
[[nodiscard]] std::optional<Error> run_external(std::string_view verb, char* const* words);

}  // namespace pam_revoke
