#include "revoke/kernel/procfs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "revoke/base/file.hpp"
#include "revoke/base/proc_stat.hpp"
#include "revoke/base/text.hpp"
#include "revoke/kernel/root.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kFirstRoom = 4096;
constexpr std::size_t kMaxLinkBytes = 256;

}  // namespace

std::string read_small(int directory, const char* name, std::size_t most) {
    const Fd fd(openat(directory, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (fd.get() < 0) return {};
    // The buffer grows with the content: the limit may be far larger.
    std::string text;
    std::size_t filled = 0;
    while (filled < most) {
        if (filled == text.size()) text.resize(std::min(most, std::max(kFirstRoom, 2 * filled)));
        const ssize_t count = read(fd.get(), text.data() + filled, text.size() - filled);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        filled += static_cast<std::size_t>(count);
    }
    text.resize(filled);
    return text;
}

std::string read_link(int directory, const char* name) {
    std::array<char, kMaxLinkBytes> target;
    const ssize_t size = readlinkat(directory, name, target.data(), target.size());
    return {target.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

std::string_view value_of(std::string_view text, std::string_view key) {
    std::size_t at = text.find(key);
    if (at == std::string_view::npos) return {};
    at += key.size();
    return text.substr(at, text.find('\n', at) - at);
}

std::string cgroup_of(int directory) {
    const std::string text = "\n" + read_small(directory, "cgroup");
    for (const std::string_view key : {"\n0::", "name=systemd:"}) {
        const std::string_view path = value_of(text, key);
        if (path.size() > 1) return std::string(path);
    }
    return text.size() > 1 ? "/" : "";
}

std::string own_cgroup() {
    const Fd self(open(kernel_path("/proc/self").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return self.get() < 0 ? std::string() : cgroup_of(self.get());
}

std::string pseudo_terminal_of(pid_t pid) {
    constexpr unsigned kFirstMajor = 136;  // UNIX98_PTY_SLAVE_MAJOR, and seven more
    constexpr unsigned kMajors = 8;
    const std::string stat = read_small(AT_FDCWD, process_path(pid, "stat").c_str());
    const auto number = parse_number<unsigned>(stat_field(stat, StatField::terminal)).value_or(0);
    const unsigned major = (number >> 8U) & 0xfffU;
    const unsigned minor = (number & 0xffU) | ((number >> 12U) & 0xfff00U);
    if (major < kFirstMajor || major >= kFirstMajor + kMajors) return {};
    return "pts/" + std::to_string((major - kFirstMajor) * 256 + minor);
}

std::set<pid_t> own_line() {
    std::set<pid_t> line;
    pid_t pid = getpid();
    while (pid > 0 && line.insert(pid).second) {
        const std::string status = "\n" + read_small(AT_FDCWD, process_path(pid, "status").c_str());
        std::string_view parent = value_of(status, "\nPPid:");
        pid = parse_number<pid_t>(take_word(parent)).value_or(0);
    }
    return line;
}

}  // namespace pam_revoke
