#include "revoke/kernel/namespaces.hpp"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "revoke/base/file.hpp"

namespace pam_revoke {
namespace {

constexpr int kMaxNested = 33;  // nested user namespaces. Source: user_namespaces(7)

bool is_same(const struct stat& a, const struct stat& b) {
    return a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

// Each is read once: this process never leaves its namespaces.
struct stat namespace_of_ours(const char* path) {
    struct stat status {};
    (void)stat(path, &status);  // on failure, st_ino stays 0
    return status;
}

// True also if a namespace cannot be read: the UID then decides.
bool shares_namespace(int directory, const char* name, const struct stat& ours) {
    struct stat theirs {};
    return fstatat(directory, name, &theirs, 0) != 0 || ours.st_ino == 0 || is_same(theirs, ours);
}

}  // namespace

bool shares_pid_namespace(int directory) {
    static const struct stat ours = namespace_of_ours("/proc/self/ns/pid");
    return shares_namespace(directory, "ns/pid", ours);
}

std::vector<std::uint32_t> makers_of_namespaces(int directory) {
    static const struct stat ours = namespace_of_ours("/proc/self/ns/user");
    std::vector<std::uint32_t> makers;
    if (shares_namespace(directory, "ns/user", ours)) return makers;
    Fd space(openat(directory, "ns/user", O_RDONLY | O_CLOEXEC));
    for (int depth = 0; depth < kMaxNested && space.get() >= 0; ++depth) {
        struct stat status {};
        uid_t owner = 0;
        if (fstat(space.get(), &status) != 0 || is_same(status, ours)) break;
        if (ioctl(space.get(), NS_GET_OWNER_UID, &owner) == 0) makers.push_back(owner);
        space = Fd(ioctl(space.get(), NS_GET_PARENT));
    }
    return makers;
}

}  // namespace pam_revoke
