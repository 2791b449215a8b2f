// login_user.hpp - the person in question, of whom the account database is asked only when
// something depends on it, and once.
//
// Join: puts together the identity (NSS) and what a verdict wants to know of a person.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/text.hpp"
#include "revoke/list/match.hpp"
#include "revoke/pam_revoke/nss.hpp"
#include "revoke/pam_revoke/ssh_auth.hpp"

namespace pam_revoke {

// How many keys one login may show: sshd is told by AuthenticationMethods, and asks for two at the
// most wherever we looked.
inline constexpr std::size_t kMaxKeys = 4;

class LoginUser {
public:
    // Units: name: PAM_USER, or empty when only the number is known.
    //         auth_info: SSH_AUTH_INFO_0, or empty.
    LoginUser(std::string_view name, std::optional<std::uint32_t> uid, std::string_view auth_info)
        : asked_name_(name), asked_uid_(uid), auth_info_(auth_info) {
        user_.name = name;
    }
    LoginUser(const LoginUser&) = delete;
    LoginUser& operator=(const LoginUser&) = delete;

    [[nodiscard]] const User& user() const { return user_; }

    // Asks for the number, or for the name when only the number is known. A database that did not
    // answer is not asked again.
    // Errors: io when the database could not be asked; not known is an outcome.
    [[nodiscard]] Result<void> look_up();

    // Asks for the groups, and for what look_up() asks for.
    // Errors: io, too_large.
    [[nodiscard]] Result<void> look_up_groups();

    // Sets the keys that were shown, which read_keys() then does not read. They must outlive this.
    // Errors: none.
    void show(std::span<const ShownKey> keys) {
        user_.keys = keys;
        user_.keys_read = true;
    }

    // Reads the keys that were shown. Those that are understood are the person's also when others
    // are not.
    // Errors: malformed, too_large.
    [[nodiscard]] Result<void> read_keys();

    // Calls `go_on` with each group that was looked up; false as soon as it returns false.
    // Errors: none; without look_up_groups() there are no groups.
    template <typename GoOn>
    bool each_group(GoOn go_on) const {
        const auto is_last = [&go_on](std::string_view group) { return !go_on(group); };
        return !any_name(user_.groups, is_last);
    }

private:
    // Thousands of bytes, which a login without a listed key does not touch.
    struct Keys {
        std::array<Credential, kMaxKeys> credentials;
        std::array<ShownKey, kMaxKeys> shown;
    };

    std::string_view asked_name_;
    std::optional<std::uint32_t> asked_uid_;
    std::string_view auth_info_;
    User user_;  // looks into those below
    PasswdEntry passwd_;
    NameList groups_;
    std::optional<Keys> keys_;
    std::optional<Error> error_;
    std::optional<Error> groups_error_;
    std::optional<Error> keys_error_;
};

}  // namespace pam_revoke
