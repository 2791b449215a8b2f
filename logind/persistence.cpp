#include "revoke/logind/persistence.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <string_view>

#include "revoke/base/file.hpp"
#include "revoke/base/text.hpp"
#include "revoke/kernel/child.hpp"

namespace pam_revoke {
namespace {

constexpr int kHomeMsec = 2000;
constexpr std::int64_t kDaySec = 86'400;
constexpr std::size_t kMaxAnswer = std::size_t{1} << 16U;

using Visit = std::function<void(int directory, const std::string& name)>;

// Calls visit for each name in the directory except hidden ones. False if it cannot be read.
bool each_name(int directory, const Visit& visit) {
    const auto visit_shown = [&](std::string_view name) {
        if (!name.starts_with('.')) visit(directory, std::string(name));
    };
    return for_each_name(directory, visit_shown).ok();
}

Fd open_directory(int at, const char* name) {
    return Fd(openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
}

// Opens `path` one directory at a time, so that no link is followed.
Fd descend(int at, std::string_view path) {
    Fd directory(fcntl(at, F_DUPFD_CLOEXEC, 3));
    while (directory.get() >= 0 && !path.empty()) {
        const std::string part(take_until(path, '/'));
        directory = open_directory(directory.get(), part.c_str());
    }
    return directory;
}

// A user can change mtime, but not ctime.
bool was_changed(int directory, const char* name, std::int64_t since_sec) {
    struct stat status {};
    return fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           std::max(status.st_ctim.tv_sec, status.st_mtim.tv_sec) >= since_sec;
}

// Returns a line for each hook in the home directory, and "!" for an error. Runs in the child.
std::string scan_home(const std::string& home, std::int64_t since_sec) {
    std::string found;
    const Fd directory(open(home.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    if (directory.get() < 0) return errno == ENOENT ? found : "!\n";
    const Fd ssh = descend(directory.get(), ".ssh");
    for (const char* name : {"authorized_keys", "authorized_keys2"})
        if (ssh.get() >= 0 && was_changed(ssh.get(), name, since_sec))
            found += "authorized_keys\t" + home + "/.ssh/" + name + "\n";
    // Mail delivery does not pass the gate.
    for (const char* name : {".forward", ".procmailrc"})
        if (faccessat(directory.get(), name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
            found += "mail\t" + home + "/" + name + "\n";
    const std::string units = ".config/systemd/user";
    const Fd user = descend(directory.get(), units);
    if (user.get() < 0) return found;
    const auto take_wants = [&](int at, const std::string& name) {
        if (!name.ends_with(".wants") && !name.ends_with(".requires")) return;
        const Fd wants = open_directory(at, name.c_str());
        if (wants.get() < 0) return;
        const auto take = [&](int, const std::string& unit) {
            if (unit.find('\n') == std::string::npos)
                found += "user unit\t" + home + "/" + units + "/" + name + "/" + unit + "\n";
        };
        // An error is ignored: the user controls the directory, and the names read so far count.
        (void)each_name(wants.get(), take);
    };
    if (!each_name(user.get(), take_wants)) found += "!\n";
    return found.substr(0, found.rfind('\n', kMaxAnswer) + 1);
}

// A home directory may be on a server that hangs: then only the child hangs.
Result<std::string> ask_child(const std::string& home, std::int64_t since_sec) {
    Pipe ends = TRY(open_pipe(home));
    const pid_t child = start_child([&] {
        const std::string found = scan_home(home, since_sec);
        const ssize_t size = write(ends.writing.get(), found.data(), found.size());
        return size == static_cast<ssize_t>(found.size()) ? 0 : 1;
    });
    ends.writing = Fd(-1);
    if (child < 0) return io_error(home, "cannot examine");
    std::string output;
    const ReadLimits limits{kHomeMsec, UINT64_MAX, kMaxAnswer + 1};
    if (const auto fault = read_to_end(ends.reading.get(), limits, output)) {
        abandon_child(child);
        if (*fault != Fault::busy) return make_error(Fault::io, home, "cannot read");
        return make_error(Fault::io, home, "did not answer in time", ETIMEDOUT);
    }
    (void)wait_for_child(child, kHomeMsec);
    return output;
}

void find_at_home(const std::string& home, std::int64_t since_sec, Persistence& persistence) {
    const auto output = ask_child(home, since_sec);
    if (!output.ok()) return persistence.errors.push_back(output.error());
    for_each_line(output.value(), [&](std::string_view line, std::uint64_t) {
        const std::size_t tab = line.find('\t');
        if (tab == std::string_view::npos)
            persistence.errors.push_back(make_error(Fault::io, home, "cannot read"));
        else
            persistence.found.push_back(
                {std::string(line.substr(0, tab)), std::string(line.substr(tab + 1))});
    });
}

void find_at_jobs(const std::vector<std::uint32_t>& uids, Persistence& persistence) {
    const std::string spool = "/var/spool/cron/atjobs";
    const Fd directory = open_directory(AT_FDCWD, spool.c_str());
    if (directory.get() < 0) return;
    const auto take = [&](int at, const std::string& name) {
        struct stat status {};
        if (fstatat(at, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(status.st_mode))
            return;
        if (std::find(uids.begin(), uids.end(), status.st_uid) != uids.end())
            persistence.found.push_back({"at job", spool + "/" + name});
    };
    if (!each_name(directory.get(), take))
        persistence.errors.push_back(make_error(Fault::io, spool, "cannot read"));
}

}  // namespace

Persistence find_persistence(const std::string& user, const std::vector<std::uint32_t>& uids,
                             const std::string& home, std::int64_t now_sec) {
    Persistence persistence;
    const bool is_file_name =
        !user.empty() && user.find('/') == std::string::npos && user != "." && user != "..";
    for (const auto& [kind, directory] : {std::pair("crontab", "/var/spool/cron/crontabs/"),
                                          std::pair("linger", "/var/lib/systemd/linger/")})
        if (is_file_name && access((directory + user).c_str(), F_OK) == 0)
            persistence.found.push_back({kind, directory + user});
    find_at_jobs(uids, persistence);
    if (!home.empty() && home != "/") find_at_home(home, now_sec - kDaySec, persistence);
    return persistence;
}

}  // namespace pam_revoke
