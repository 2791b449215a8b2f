#include "revoke/logind/account.hpp"

#include <algorithm>

#include "revoke/base/text.hpp"
#include "revoke/pam_revoke/nss.hpp"

namespace pam_revoke {
namespace {

void add_uid(Account& account, std::uint32_t uid) {
    const auto at = std::lower_bound(account.uids.begin(), account.uids.end(), uid);
    if (at == account.uids.end() || *at != uid) account.uids.insert(at, uid);
}

void add_other(Account& account, std::string_view name) {
    if (name.empty() || name == account.name) return;
    if (std::find(account.aliases.begin(), account.aliases.end(), name) == account.aliases.end())
        account.aliases.emplace_back(name);
}

Result<std::vector<LogindUser>> records_of(Result<Bus>& bus) {
    if (bus.ok()) return list_records(bus.value());
    return std::vector<LogindUser>();
}

void add_subordinate(Account& account) {
    for (const std::uint32_t uid : account.uids) {
        const std::vector<UidRange> more = subordinate_uids(account.name, uid);
        account.subordinate.insert(account.subordinate.end(), more.begin(), more.end());
    }
}

// Finds other names of the UIDs, in logind's records and in the account database.
Result<void> find_others(Account& account, const std::vector<LogindUser>& records) {
    add_subordinate(account);
    for (const std::uint32_t uid : account.uids) {
        for (const LogindUser& record : records)
            if (record.uid == uid) add_other(account, record.name);
        const auto owner = find_uid(uid);
        if (!owner.ok()) continue;  // logind's records and /etc/passwd remain
        if (owner.value().known) add_other(account, owner.value().name.view());
        const auto names = TRY(local_names_of(uid));
        for (std::string_view rest = names.view(); !rest.empty();)
            add_other(account, take_until(rest, '\0'));
    }
    return {};
}

}  // namespace

std::vector<std::string> user_words(const Account& account) {
    std::vector<std::string> words;
    for (const std::uint32_t uid : account.uids)
        if (uid != 0) words.push_back(std::to_string(uid));
    if (words.empty()) return words;
    if (!account.name.empty()) words.push_back(account.name);
    words.insert(words.end(), account.aliases.begin(), account.aliases.end());
    return words;
}

Result<Account> find_account_by_uid(Result<Bus>& bus, std::uint32_t uid) {
    const auto records = TRY(records_of(bus));
    const auto found = TRY(find_uid(uid));
    Account account;
    account.known = found.known;
    account.name = found.name.view();
    account.uids.push_back(uid);
    for (const LogindUser& record : records)
        if (account.name.empty() && record.uid == uid) account.name = record.name;
    TRY(find_others(account, records));
    return account;
}

Result<Account> find_account(Result<Bus>& bus, std::string_view name) {
    const auto records = TRY(records_of(bus));
    Account account;
    account.name = name;
    const auto found = find_name(account.name.c_str());
    // The database may accept several spellings; logind has its own one.
    if (found.ok() && found.value().known && !found.value().name.was_truncated())
        account.name = found.value().name.view();
    // If the database is unavailable, logind's records still count.
    for (const LogindUser& record : records)
        if (record.name == name || record.name == account.name) add_uid(account, record.uid);
    if (!found.ok() && account.uids.empty()) return found.error();
    account.known = found.ok() && found.value().known;
    if (account.known) add_uid(account, found.value().uid);
    if (account.uids.empty())
        if (const auto uid = parse_uid(name)) return find_account_by_uid(bus, *uid);
    TRY(find_others(account, records));
    return account;
}

}  // namespace pam_revoke
