#include "claim.hpp"

#include <algorithm>
#include <span>

#include "revoke/base/text.hpp"
#include "revoke/kernel/cgroup.hpp"
#include "revoke/kernel/namespaces.hpp"
#include "revoke/kernel/process_count.hpp"
#include "revoke/kernel/procfs.hpp"
#include "revoke/kernel/sshd_title.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kTitleBytes = 512;

// Returns the command line of a root process. Others are not read here: /proc/PID/cmdline reads the
// process's memory, and its owner can block that forever.
std::string title_of(int directory, std::string_view status) {
    const std::array<std::uint32_t, 4> uids = uids_of(status);
    if (uids[kRealUid] != 0 || uids[kSavedUid] != 0) return {};
    std::string text = read_small(directory, "cmdline", kTitleBytes);
    while (!text.empty() && text.back() == '\0') text.pop_back();
    return text;
}

// A login in progress may have passed the gate and has no session yet. It is the privileged process
// of an SSH connection, or login below a getty with the user's login UID. A listener or a root
// shell is neither.
bool is_login_at_work(std::string_view cgroup, std::string_view title) {
    return !name_in_title(title).empty() || cgroup.find("getty.slice/") != std::string_view::npos;
}

// Returns a claim for the first of `uids` that is in `subordinate`.
std::optional<Claim> subordinate_claim(std::span<const std::uint32_t> uids,
                                       const std::vector<UidRange>& subordinate) {
    for (const std::uint32_t owner_uid : uids)
        if (is_in(subordinate, owner_uid)) return Claim{Tie::subordinate, owner_uid, false};
    return std::nullopt;
}

// The creator of the outermost namespace decides: only that user could start processes in it. Inner
// namespaces are created inside the container.
std::optional<Claim> claim_in_namespace(const std::vector<std::uint32_t>& makers, std::uint32_t uid,
                                        const std::vector<UidRange>& subordinate) {
    if (makers.empty()) return std::nullopt;
    if (makers.back() == uid) return Claim{Tie::uid, uid, false};
    return subordinate_claim({&makers.back(), 1}, subordinate);
}

// The UID decides. Only root can enter a PID namespace that another user created. There, the user's
// own UID is reported, and a subordinate UID may be any user.
std::optional<Claim> claim_by_uid(int directory, std::string_view status, std::string_view cgroup,
                                  bool is_foreign, std::uint32_t uid,
                                  const std::vector<UidRange>& subordinate) {
    const std::array<std::uint32_t, 4> uids = uids_of(status);
    const bool shares_pids = shares_pid_namespace(directory);
    if (uids[kRealUid] == uid || uids[kSavedUid] == uid)
        return Claim{shares_pids ? Tie::uid : Tie::container, uid, false};
    // A daemon can serve one user now and another later. sshd has a process for each login.
    if (std::find(uids.begin(), uids.end(), uid) != uids.end())
        return Claim{
            is_login_at_work(cgroup, title_of(directory, status)) ? Tie::login : Tie::descendant,
            uid, false};
    return is_foreign || !shares_pids ? std::nullopt : subordinate_claim(uids, subordinate);
}

}  // namespace

std::array<std::uint32_t, 4> uids_of(std::string_view status) {
    constexpr std::uint32_t kNoUid = 0xffffffffU;
    std::array<std::uint32_t, 4> uids{};
    std::string_view rest = value_of(status, "\nUid:");
    for (auto& uid : uids) {
        while (!rest.empty() && (rest.front() == '\t' || rest.front() == ' '))
            rest.remove_prefix(1);
        uid = take_number<std::uint32_t>(rest).value_or(kNoUid);
    }
    return uids;
}

std::string name_of(std::string_view status) {
    std::string_view name = value_of(status, "\nName:");
    if (name.starts_with('\t')) name.remove_prefix(1);
    return std::string(name);
}

std::string client_of(int directory, std::string_view status) {
    const std::string name = name_of(status);
    if (name != "sshd" && name != "sshd-session") return {};
    const bool is_ours = shares_pid_namespace(directory) && makers_of_namespaces(directory).empty();
    return is_ours ? name_in_title(title_of(directory, status)) : std::string();
}

std::optional<Claim> claim_on(int directory, std::string_view status, std::string_view cgroup,
                              std::uint32_t uid, const std::vector<UidRange>& subordinate) {
    if (is_within(cgroup, slice_path(uid))) return Claim{Tie::slice, uid, false};
    if (uid == 0) return std::nullopt;  // the system's own
    const std::vector<std::uint32_t> makers = makers_of_namespaces(directory);
    auto claim = claim_in_namespace(makers, uid, subordinate);
    if (!claim) claim = claim_by_uid(directory, status, cgroup, !makers.empty(), uid, subordinate);
    if (claim && claim->tie != Tie::subordinate && claim->tie != Tie::container) return claim;
    const bool descends = parse_uid(read_small(directory, "loginuid", 16)) == uid;
    if (claim) claim->descends = descends;
    // With the user's UID and login UID, it is a setuid sandbox for the user, not a container.
    if (claim && claim->tie == Tie::container && descends) claim->tie = Tie::uid;
    if (!claim && descends)
        claim = Claim{
            is_login_at_work(cgroup, title_of(directory, status)) ? Tie::login : Tie::descendant,
            uid, true};
    return claim;
}

}  // namespace pam_revoke
