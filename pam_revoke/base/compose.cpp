// The only source file that compiles fmt.
#define FMT_HEADER_ONLY
#include "revoke/base/compose.hpp"

#include <fmt/format.h>

namespace pam_revoke {

std::string compose_text(fmt::string_view format, fmt::format_args values) {
    return fmt::vformat(format, values);
}

}  // namespace pam_revoke
