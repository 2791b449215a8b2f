#include "revoke/settings.hpp"

#include <fcntl.h>

#include <array>

#include "revoke/file.hpp"

namespace pam_revoke {

Settings read_settings(const char* path, std::string_view service, uid_t owner) {
    Settings settings;
    const auto file = open_trusted_file(AT_FDCWD, path, path, kMaxConfigBytes, owner);
    if (!file.ok()) {
        const bool absent_default = file.error().fault == Fault::missing && std::string_view(path) == kConfigPath;
        if (!absent_default) settings.error = file.error();
        return settings;
    }
    std::array<char, kMaxConfigBytes + 1> buffer;
    const auto size = read_whole(file.value().get(), buffer, path);
    if (size.ok()) {
        buffer[size.value()] = '\0';
        return parse_config(std::string_view(buffer.data(), size.value()), path, service);
    }
    settings.error = size.error();
    return settings;
}

}  // namespace pam_revoke
