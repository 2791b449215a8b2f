#include "revoke/pam_revoke/nss.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{16} << 20U;
constexpr int kMaxGroups = 16384;

// Calls getpwnam_r() or a similar function again with a larger buffer while it returns ERANGE.
template <typename Ask>
int ask_with_room(std::unique_ptr<char, FreeMemory>& buffer, Ask ask) {
    for (std::size_t size = 4096; size <= kMaxBytes; size *= 4) {
        buffer.reset(static_cast<char*>(std::malloc(size)));
        if (buffer == nullptr) return ENOMEM;
        int os_error = 0;
        do os_error = ask(buffer.get(), size);
        while (os_error == EINTR);
        if (os_error != ERANGE) return os_error;
    }
    return ERANGE;
}

bool means_unknown(int os_error) {
    return os_error == 0 || os_error == ENOENT || os_error == ESRCH || os_error == EBADF ||
           os_error == EPERM;
}

Result<PasswdEntry> identity(int os_error, const passwd* found, std::string_view asked) {
    if (found == nullptr && !means_unknown(os_error))
        return make_error(Fault::io, asked, "cannot query the account database", os_error);
    PasswdEntry user;
    user.is_authoritative = found != nullptr || os_error == 0;
    if (found == nullptr) return user;
    user.known = true;
    user.uid = found->pw_uid;
    user.gid = found->pw_gid;
    user.name.append(found->pw_name);
    if (found->pw_shell != nullptr) user.shell.append(found->pw_shell);
    if (found->pw_dir != nullptr) user.home.append(found->pw_dir);
    return user;
}

// Calls `use` with the group that `ask` finds, if any.
template <typename Ask, typename Use>
Result<void> with_group(std::string_view asked, Ask ask, Use use) {
    std::unique_ptr<char, FreeMemory> buffer;
    group entry{};
    group* found = nullptr;
    const int os_error = ask_with_room(
        buffer, [&](char* bytes, std::size_t size) { return ask(&entry, bytes, size, &found); });
    if (found == nullptr)
        return means_unknown(os_error)
                   ? Result<void>()
                   : make_error(Fault::io, asked, "cannot query the group database", os_error);
    return use(*found) ? Result<void>()
                       : make_error(Fault::io, asked, "cannot read the groups", ENOMEM);
}

// Calls `use` with the group of this name, if any.
template <typename Use>
Result<void> with_group_named(const char* name, Use use) {
    return with_group(
        name,
        [name](group* entry, char* bytes, std::size_t size, group** found) {
            return getgrnam_r(name, entry, bytes, size, found);
        },
        use);
}

const AccountQueries* replaced() {
    return account_queries != nullptr ? account_queries() : nullptr;
}

}  // namespace

Result<PasswdEntry> find_name(const char* name) {
    if (const auto* queries = replaced()) return queries->find_name(name);
    std::unique_ptr<char, FreeMemory> buffer;
    passwd entry{};
    passwd* found = nullptr;
    const int os_error = ask_with_room(buffer, [&](char* bytes, std::size_t size) {
        return getpwnam_r(name, &entry, bytes, size, &found);
    });
    return identity(os_error, found, name);
}

Result<PasswdEntry> find_uid(uid_t uid) {
    if (const auto* queries = replaced()) return queries->find_uid(uid);
    std::unique_ptr<char, FreeMemory> buffer;
    passwd entry{};
    passwd* found = nullptr;
    const int os_error = ask_with_room(buffer, [&](char* bytes, std::size_t size) {
        return getpwuid_r(uid, &entry, bytes, size, &found);
    });
    FixedText<16> asked;
    return identity(os_error, found, asked.append_number(uid).view());
}

