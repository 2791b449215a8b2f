#include "revoke/kernel/sshd_title.hpp"

#include <optional>

namespace pam_revoke {
namespace {

// What remains of `text` between one of the two words, or no value.
std::optional<std::string_view> between(std::string_view text, std::string_view before,
                                        std::string_view after) {
    if (!text.starts_with(before) || !text.ends_with(after)) return std::nullopt;
    if (text.size() <= before.size() + after.size()) return std::nullopt;
    return text.substr(before.size(), text.size() - before.size() - after.size());
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

// Undoes VIS_CSTYLE and VIS_OCTAL for what a name can contain: a backslash, bytes in octal.
std::string without_vis(std::string_view text) {
    std::string name;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view digits = text.substr(i + 1, 3);
        if (text[i] == '\\' && digits.size() == 3 && digits[0] <= '3' && is_octal(digits[0]) &&
            is_octal(digits[1]) && is_octal(digits[2])) {
            name += static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 +
                                      (digits[2] - '0'));
            i += 3;
        } else {
            if (text[i] == '\\' && digits.starts_with('\\')) ++i;
            name += text[i];
        }
    }
    return name;
}

}  // namespace

std::string name_in_title(std::string_view title) {
    for (const std::string_view program : {"sshd: ", "sshd-session: "})
        for (const std::string_view phase : {" [priv]", " [postauth]"})
            if (const auto name = between(title, program, phase))
                return *name == "unknown" ? std::string() : without_vis(*name);
    return {};
}

}  // namespace pam_revoke
