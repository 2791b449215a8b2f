// doctor_units.cpp - finds services that run as a user without PAM: neither revocation nor disabled
// lingering keeps them from starting.

#include <map>

#include "revoke/base/compose.hpp"
#include "revoke/base/text.hpp"
#include "revoke/doctor/doctor.hpp"
#include "revoke/kernel/subuid.hpp"

namespace pam_revoke {
namespace {

// Returns the users in the tree's own files, without those of a directory service.
std::map<std::string, std::uint32_t> users_in(const std::string& root) {
    std::map<std::string, std::uint32_t> users;
    for (const std::string& line : plain_lines(tree_file(root, "/etc/passwd").value_or(""), "#")) {
        std::string_view rest = line;
        const std::string name(take_until(rest, ':'));
        (void)take_until(rest, ':');
        const auto uid = parse_uid(take_until(rest, ':'));
        if (uid && !rest.empty()) users[name] = *uid;
    }
    return users;
}

// Returns the instances of a template, NAME@INSTANCE.service, that another unit wants or requires.
std::vector<std::string> instances_of(const std::string& root, const std::string& name) {
    const std::string stem = name.substr(0, name.size() - std::string_view(".service").size());
    std::vector<std::string> instances;
    for (const std::string& directory : tree_names(root + "/etc/systemd/system"))
        if (directory.ends_with(".wants") || directory.ends_with(".requires"))
            for (const std::string& wanted : tree_names(root + "/etc/systemd/system/" + directory))
                if (wanted.starts_with(stem) && wanted.ends_with(".service") &&
                    wanted.size() > name.size())
                    instances.push_back(wanted.substr(stem.size(), wanted.size() - name.size()));
    return instances;
}

// The accounts of the tree.
struct Users {
    std::map<std::string, std::uint32_t> uids;
    std::uint32_t uid_min = 0;
};

void examine_user(const Users& users, const std::string& unit, const std::string& user,
                  Findings& findings) {
    const auto known = users.uids.find(user);
    const auto uid = known != users.uids.end() ? std::optional(known->second) : parse_uid(user);
    if (!uid || is_system_uid_below(users.uid_min, *uid)) return;
    findings.push_back(
        {"unit", unit,
         compose("runs as {} without PAM: it starts even if the user is revoked", user),
         "add PAMName=login, or use another account"});
}

}  // namespace

void examine_units(const std::string& root, Findings& findings) {
    const Users users{users_in(root),
                      parse_uid_min(tree_file(root, "/etc/login.defs").value_or(""))};
    for (const TreeUnit& unit : tree_services(root)) {
        std::string user;
        std::string pam_name;
        for (const std::string& line : unit.lines) {
            user = setting_of(line, "User").value_or(user);
            pam_name = setting_of(line, "PAMName").value_or(pam_name);
        }
        if (user.empty() || !pam_name.empty()) continue;
        if (user != "%i" && user != "%I") examine_user(users, unit.name, user, findings);
        if (user != "%i" && user != "%I") continue;
        for (const std::string& instance : instances_of(root, unit.name))
            examine_user(users, unit.name, instance, findings);
    }
}

}  // namespace pam_revoke
