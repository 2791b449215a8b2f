// compose.hpp - text out of a format and values, checked when it is compiled.
//
// Pure: fmt, whose work is compiled in one source instead of in each: with it in every source the
// commands took 330 s to compile, now 120 s. The format is one of std::format(3).
#pragma once

#include <fmt/core.h>

#include <string>

namespace pam_revoke {

// The text of `format` with `values`, for compose() alone.
// Errors: none; compose() has the compiler check the format.
[[nodiscard]] std::string compose_text(fmt::string_view format, fmt::format_args values);

// `format` with the values in the place of its braces.
// Errors: none: what does not fit is an error of the compiler.
template <typename... Values>
[[nodiscard]] std::string compose(fmt::format_string<Values...> format, Values&&... values) {
    return compose_text(format, fmt::make_format_args(values...));
}

}  // namespace pam_revoke
