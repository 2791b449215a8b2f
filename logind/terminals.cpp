#include "revoke/logind/terminals.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "revoke/base/file.hpp"

namespace pam_revoke {

Result<void> write_on_terminal(const std::string& tty, std::uint32_t uid, std::string_view text) {
    const std::string path = "/dev/" + tty;
    if (tty.find("..") != std::string::npos)
        return make_error(Fault::refused, path, "not a terminal name");
    const Fd fd(open(path.c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
    if (fd.get() < 0) return io_error(path, "cannot open");
    struct stat status {};
    if (fstat(fd.get(), &status) != 0) return io_error(path, "cannot examine");
    if (!S_ISCHR(status.st_mode) || status.st_uid != uid || isatty(fd.get()) == 0)
        return make_error(Fault::refused, path, "not a terminal of the user");
    const std::string line = "\r\n" + std::string(text) + "\r\n";
    if (write(fd.get(), line.data(), line.size()) < 0) return io_error(path, "cannot write");
    return {};
}

}  // namespace pam_revoke
