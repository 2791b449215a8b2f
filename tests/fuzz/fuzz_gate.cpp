// The PAM entry points while some system calls fail: no listed user logs in, and nothing crashes.
//
// The input: which call fails, how, and how the index is changed; then configuration and list,
// separated by a NUL.
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <security/pam_appl.h>
#include <security/pam_modules.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "../directory.hpp"
#include "revoke/list/index.hpp"
#include "revoke/store/compile.hpp"

using namespace pam_revoke;

namespace {

// Without ENOENT: the gate cannot detect that a file reported as missing exists.
constexpr std::array kFaults = {EIO, EMFILE, ENFILE, ENOMEM, EACCES, EPERM, ESTALE, EOVERFLOW};
constexpr int kShort = static_cast<int>(kFaults.size());  // reads return one byte

struct Fate {
    unsigned every = 0;  // 0: nothing fails
    unsigned calls = 0;
    int how = 0;
    // Returns the errno of the next call, kShort, or -1 for success.
    int next() {
        if (every == 0 || ++calls % every != 0) return -1;
        return how == kShort ? how : kFaults.at(static_cast<std::size_t>(how));
    }
    bool fails() {
        const int fault = next();
        if (fault < 0 || fault == kShort) return false;
        errno = fault;
        return true;
    }
} fate;

}  // namespace

#define WRAPPED(type, name, parameters, ...)                                      \
    extern "C" type __real_##name parameters;                                     \
    extern "C" type __wrap_##name parameters;                                     \
    extern "C" type __wrap_##name parameters {                                    \
        return fate.fails() ? static_cast<type>(-1) : __real_##name(__VA_ARGS__); \
    }
#define WRAPPED_NSS(name, parameters, ...)                        \
    extern "C" int __real_##name parameters;                      \
    extern "C" int __wrap_##name parameters;                      \
    extern "C" int __wrap_##name parameters {                     \
        return fate.fails() ? errno : __real_##name(__VA_ARGS__); \
    }

WRAPPED(int, fstat, (int fd, struct stat* status), fd, status)
WRAPPED(ssize_t, getdents64, (int fd, void* buffer, std::size_t size), fd, buffer, size)
WRAPPED(int, uname, (utsname * name), name)
WRAPPED(int, getgrouplist, (const char* user, gid_t group, gid_t* groups, int* count), user, group,
        groups, count)
WRAPPED_NSS(getpwnam_r,
            (const char* name, passwd* entry, char* buffer, std::size_t size, passwd** found), name,
            entry, buffer, size, found)
WRAPPED_NSS(getpwuid_r, (uid_t uid, passwd* entry, char* buffer, std::size_t size, passwd** found),
            uid, entry, buffer, size, found)
WRAPPED_NSS(getgrnam_r,
            (const char* name, group* entry, char* buffer, std::size_t size, group** found), name,
            entry, buffer, size, found)
WRAPPED_NSS(getgrgid_r, (gid_t gid, group* entry, char* buffer, std::size_t size, group** found),
            gid, entry, buffer, size, found)

extern "C" int __real_openat(int directory, const char* path, int flags, ...);
extern "C" int __wrap_openat(int directory, const char* path, int flags, ...);
extern "C" int __wrap_openat(int directory, const char* path, int flags, ...) {
    return fate.fails() ? -1 : __real_openat(directory, path, flags, 0600);
}
extern "C" ssize_t __real_pread(int fd, void* buffer, std::size_t size, off_t offset);
extern "C" ssize_t __wrap_pread(int fd, void* buffer, std::size_t size, off_t offset);
extern "C" ssize_t __wrap_pread(int fd, void* buffer, std::size_t size, off_t offset) {
    const int fault = fate.next();
    if (fault < 0 || fault == kShort)
        return __real_pread(fd, buffer, fault == kShort && size > 0 ? 1 : size, offset);
    errno = fault;
    return -1;
}
// Checks a log line: it must have no control characters.
static void look_at(std::string_view line) {
    for (const char byte : line)
        if (static_cast<unsigned char>(byte) < 0x20) std::abort();
}
extern "C" void __wrap_pam_syslog(const pam_handle_t*, int, const char* format, ...);
extern "C" void __wrap_pam_syslog(const pam_handle_t*, int, const char* format, ...) {
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    const int size = std::vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    look_at(std::string_view(
        line, std::min<std::size_t>(static_cast<std::size_t>(std::max(size, 0)), sizeof line - 1)));
}
// Sends nothing; checks that each line of an entry begins with a field name.
extern "C" ssize_t __wrap_sendmsg(int, const msghdr* message, int);
extern "C" ssize_t __wrap_sendmsg(int, const msghdr* message, int) {
    if (fate.fails()) return -1;
    const std::string_view text(static_cast<const char*>(message->msg_iov->iov_base),
                                message->msg_iov->iov_len);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        if (end == std::string_view::npos) std::abort();
        const std::string_view line = text.substr(at, end - at);
        look_at(line);
        const std::string_view name = line.substr(0, line.find('='));
        if (name.empty() ||
            name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != std::string_view::npos)
            std::abort();
        at = end + 1;
    }
    return static_cast<ssize_t>(text.size());
}

