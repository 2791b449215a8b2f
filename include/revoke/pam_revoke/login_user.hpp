// login_user.hpp - the user of a login, looked up in the account database at most once.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "revoke/base/text.hpp"
#include "revoke/list/match.hpp"
#include "revoke/pam_revoke/nss.hpp"
#include "revoke/pam_revoke/ssh_auth.hpp"

namespace pam_revoke {

// Keys per login. AuthenticationMethods sets how many sshd requires, in practice at most two.
inline constexpr std::size_t kMaxKeys = 4;

// Entries of groups that are compared by GID, at least. A quarter of the user's groups, if that is
// more: a group that does not exist takes longer to look up than one that does.
inline constexpr std::size_t kListedByGid = 16;

class LoginUser {
public:
    // Units:  name: PAM_USER, or empty if only the UID is known; auth_info: SSH_AUTH_INFO_0, or
    //         empty.
    LoginUser(std::string_view name, std::optional<std::uint32_t> uid, std::string_view auth_info)
        : asked_name_(name), asked_uid_(uid), auth_info_(auth_info) {
        user_.name = name;
    }
    LoginUser(const LoginUser&) = delete;
    LoginUser& operator=(const LoginUser&) = delete;

    [[nodiscard]] const User& user() const { return user_; }

    // Looks up the UID, or the name if only the UID is known. A failed lookup is not repeated.
    // Errors: io if the database cannot be queried; an unknown user is not an error.
    [[nodiscard]] Result<void> look_up();

    // Returns the number of groups of the user; looks up their GIDs, and what look_up() looks up.
    // Errors: io, too_large.
    [[nodiscard]] Result<std::size_t> count_groups();

    // Returns whether the user is in `group`, by its GID. A source that hangs is asked once: after
    // a failure, the names of the user's groups are compared.
    // Errors: io, too_large.
    [[nodiscard]] Result<bool> is_in(std::string_view group);

    // Returns the same for the group of a list's entry; once compares_names(), by the names of the
    // user's groups, which are looked up once.
    // Errors: io, too_large.
    [[nodiscard]] Result<bool> is_in_listed(std::string_view group);

    // Counts an entry of a group, whether it is in force or not.
    // Errors: none.
    void count_listed() { ++listed_; }
    // The count, to go back to before a text is read again.
    [[nodiscard]] std::size_t listed() const { return listed_; }
    void set_listed(std::size_t listed) { listed_ = listed; }
    // True if is_in_listed() compares by name from now on.
    // Errors: none.
    [[nodiscard]] bool compares_names() const {
        return is_by_name_ || (gids_ && listed_ > std::max(kListedByGid, gids_->size / 4));
    }

    // Looks up the names of the groups, for each_group().
    // Errors: io, too_large.
    [[nodiscard]] Result<void> look_up_groups();

    // Sets the keys, which must outlive this object; read_keys() then reads none.
    // Errors: none.
    void show(std::span<const ShownKey> keys) {
        user_.keys = keys;
        user_.keys_read = true;
    }

    // Reads the keys of the login; valid keys are kept even if others are invalid.
    // Errors: malformed, too_large.
    [[nodiscard]] Result<void> read_keys();

    // Calls `go_on` for each group that was looked up; stops and returns false if it returns false.
    // Errors: none; there are no groups before look_up_groups().
    template <typename GoOn>
    bool each_group(GoOn go_on) const {
        const auto is_last = [&go_on](std::string_view group) { return !go_on(group); };
        return !groups_ || !any_name(groups_->view(), is_last);
    }

private:
    [[nodiscard]] Result<bool> is_in_by_name(std::string_view group);
    // Keeps an error of the group database, which is not asked again.
    Error keep(const Error& error) {
        groups_error_ = error;
        return error;
    }

    // Thousands of bytes, not touched unless keys are read.
    struct Keys {
        std::array<Credential, kMaxKeys> credentials;
        std::array<ShownKey, kMaxKeys> shown;
    };

    std::string_view asked_name_;
    std::optional<std::uint32_t> asked_uid_;
    std::string_view auth_info_;
    User user_;  // points into the members below
    PasswdEntry passwd_;
    std::optional<GidList> gids_;
    std::size_t listed_ = 0;   // groups in entries
    bool is_by_name_ = false;  // a group could not be looked up
    std::optional<NameList> groups_;
    std::optional<Keys> keys_;
    std::optional<Error> error_;
    std::optional<Error> groups_error_;
    std::optional<Error> keys_error_;
};

}  // namespace pam_revoke