Result<NameList> local_names_of(uid_t uid) {
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    const std::unique_ptr<std::FILE, Close> file(std::fopen("/etc/passwd", "re"));
    if (file == nullptr) return io_error("/etc/passwd", "cannot open");
    NameList names;
    char* line = nullptr;
    std::size_t room = 0;
    ssize_t size = 0;
    bool has_memory = true;
    // fgetpwent_r(3) stops at a line that is longer than its buffer.
    while (has_memory && (size = getline(&line, &room, file.get())) >= 0) {
        std::string_view rest(line, static_cast<std::size_t>(size));
        while (rest.starts_with(' ') || rest.starts_with('\t')) rest.remove_prefix(1);
        if (rest.starts_with('#')) continue;  // as fgetpwent_r
        const std::string_view name = take_until(rest, ':');
        (void)take_until(rest, ':');
        if (!name.empty() && parse_uid(take_until(rest, ':')) == uid)
            has_memory = names.append(name);
    }
    const int os_error = errno;
    std::free(line);
    if (has_memory && std::feof(file.get()) != 0) return names;
    return make_error(Fault::io, "/etc/passwd", "cannot read the names", os_error);
}

std::optional<std::uint32_t> login_uid() {
    const int fd = openat(AT_FDCWD, "/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return std::nullopt;
    std::array<char, 16> digits;
    const ssize_t size = pread(fd, digits.data(), digits.size(), 0);
    close(fd);
    return size > 0 ? parse_uid(std::string_view(digits.data(), static_cast<std::size_t>(size)))
                    : std::nullopt;
}

bool NameList::append(std::string_view name) {
    auto* larger = static_cast<char*>(std::realloc(bytes_.get(), size_ + name.size() + 1));
    if (larger == nullptr) return false;
    (void)bytes_.release();  // freed by realloc
    bytes_.reset(larger);
    std::memcpy(larger + size_, name.data(), name.size());
    larger[size_ + name.size()] = '\0';
    size_ += name.size() + 1;
    return true;
}

Result<GidList> gids_of(const PasswdEntry& user) {
    if (const auto* queries = replaced()) return queries->gids_of(user);
    int count = kMaxGroups;
    GidList found;
    found.gids.reset(static_cast<gid_t*>(std::malloc(sizeof(gid_t) * kMaxGroups)));
    if (found.gids == nullptr)
        return make_error(Fault::io, user.name.view(), "cannot read the groups", ENOMEM);
    if (getgrouplist(user.name.c_str(), user.gid, found.gids.get(), &count) < 0)
        return make_error(Fault::too_large, user.name.view(), "in too many groups");
    found.size = static_cast<std::size_t>(count);
    return found;
}

Result<NameList> name_of_group(gid_t gid) {
    if (const auto* queries = replaced()) return queries->name_of_group(gid);
    FixedText<32> asked("gid ");
    NameList name;
    TRY(with_group(
        asked.append_number(gid).view(),
        [gid](group* entry, char* bytes, std::size_t size, group** found) {
            return getgrgid_r(gid, entry, bytes, size, found);
        },
        [&name](const group& found) { return name.append(found.gr_name); }));
    return name;
}

Result<NameList> names_of(const GidList& list) {
    NameList names;
    for (std::size_t i = 0; i < list.size; ++i) {
        const auto found = TRY(name_of_group(list.gids.get()[i]));
        std::string_view rest = found.view();
        if (!rest.empty() && !names.append(take_until(rest, '\0')))
            return make_error(Fault::io, "groups", "cannot read the groups", ENOMEM);
    }
    return names;
}

Result<std::optional<gid_t>> find_group(const char* name) {
    if (const auto* queries = replaced()) return queries->find_group(name);
    std::optional<gid_t> gid;
    TRY(with_group_named(name, [&gid](const group& found) {
        gid = found.gr_gid;
        return true;
    }));
    return gid;
}

Result<NameList> members_of(const char* name) {
    if (const auto* queries = replaced()) return queries->members_of(name);
    NameList members;
    TRY(with_group_named(name, [&members](const group& found) {
        for (char** member = found.gr_mem; *member != nullptr; ++member)
            if (!members.append(*member)) return false;
        return true;
    }));
    return members;
}

}  // namespace pam_revoke
