#include "revoke/pam_revoke/login_user.hpp"

namespace pam_revoke {

Result<void> LoginUser::look_up() {
    if (user_.looked_up) return {};
    if (error_) return *error_;
    const FixedText<kMaxNameBytes> name(asked_name_);
    // No account has such a name, and a truncated name is another user's.
    if (name.was_truncated()) {
        user_.looked_up = true;
        return {};
    }
    auto found = asked_name_.empty() ? find_uid(asked_uid_.value_or(0)) : find_name(name.c_str());
    if (!found.ok()) {
        error_ = found.error();
        return *error_;
    }
    passwd_ = found.value();
    user_.looked_up = true;
    if (passwd_.known) user_.uid = passwd_.uid;
    if (passwd_.known && !passwd_.name.was_truncated()) user_.account_name = passwd_.name.view();
    if (asked_name_.empty()) {
        user_.uid = asked_uid_;
        user_.name = passwd_.name.view();
    }
    return {};
}

Result<std::size_t> LoginUser::count_groups() {
    if (gids_) return gids_->size;
    if (groups_error_) return *groups_error_;
    TRY(look_up());
    auto gids = passwd_.known ? gids_of(passwd_) : Result<GidList>(GidList());
    if (!gids.ok()) return keep(gids.error());
    gids_ = std::move(gids.value());
    return gids_->size;
}

Result<bool> LoginUser::is_in(std::string_view group) {
    const std::size_t count = TRY(count_groups());
    if (count == 0) return false;
    const FixedText<kMaxNameBytes> name(group);
    if (is_by_name_ || name.was_truncated()) return is_in_by_name(group);
    const auto gid = find_group(name.c_str());
    if (gid.ok()) return gid.value() && gids_->has(*gid.value());
    // A source that is down must not hide the groups that another source has.
    is_by_name_ = true;
    return is_in_by_name(group);
}

Result<bool> LoginUser::is_in_listed(std::string_view group) {
    TRY(count_groups());
    return compares_names() ? is_in_by_name(group) : is_in(group);
}

Result<bool> LoginUser::is_in_by_name(std::string_view group) {
    TRY(look_up_groups());
    return !each_group([group](std::string_view each) { return each != group; });
}

Result<void> LoginUser::look_up_groups() {
    if (groups_) return {};
    if (groups_error_) return *groups_error_;
    TRY(count_groups());
    auto groups = names_of(*gids_);
    if (!groups.ok()) return keep(groups.error());
    groups_ = std::move(groups.value());
    return {};
}

Result<void> LoginUser::read_keys() {
    if (user_.keys_read) return {};
    if (keys_error_) return *keys_error_;
    Keys& keys = keys_.emplace();
    SshAuth identity(auth_info_);
    std::size_t count = 0;
    Credential credential;
    for (;;) {
        const auto more = identity.next(credential);
        if (!more.ok() && !keys_error_) keys_error_ = more.error();
        if (!more.ok()) continue;  // the line is consumed anyway
        if (!more.value()) break;
        if (!credential.key) continue;
        if (count == kMaxKeys) {
            keys_error_ = make_error(Fault::too_large, kAuthInfo, "too many keys");
            break;
        }
        keys.credentials[count++] = credential;
    }
    for (std::size_t i = 0; i < count; ++i) {
        const Credential& shown = keys.credentials[i];
        keys.shown[i].key = shown.key->view();
        if (shown.certificate)
            keys.shown[i] = {shown.key->view(), shown.certificate->ca.view(),
                             shown.certificate->serial, shown.certificate->key_id.view(),
                             shown.certificate->valid_after_sec};
    }
    user_.keys = std::span<const ShownKey>(keys.shown.data(), count);
    user_.keys_read = !keys_error_;
    return keys_error_ ? Result<void>(*keys_error_) : Result<void>();
}

}  // namespace pam_revoke
