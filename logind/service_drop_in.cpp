// service_drop_in.cpp - keeps a service from starting, by a file that a reboot removes.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "revoke/base/file.hpp"
#include "revoke/kernel/root.hpp"
#include "revoke/logind/units.hpp"

namespace pam_revoke {
namespace {

// A runtime mask would not do: it has no effect on units in /etc.
constexpr const char* kUnits = "/run/systemd/system";
// After all others: an empty ConditionPathExists= in a later file would undo it.
constexpr const char* kFile = "zz-pam_revoke.conf";
constexpr std::string_view kText =
    "# Written by revoke-user --now. revoke-user --undo or a reboot removes it.\n"
    "[Unit]\n"
    "ConditionPathExists=!/\n";

Result<std::string> directory_of(const std::string& service) {
    if (!service.ends_with(".service") || service.find('/') != std::string::npos)
        return make_error(Fault::malformed, service, "not the name of a service");
    return kernel_path(kUnits) + "/" + service + ".d";
}

}  // namespace

Result<void> forbid_service(const std::string& service) {
    const std::string path = TRY(directory_of(service));
    if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST) return io_error(path, "cannot create");
    const Fd directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (directory.get() < 0) return io_error(path, "cannot open");
    const Fd file(openat(directory.get(), kFile,
                         O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0644));
    const auto size = static_cast<ssize_t>(kText.size());
    if (file.get() < 0 || write(file.get(), kText.data(), kText.size()) != size)
        return io_error(path + "/" + kFile, "cannot write");
    return {};
}

Result<void> allow_service(const std::string& service) {
    const std::string path = TRY(directory_of(service));
    const std::string file = path + "/" + kFile;
    if (unlink(file.c_str()) != 0 && errno != ENOENT) return io_error(file, "cannot remove");
    (void)rmdir(path.c_str());  // another program may have a drop-in there, too
    return {};
}

}  // namespace pam_revoke
