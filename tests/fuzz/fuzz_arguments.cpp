// The arguments of the logout.d script, separated by newlines, and history lines.
#include <cstdint>
#include <cstdlib>

#include "revoke/base/json.hpp"
#include "revoke/logind/logout_arguments.hpp"
#include "revoke/store/history.hpp"

using namespace pam_revoke;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<std::string_view> words;
    for (std::string_view rest = text; !rest.empty();) {
        words.push_back(rest.substr(0, rest.find('\n')));
        rest.remove_prefix(std::min(rest.size(), words.back().size() + 1));
    }
    const LogoutParse parse = parse_logout_arguments(words);
    if (!parse.arguments && !parse.help && parse.error.empty()) std::abort();
    for (const char c : json_string(text) + "")
        if (static_cast<unsigned char>(c) >= 0x80 || c == '\n') std::abort();
    if (const auto record = parse_record(text))
        if (!parse_record(print_record(*record))) std::abort();
    return 0;
}
