#include "revoke/subject.hpp"

namespace pam_revoke {

Result<Done> Subject::look_up() {
    if (person_.looked_up) return Done{};
    if (error_) return *error_;
    const FixedText<kMaxNameBytes> name(asked_name_);
    if (name.was_cut()) {  // no account has such a name, and half of it is somebody else's
        person_.looked_up = true;
        return Done{};
    }
    auto found = asked_name_.empty() ? find_uid(asked_uid_.value_or(0)) : find_name(name.c_str());
    if (!found.ok()) {
        error_ = found.error();
        return *error_;
    }
    identity_ = found.value();
    person_.looked_up = true;
    if (identity_.known) person_.uid = identity_.uid;
    if (asked_name_.empty()) {
        person_.uid = asked_uid_;
        person_.name = identity_.name.view();
    }
    return Done{};
}

Result<Done> Subject::look_up_groups() {
    if (person_.groups_looked_up) return Done{};
    if (groups_error_) return *groups_error_;
    const auto known = look_up();
    if (!known.ok()) return known.error();
    if (identity_.known) {
        auto groups = groups_of(identity_);
        if (!groups.ok()) {
            groups_error_ = groups.error();
            return *groups_error_;
        }
        groups_ = std::move(groups.value());
    }
    person_.groups = groups_.view();
    person_.groups_looked_up = true;
    return Done{};
}

}  // namespace pam_revoke
