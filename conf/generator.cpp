// generator.cpp - a systemd generator: revoke-compile.path watches the directories of lists=.
//
// A path unit cannot read our configuration. systemd runs this at boot and at each daemon-reload,
// and reads the drop-in that it writes. For the default lists=, or if the configuration is invalid,
// there is no drop-in and the unit is used as installed.
// Source: systemd.generator(7); systemd.path(5), PathChanged=; pam_revoke.conf(5), lists.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "revoke/base/file.hpp"
#include "revoke/base/text.hpp"
#include "revoke/conf/settings.hpp"

namespace pam_revoke {
namespace {

constexpr const char* kName = "pam-revoke-generator";
constexpr const char* kDirectory = "revoke-compile.path.d";
// Drop-ins apply in the order of their names: an operator's comes later, and its paths are kept.
constexpr const char* kFile = "00-lists.conf";

// In a unit, % begins a specifier, and a backslash at the end continues the line. A slash at the
// end of a path changes nothing.
std::string watch_line(std::string_view directory) {
    std::string line = "PathChanged=";
    for (const char c : directory) line.append(c == '%' ? 2 : 1, c);
    return line + (directory.ends_with('\\') ? "/\n" : "\n");
}

// The empty value resets the paths of the unit.
std::string drop_in(std::string_view lists) {
    std::string text = "[Path]\nPathChanged=\n";
    for_each_item(lists, [&text](std::string_view item) { text += watch_line(item); });
    return text;
}

// Writes below `directory` only, and follows no existing symbolic link.
Result<void> write_drop_in(const char* directory, std::string_view text) {
    const Fd top(open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (top.get() < 0) return io_error(directory, "cannot open");
    if (mkdirat(top.get(), kDirectory, 0755) != 0 && errno != EEXIST)
        return io_error(kDirectory, "cannot create");
    const Fd inner(openat(top.get(), kDirectory, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (inner.get() < 0) return io_error(kDirectory, "cannot open");
    constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    const Fd file(openat(inner.get(), kFile, kFlags, 0644));
    if (file.get() < 0) return io_error(kFile, "cannot create");
    const ssize_t size = write(file.get(), text.data(), text.size());
    if (size == static_cast<ssize_t>(text.size())) return {};
    // Half of it would watch other directories than the unit as installed.
    const int os_error = size < 0 ? errno : ENOSPC;
    (void)unlinkat(inner.get(), kFile, 0);
    return make_error(Fault::io, kFile, "cannot write", os_error);
}

void write_line(int fd, std::string_view line) {
    // There is nowhere else to report an error.
    [[maybe_unused]] const ssize_t size = write(fd, line.data(), line.size());
}

// At boot, standard error is not read, and there is no journal yet; a container has no kernel log.
void report(const Error& error) {
    FixedText<512> line("<3>");  // priority: error
    line.append(kName).append(": ");
    append_printable(line, error.object.view());
    line.append(": ").append(error.reason);
    if (error.os_error != 0) line.append(": ").append(strerrordesc_np(error.os_error));
    line.append('\n');
    write_line(STDERR_FILENO, line.view().substr(3));
    const Fd kernel_log(open("/dev/kmsg", O_WRONLY | O_CLOEXEC | O_NOCTTY));
    if (kernel_log.get() >= 0) write_line(kernel_log.get(), line.view());
}

Result<void> generate(const char* directory) {
    const Settings settings = read_settings(kConfigPath, "", 0);
    if (settings.error) return *settings.error;
    const std::string_view lists = settings.policy.lists.view();
    if (lists == Policy().lists.view()) return {};
    return write_drop_in(directory, drop_in(lists));
}

}  // namespace
}  // namespace pam_revoke

// Units: argv[1]: the directory for units, as systemd passes it.
int main(int argc, char** argv) {
    using namespace pam_revoke;
    if (argc != 4) {
        write_line(STDERR_FILENO, "usage: pam-revoke-generator NORMAL EARLY LATE\n");
        return 2;
    }
    umask(0022);
    const auto generated = generate(argv[1]);
    if (!generated.ok()) report(generated.error());
    return generated.ok() ? 0 : 1;
}
