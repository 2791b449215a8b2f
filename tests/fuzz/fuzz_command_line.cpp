// The arguments of revoke-user and revokectl, separated by newlines: parsing is safe, and each
// invalid command line has an error.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "../../revoke_user/command_line.hpp"

using namespace pam_revoke;

namespace {

constexpr std::int64_t kNowSec = 1795226400;

bool has_key(const Arguments& arguments) {
    return !(arguments.key.empty() && arguments.cert.empty() && arguments.ca.empty());
}

// True if the action has the target it requires: a name, a key or a selection.
bool is_aimed(const Arguments& arguments) {
    const bool has_target = !arguments.subject.empty() || has_key(arguments);
    switch (arguments.action) {
        case Action::revoke:
        case Action::undo:
        case Action::check:
            return has_target;
        case Action::end:
            return has_target || arguments.all || !arguments.selection.session.empty();
        case Action::import:
        case Action::import_krl:
        case Action::export_krl:
        case Action::verify:
        case Action::break_glass:
        case Action::external:
            return !arguments.subject.empty();
        default:
            return true;
    }
}

void expect_sound(const CommandLine& line) {
    if (line.command == nullptr || line.arguments.has_value() != line.error.empty()) std::abort();
    if (!line.arguments) return;
    const Arguments& arguments = *line.arguments;
    if (!is_aimed(arguments)) std::abort();
    const bool is_ended = arguments.from_sec && arguments.until_sec;
    if (is_ended && *arguments.from_sec >= *arguments.until_sec) std::abort();
    const bool only_ends = arguments.action == Action::end;
    if (only_ends && (arguments.from_sec || arguments.until_sec || arguments.no_end)) std::abort();
    if (arguments.no_end && arguments.now) std::abort();
    if (arguments.action == Action::external && !may_be_external(arguments.subject)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<std::string_view> words{""};
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find('\n'));
        words.push_back(word.substr(0, word.find('\0')));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
    for (const std::string_view program : {"/usr/sbin/revoke-user", "/usr/sbin/revokectl"}) {
        words.front() = program;
        expect_sound(parse_command_line(words, kNowSec));
    }
    return 0;
}
