#include "revoke/pam_revoke/module_line.hpp"

#include <cstring>

#include "revoke/base/text.hpp"
#include "revoke/conf/policy.hpp"

namespace pam_revoke {
namespace {

// Applies the options of the PAM line on top of the file; the first invalid one is an error.
void read_arguments(Settings& settings, LineArguments arguments) {
    for (const std::string_view argument : arguments) {
        const std::size_t equals = argument.find('=');
        const std::string_view word(argument.data(),
                                    equals == std::string_view::npos ? argument.size() : equals);
        const char* reason = "unknown option";
        if (equals != std::string_view::npos) {
            const std::string_view value(argument.data() + equals + 1,
                                         argument.size() - equals - 1);
            const PolicyKey key = policy_key(word);
            reason = word == "conf"                  ? nullptr
                     : key == PolicyKey::break_glass ? "allowed in [gate] of the configuration only"
                                                     : set_policy(settings.policy, key, value);
            overrule_groups(settings.policy, key);
        }
        if (reason == nullptr || settings.error) continue;
        settings.error = make_error(Fault::malformed, "PAM line: ", reason);
        append_printable(settings.error->object, word);
    }
}

const char* config_path(LineArguments arguments) {
    const char* path = kConfigPath;
    for (const char* argument : arguments)
        if (std::string_view(argument).starts_with("conf=")) path = argument + std::strlen("conf=");
    return path;
}

}  // namespace

Settings settings_of_line(LineArguments arguments, std::string_view service, uid_t owner) {
    Settings settings = read_settings(config_path(arguments), service, owner);
    read_arguments(settings, arguments);
    return settings;
}

}  // namespace pam_revoke
