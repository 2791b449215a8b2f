// The configuration: root stays exempt unless a valid line changes that.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "revoke/conf/config.hpp"

using namespace pam_revoke;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const Settings settings = parse_config(text, "conf", "sshd");
    if (text.find("exempt_users") == std::string::npos &&
        settings.policy.exempt_users.view() != "root")
        std::abort();
    if (text.find("allow") == std::string::npos && settings.policy.unavailable != Unavailable::deny)
        std::abort();
    if (settings.error && settings.error->reason == nullptr) std::abort();
    return 0;
}
