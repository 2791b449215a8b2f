// The words after revoke-user, separated by newlines: read without harm, and told why when they are not understood.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "../../revoke_user/arguments.hpp"
#include "revoke/base/json.hpp"

using namespace pam_revoke;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::vector<std::string> words{"revoke-user"};
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    while (!rest.empty()) {
        const std::string_view word = rest.substr(0, rest.find('\n'));
        words.emplace_back(word.substr(0, word.find('\0')));
        rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    }
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::string complaint;
    const auto arguments = parse_arguments(static_cast<int>(words.size()), argv.data(), 1795226400, complaint);
    if (arguments.has_value() != complaint.empty()) std::abort();
    if (!arguments) return 0;
    // What is half understood must not act: each of these wants a name, a key or a selection.
    const bool acts = arguments->action == Action::revoke || arguments->action == Action::undo;
    const bool has_key = !(arguments->key.empty() && arguments->cert.empty() && arguments->ca.empty());
    if (acts && arguments->subject.empty() && !has_key && arguments->selection.session.empty() && !arguments->all) std::abort();
    if (arguments->from_sec && arguments->until_sec && *arguments->from_sec >= *arguments->until_sec) std::abort();
    return 0;
}
