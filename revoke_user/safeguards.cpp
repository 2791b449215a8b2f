// safeguards.cpp - actions that need --force.

#include "safeguards.hpp"

#include <algorithm>
#include <set>

#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/text.hpp"
#include "revoke/pam_revoke/nss.hpp"

namespace pam_revoke {
namespace {

bool is_usable_shell(std::string_view shell) {
    return !shell.ends_with("/nologin") && !shell.ends_with("/false");
}

// True if `name` can log in with a usable shell.
bool is_usable(const Context& context, const std::string& name) {
    const auto passwd = find_name(name.c_str());
    if (!passwd.ok() || !passwd.value().known || !is_usable_shell(passwd.value().shell.view()))
        return false;
    return ask_gate(context, Target{TargetKind::user, name, 0}, "sshd").verdict == Verdict::clear;
}

std::string last_admin(const Context& context, const Account& account) {
    const auto unknown = [](const Error& error) {
        return compose("the admin groups cannot be checked: {}", error.reason);
    };
    const auto passwd = find_name(account.name.c_str());
    if (!passwd.ok()) return unknown(passwd.error());
    if (!passwd.value().known) return {};
    const auto gids = gids_of(passwd.value());
    if (!gids.ok()) return unknown(gids.error());
    const auto groups = names_of(gids.value());
    if (!groups.ok()) return unknown(groups.error());
    bool is_admin = false;
    bool others = false;
    const auto is_other = [&](std::string_view member) {
        return member != account.name && is_usable(context, std::string(member));
    };
    for_each_item(context.settings.admin_groups.view(), [&](std::string_view group) {
        const auto is_it = [group](std::string_view each) { return each == group; };
        is_admin = is_admin || any_name(groups.value().view(), is_it);
        const auto members = members_of(std::string(group).c_str());
        others = others || (members.ok() && any_name(members.value().view(), is_other));
    });
    if (!is_admin || others) return {};
    return compose("last usable member of the admin groups ({})",
                   display(context.settings.admin_groups.view()));
}

using Names = std::set<std::string, std::less<>>;

// Adds the listed members of comma-separated groups. False if a group cannot be looked up.
bool add_members(std::string_view groups, Names& names) {
    bool complete = true;
    for_each_item(groups, [&](std::string_view group) {
        const auto members = members_of(std::string(group).c_str());
        complete = complete && members.ok();
        if (!members.ok()) return;
        for (std::string_view rest = members.value().view(); !rest.empty();)
            names.emplace(take_until(rest, '\0'));
    });
    return complete;
}

}  // namespace

std::vector<std::string> objections(const Context& context, const Target& target,
                                    const Account& account) {
    std::vector<std::string> found;
    const auto& uids = account.uids;
    const auto has = [&](std::uint32_t uid) {
        return std::find(uids.begin(), uids.end(), uid) != uids.end();
    };
    if (target.name == "root" || has(0)) {
        found.emplace_back("runs the system itself");
    } else if (std::any_of(uids.begin(), uids.end(), is_system_account)) {
        found.emplace_back(context.arguments.no_end ? "system account, used by services"
                                                    : "system account; its services will be ended");
    }
    if (!context.arguments.only_ends() && ask_gate(context, target, "sshd").exempt)
        found.emplace_back("exempt by the configuration: the gate allows logins anyway");
    const bool own = std::any_of(context.by.uids.begin(), context.by.uids.end(),
                                 [&](std::uint32_t uid) { return uid != 0 && has(uid); });
    if (own || (!account.name.empty() && account.name == context.by.name && account.name != "root"))
        found.emplace_back("your own account");
    if (!account.aliases.empty()) {
        std::string others;
        for (const std::string& other : account.aliases)
            others += (others.empty() ? "" : ", ") + display(other);
        found.push_back(
            context.arguments.no_end
                ? compose("shares a UID with {}; their logins are denied as well", others)
                : compose("shares a UID with {}, which may own some of the processes", others));
    }
    if (!context.arguments.only_ends())
        if (const std::string reason = last_admin(context, account); !reason.empty())
            found.push_back(reason);
    return found;
}

std::function<const char*(const Entry&)> import_guard(const Context& context) {
    Names admins;
    bool complete = add_members(context.settings.admin_groups.view(), admins);
    std::set<std::uint32_t> numbers;
    for (const std::string& member : admins) {
        const auto passwd = find_name(member.c_str());
        complete = complete && passwd.ok();
        if (passwd.ok() && passwd.value().known) numbers.insert(passwd.value().uid);
    }
    // As the gate exempts them at sshd.
    const Settings settings = settings_at(context, "sshd");
    Names exempt;
    for_each_item(settings.policy.exempt_users.view(),
                  [&exempt](std::string_view name) { exempt.emplace(name); });
    complete = add_members(settings.policy.exempt_groups.view(), exempt) && complete;
    return [by = context.by, admins, numbers, exempt, complete](const Entry& entry) -> const char* {
        const Target& target = entry.target;
        const auto own = [&](std::uint32_t uid) {
            return uid != 0 && std::find(by.uids.begin(), by.uids.end(), uid) != by.uids.end();
        };
        const auto uid = target.kind == TargetKind::uid ? std::optional(target.uid) : entry.uid;
        if (target.kind == TargetKind::group) return "names a group; --force is needed";
        if ((target.kind == TargetKind::user && target.name == "root") || uid == 0U)
            return "names root; --force is needed";
        if ((target.kind == TargetKind::user && target.name == by.name) || (uid && own(*uid)))
            return "names your own account; --force is needed";
        if ((target.kind == TargetKind::user && admins.contains(target.name)) ||
            (uid && numbers.contains(*uid)))
            return "names an administrator; --force is needed";
        if (target.kind == TargetKind::user && exempt.contains(target.name))
            return "names an exempt user: the gate allows logins anyway; --force is needed";
        if (!complete && (target.kind == TargetKind::user || uid))
            return "the admin and exempt groups cannot be checked; --force is needed";
        return nullptr;
    };
}

bool may_go_on(const Context& context, const Target& target, const Account& account,
               const std::string& name) {
    const auto found = objections(context, target, account);
    for (const std::string& reason : found)
        context.output.complain(
            compose("{}: {}{}", display(name), reason, context.arguments.force ? "; forced" : ""));
    if (found.empty() || context.arguments.force) return true;
    context.output.complain("nothing was changed; --force overrides this");
    return false;
}

bool is_confirmed(const Context& context, std::string_view request) {
    if (context.arguments.yes || !context.output.can_ask()) return true;
    const std::string reply = context.output.ask(request);
    if (reply == "y" || reply == "Y" || reply == "yes") return true;
    context.output.complain("not confirmed; nothing was changed");
    return false;
}

Result<bool> is_spared(const Context& context, std::uint32_t uid, const std::string& recorded) {
    if (is_system_account(uid) ||
        std::find(context.by.uids.begin(), context.by.uids.end(), uid) != context.by.uids.end())
        return true;
    const auto passwd = TRY(find_uid(uid));
    const std::string name =
        recorded.empty() && passwd.known ? std::string(passwd.name.view()) : recorded;
    if (!name.empty() && name == context.by.name) return true;
    // A gate that could not ask for the groups does not exempt.
    if (!settings_at(context, "sshd").policy.exempt_groups.empty()) {
        if (!passwd.is_authoritative)
            return make_error(Fault::io, name, "cannot query the account database");
        const auto gids = TRY(passwd.known ? gids_of(passwd) : Result<GidList>(GidList()));
        (void)TRY(names_of(gids));
    }
    return ask_gate(context, target_of(uid, name), "sshd").exempt;
}

bool texts_are_valid(const Context& context) {
    const Arguments& arguments = context.arguments;
    for (const auto& [option, text, most] : {std::tuple("--reason", &arguments.reason, 1024U),
                                             std::tuple("--ref", &arguments.ref, 128U),
                                             std::tuple("--warn", &arguments.warn, 1024U)}) {
        if (is_clean_utf8(*text) && text->size() <= most) continue;
        context.output.complain(compose(
            "{}: contains a control byte, is not UTF-8 or is longer than {} bytes", option, most));
        return false;
    }
    return true;
}

}  // namespace pam_revoke
