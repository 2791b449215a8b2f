// nss.hpp - UID, name and groups of a user in the account database (NSS).
//
// The only user of <pwd.h> and <grp.h>. A login asks for its account once, because the database may
// accept several spellings of a name; for groups only if an entry or an exemption names one. An
// unknown user is not an error: accounts are often deleted first. Memory comes from malloc; running
// out of it is an Error, not an exception.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "revoke/base/result.hpp"
#include "revoke/list/target.hpp"

namespace pam_revoke {

struct FreeMemory {
    void operator()(void* memory) const { std::free(memory); }
};

// NUL-separated user or group names, in their own memory.
class NameList {
public:
    [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }
    // Appends a name.
    // Errors: none returned; false if out of memory.
    [[nodiscard]] bool append(std::string_view name);

private:
    std::unique_ptr<char, FreeMemory> bytes_;
    std::size_t size_ = 0;
};

// The GIDs of a user, in their own memory.
struct GidList {
    std::unique_ptr<gid_t, FreeMemory> gids;
    std::size_t size = 0;

    // Errors: none.
    [[nodiscard]] bool has(gid_t gid) const {
        for (std::size_t i = 0; i < size; ++i)
            if (gids.get()[i] == gid) return true;
        return false;
    }
};

struct PasswdEntry {
    bool known = false;
    bool is_authoritative = true;  // false: unknown, but the database may have failed
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    FixedText<kMaxNameBytes> name;
    FixedText<64> shell;  // truncated if longer, and then in no list of shells
    FixedText<256> home;
};

// Looks up a user by name or UID.
// Errors: io if the database cannot be queried (object: the name or UID). An unknown user is not an
//         error.
// Source: getpwnam(3): the errno values that mean "not found".
[[nodiscard]] Result<PasswdEntry> find_name(const char* name);
[[nodiscard]] Result<PasswdEntry> find_uid(uid_t uid);

// Returns all names of `uid` in /etc/passwd, NUL-separated; a lookup by UID returns only the first.
// Errors: io. Remote databases are not enumerated: that can take minutes.
[[nodiscard]] Result<NameList> local_names_of(uid_t uid);

// Returns the login UID of this process: the user of the original login, unchanged by su and sudo.
// Errors: none; no value without a login, or if the kernel has no login UIDs.
// Source: proc_pid_loginuid(5).
[[nodiscard]] std::optional<std::uint32_t> login_uid();

// Looks up the GIDs of all groups of `user`, including the primary one.
// Errors: io, too_large (more than 16384 groups).
[[nodiscard]] Result<GidList> gids_of(const PasswdEntry& user);

// Looks up the name of a group; no name for an unknown group.
// Errors: io.
[[nodiscard]] Result<NameList> name_of_group(gid_t gid);

// Looks up the names of the groups, each by a query; groups without a name are omitted.
// Errors: io.
[[nodiscard]] Result<NameList> names_of(const GidList& list);

// Looks up the GID of `group`.
// Errors: io; no value for an unknown group.
[[nodiscard]] Result<std::optional<gid_t>> find_group(const char* group);

// Looks up the listed members of `group`: NUL-separated user names; none for an unknown group.
// Errors: io.
[[nodiscard]] Result<NameList> members_of(const char* group);

// What the queries above do in a program that defines account_queries(), because it needs a
// deadline. The module does not define it, and has no variable for it.
struct AccountQueries {
    Result<PasswdEntry> (*find_name)(const char* name);
    Result<PasswdEntry> (*find_uid)(uid_t uid);
    Result<GidList> (*gids_of)(const PasswdEntry& user);
    Result<NameList> (*name_of_group)(gid_t gid);
    Result<std::optional<gid_t>> (*find_group)(const char* group);
    Result<NameList> (*members_of)(const char* group);
};

// Returns the queries to use; nullptr for those above.
// Errors: none.
[[gnu::weak, gnu::visibility("hidden")]] const AccountQueries* account_queries();

}  // namespace pam_revoke
