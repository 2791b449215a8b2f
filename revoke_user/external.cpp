#include "external.hpp"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include "revoke/base/file.hpp"

namespace pam_revoke {
namespace {

constexpr const char* kDirectory = "/usr/libexec/pam_revoke";

}  // namespace

std::optional<Error> run_external(std::string_view verb, char* const* words) {
    const std::string name = "revokectl-" + std::string(verb);
    std::string path = std::string(kDirectory) + "/" + name;
    const auto directory = open_trusted_directory(kDirectory, 0);
    if (!directory.ok()) return directory.error();
    if (!directory.value()) return std::nullopt;
    const int fd = directory.value()->get();
    const auto file = open_trusted_file(fd, name.c_str(), path, UINT64_MAX, 0);
    if (!file.ok()) return file.error();
    if (!file.value()) return std::nullopt;
    std::vector<char*> argv = {path.data()};
    for (; *words != nullptr; ++words) argv.push_back(*words);
    argv.push_back(nullptr);
    // main() ignores SIGPIPE; the program must not inherit that.
    std::signal(SIGPIPE, SIG_DFL);
    // Only root can replace the checked file. A script needs the path, because it is opened again.
    execve(path.c_str(), argv.data(), environ);
    return make_error(Fault::io, path, "cannot run", errno);
}

}  // namespace pam_revoke