namespace {

int answer_nothing(int, const pam_message**, pam_response**, void*) { return PAM_CONV_ERR; }

struct Scene : TestDirectory {
    std::string list;
    std::string index;
    std::string conf;
    pam_handle_t* pamh = nullptr;

    Scene() {
        list = path + "/lists.d/a.list";
        index = path + "/index/" + index_name(list).c_str();
        conf = path + "/conf";
        for (const char* directory : {"/lists.d", "/index", "/pam"})
            mkdir((path + directory).c_str(), 0700);
        write(path + "/pam/sshd", "account required pam_permit.so\n");
        static const pam_conv conversation{answer_nothing, nullptr};
        if (pam_start_confdir("sshd", "daemon", &conversation, (path + "/pam").c_str(), &pamh) !=
            PAM_SUCCESS)
            std::abort();
    }
    ~Scene() { pam_end(pamh, PAM_SUCCESS); }
    static void write(const std::string& path, std::string_view text) {
        const Fd fd(open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (!write_all(fd.get(), text)) std::abort();
    }
    void write_conf(std::string_view more) const {
        write(conf, "[gate]\nlists = " + path + "/lists.d\n[revoke-user]\nstate_dir = " + path +
                        "\n" + std::string(more));
    }
    void make_index(std::string_view changes) const {
        const Fd text(open(list.c_str(), O_RDONLY | O_CLOEXEC));
        const Fd file(open(index.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (!write_index(text.get(), list, identity_of(text.get(), list).value(), file.get()).ok())
            return;
        for (; changes.size() > 2; changes.remove_prefix(3)) {
            const off_t at = (static_cast<unsigned char>(changes[0]) << 8U |
                              static_cast<unsigned char>(changes[1])) %
                             8192;
            if (pwrite(file.get(), &changes[2], 1, at) != 1) std::abort();
        }
    }
    int ask(const char* user, int (*hook)(pam_handle_t*, int, int, const char**)) const {
        if (pam_set_item(pamh, PAM_USER, user) != PAM_SUCCESS) std::abort();
        const std::string word = "conf=" + conf;
        const char* argv[] = {word.c_str()};
        return hook(pamh, 0, 1, argv);
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Scene scene;
    if (size < 4) return 0;
    fate = {};
    const std::string_view text(reinterpret_cast<const char*>(data + 4), size - 4);
    const std::size_t split = std::min(text.find('\0'), text.size());
    const std::string filler =
        "\n#" + std::string(kUnindexedBytes, '.') + "\nuser:daemon reason=\"x\"\n";
    Scene::write(scene.list, std::string(text.substr(std::min(text.size(), split + 1))) + filler);
    if ((data[2] & 1U) != 0)
        scene.make_index(std::string_view(reinterpret_cast<const char*>(data + 3),
                                          std::min<std::size_t>(size - 3, data[3] % 16)));
    const auto begin = [&] { fate = {data[0], 0, data[1] % (kShort + 1)}; };
    // With any configuration and any failure, the result is documented.
    scene.write_conf(text.substr(0, split));
    for (const auto hook : {pam_sm_authenticate, pam_sm_acct_mgmt, pam_sm_open_session}) {
        for (const char* user : {"daemon", "alice"}) {
            begin();
            const int code = scene.ask(user, hook);
            if (code != PAM_IGNORE && code != PAM_PERM_DENIED && code != PAM_AUTHINFO_UNAVAIL)
                std::abort();
            fate = {};
        }
    }
    // With the shipped configuration, a listed user is denied.
    scene.write_conf("");
    begin();
    const int code = scene.ask("daemon", pam_sm_acct_mgmt);
    fate = {};
    if (code == PAM_IGNORE) std::abort();
    unlink(scene.index.c_str());
    return 0;
}
