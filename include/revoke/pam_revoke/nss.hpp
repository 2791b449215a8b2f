// nss.hpp - what the account database (NSS) knows of a person: number, name, groups.
//
// Edge: the only home of <pwd.h> and <grp.h>. Asked only when an entry or an exemption depends on
// it; a person whom the database does not know is an outcome, for accounts get deleted first. No
// exception: memory comes from malloc and its absence is an Error.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "revoke/base/result.hpp"
#include "revoke/list/target.hpp"

namespace pam_revoke {

// NUL-separated names of people or groups, in memory of their own.
class NameList {
public:
    [[nodiscard]] std::string_view view() const { return {bytes_.get(), size_}; }
    // Appends a name.
    // Errors: none returned; false when there is no memory for it.
    [[nodiscard]] bool append(std::string_view name);

private:
    struct Free {
        void operator()(char* bytes) const { std::free(bytes); }
    };
    std::unique_ptr<char, Free> bytes_;
    std::size_t size_ = 0;
};

struct PasswdEntry {
    bool known = false;
    bool is_authoritative =
        true;  // false: not known, and the database may only have been unable to say so
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
    FixedText<kMaxNameBytes> name;
    FixedText<64> shell;  // cut when longer, which no list of shells has
    FixedText<256> home;
};

// Looks up a login name, or a number.
// Errors: io when the database could not be asked (object: the name or number). Not known is an
//         outcome.
// Source: getpwnam(3): the errno values that mean "not found".
[[nodiscard]] Result<PasswdEntry> find_name(const char* name);
[[nodiscard]] Result<PasswdEntry> find_uid(uid_t uid);

// Other names that /etc/passwd has for `uid`, NUL-separated: a look-up by number gives only the
// first.
// Errors: io. Remote databases are not enumerated: that can take minutes.
[[nodiscard]] Result<NameList> local_names_of(uid_t uid);

// The login uid of this process: who logged in at the start of it all, whatever su and sudo did
// since.
// Errors: none; nothing where nobody logged in, or the kernel keeps no login uids.
// Source: proc_pid_loginuid(5).
[[nodiscard]] std::optional<std::uint32_t> login_uid();

// Looks up all groups of `person`, the primary one too; a group without a name is left out.
// Errors: io, too_large (more than 16384 groups).
[[nodiscard]] Result<NameList> groups_of(const PasswdEntry& user);

// Looks up the members that the database lists for `group`: NUL-separated login names; none for an
// unknown group.
// Errors: io.
[[nodiscard]] Result<NameList> members_of(const char* group);

}  // namespace pam_revoke
