#include "revoke/conf/settings.hpp"

#include <fcntl.h>

#include <array>

#include "revoke/base/file.hpp"

namespace pam_revoke {

namespace {

// Few configurations are larger, and each page of the stack costs a login a microsecond.
constexpr std::size_t kUsualBytes = 2047;

Settings settings_with(const Error& error) {
    Settings settings;
    settings.error = error;
    return settings;
}

template <std::size_t N>
[[gnu::noinline]] Settings read_at_most(int fd, const char* path, std::string_view service) {
    std::array<char, N + 1> buffer;
    const auto size = read_all(fd, buffer, path);
    // The file has grown since it was opened.
    if (!size.ok() && size.error().fault == Fault::too_large && N < kMaxConfigBytes)
        return read_at_most<kMaxConfigBytes>(fd, path, service);
    if (!size.ok()) return settings_with(size.error());
    buffer[size.value()] = '\0';
    return parse_config(std::string_view(buffer.data(), size.value()), path, service);
}

}  // namespace

Settings read_settings(const char* path, std::string_view service, uid_t owner) {
    FileIdentity identity;
    const auto file = open_trusted_file(AT_FDCWD, path, path, kMaxConfigBytes, owner, &identity);
    if (!file.ok()) return settings_with(file.error());
    if (!file.value()) {
        const bool may_be_absent = std::string_view(path) == kConfigPath;
        Settings settings = may_be_absent
                                ? Settings()
                                : settings_with(make_error(Fault::io, path, "missing", ENOENT));
        settings.is_absent = true;
        return settings;
    }
    const int fd = file.value()->get();
    return identity.size_bytes <= kUsualBytes ? read_at_most<kUsualBytes>(fd, path, service)
                                              : read_at_most<kMaxConfigBytes>(fd, path, service);
}

}  // namespace pam_revoke
