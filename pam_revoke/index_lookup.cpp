#include "index_lookup.hpp"

#include <algorithm>
#include <array>

#include "revoke/list/index.hpp"

namespace pam_revoke {
namespace {

class IndexLookup {
public:
    IndexLookup(const ListFile& list, const Index& index, Evaluator& evaluator)
        : list_(list), index_(index), evaluator_(evaluator) {}

    bool run() {
        const IndexHeader& header = index_.header();
        const std::string_view name = evaluator_.user().name;
        if (!name.empty() && !find(index_hash(header.seed, TargetKind::user, name))) return false;
        // If the account database is unavailable, the text is read: only entries in force need a
        // lookup there.
        if (wants(TargetKind::user) && !ask_account_name()) return false;
        if (wants(TargetKind::uid) && !ask_uid()) return false;
        if (wants(TargetKind::group) && !ask_groups()) return false;
        if (!evaluator_.is_revoked() && header.has_keys() && !ask_keys()) return false;
        if (evaluator_.is_revoked()) return true;
        if (header.bad_lines > 0 && !take_bad()) return false;
        if (header.issued_sec != kNoDate) {
            evaluator_.take_issued(header.issued_sec, list_.path);
            evaluator_.take_issued(header.issued_last_sec, list_.path);
        }
        if (header.expires_sec != kNoDate) evaluator_.take_expires(header.expires_sec, list_.path);
        return true;
    }

private:
    [[nodiscard]] bool wants(TargetKind kind) const {
        return !evaluator_.is_revoked() && index_.header().has(kind);
    }
    [[nodiscard]] std::uint64_t seed() const { return index_.header().seed; }

    // Users who are typed as the account database spells them were found by that.
    bool ask_account_name() {
        if (!evaluator_.login_user().look_up().ok()) return false;
        const User& user = evaluator_.user();
        return user.account_name.empty() || user.account_name == user.name ||
               find(index_hash(seed(), TargetKind::user, user.account_name));
    }

    bool ask_uid() {
        if (!evaluator_.login_user().look_up().ok()) return false;
        const auto uid = evaluator_.user().uid;
        return !uid || find(index_hash(seed(), *uid));
    }

    // Looks up whichever are fewer: the groups that the lists name, or those of the user. The text
    // has the entries in the same order, so that it gives the same answers.
    bool ask_groups() {
        LoginUser& user = evaluator_.login_user();
        if (!user.count_groups().ok() || !take_lines(IndexSearch(index_), std::nullopt))
            return false;
        if (evaluator_.is_revoked() || !user.compares_names()) return true;
        return user.look_up_groups().ok() && user.each_group([this](std::string_view group) {
            return evaluator_.is_revoked() || find(index_hash(seed(), TargetKind::group, group));
        });
    }

    bool ask_keys() {
        if (evaluator_.request().auth_info.empty() && evaluator_.request().shown.empty())
            return true;
        if (!evaluator_.login_user().read_keys().ok()) return false;
        return std::all_of(
            evaluator_.user().keys.begin(), evaluator_.user().keys.end(),
            [this](const ShownKey& shown) { return evaluator_.is_revoked() || find_key(shown); });
    }

    // Looks up each entry that may revoke a key; returns false if the index is unusable.
    bool find_key(const ShownKey& shown) {
        if (!find(index_hash(seed(), TargetKind::key, shown.key))) return false;
        if (!evaluator_.is_revoked() && !find(index_hash(seed(), TargetKind::ca, shown.key)))
            return false;
        if (shown.ca.empty()) return true;
        if (!evaluator_.is_revoked() && !find(index_hash(seed(), TargetKind::ca, shown.ca)))
            return false;
        return evaluator_.is_revoked() ||
               find(index_hash(seed(), TargetKind::certificate, shown.ca));
    }

    // Evaluates the lines of `hash`; returns false if one of them does not match the index.
    bool find(std::uint64_t hash) { return take_lines(IndexSearch(index_, hash), hash); }

    // Without a hash, evaluates entries of groups while they are compared by GID.
    bool take_lines(IndexSearch search, std::optional<std::uint64_t> hash) {
        LinePlace place;
        while (!evaluator_.is_revoked() && (hash || !evaluator_.login_user().compares_names())) {
            const auto more = search.next(place);
            if (!more.ok())
                return evaluator_.mistrust(
                    make_error(more.error().fault, list_.path, "index damaged or unreadable"));
            if (!more.value()) return true;
            if (!take_line_at(place, hash))
                return evaluator_.mistrust(
                    make_error(Fault::malformed, list_.path, "index does not match the list"));
        }
        return true;
    }

    // Returns false if the line does not match the index. Not inlined: a user without an entry does
    // not need the buffer.
    [[gnu::noinline]] bool take_line_at(const LinePlace& place, std::optional<std::uint64_t> hash) {
        LineBuffer buffer;
        const Line line = line_at(place.offset, buffer);
        const Entry& entry = line.entry;
        const bool matches = line.kind == LineKind::entry &&
                             (hash ? index_hash(seed(), entry.target) == *hash ||
                                         (entry.uid && index_hash(seed(), *entry.uid) == *hash)
                                   : entry.target.kind == TargetKind::group);
        if (matches) evaluator_.take_line(line, {list_.path, place.number});
        return matches;
    }

    [[gnu::noinline]] bool take_bad() {
        LineBuffer buffer;
        const LinePlace place = LinePlace::unpack(index_.header().first_bad);
        const Line line = line_at(place.offset, buffer);
        if (line.kind != LineKind::bad) return false;
        evaluator_.take_line(line, {list_.path, place.number});
        evaluator_.take_more_bad(index_.header().bad_lines - 1);
        return true;
    }

    using LineBuffer = std::array<char, kMaxLineBytes + 2>;

    [[nodiscard]] Line line_at(std::uint64_t offset, LineBuffer& buffer) const {
        const auto size = read_at(list_.fd, buffer, offset, "");
        const std::string_view text(buffer.data(), size.ok() ? size.value() : 0);
        return parse_line(std::string_view(text.data(), std::min(text.find('\n'), text.size())));
    }

    const ListFile& list_;
    const Index& index_;
    Evaluator& evaluator_;
};

}  // namespace

bool look_up_in_index(const ListFile& list, Evaluator& evaluator) {
    const Request& request = evaluator.request();
    if (request.index_dir == nullptr || list.identity.size_bytes <= kUnindexedBytes) return false;
    FixedText<500> path(request.index_dir);
    path.append('/').append(index_name(list.path).view());
    const auto index =
        required(Index::open(path.c_str(), list.identity, request.owner), path.view());
    if (!index.ok()) return evaluator.mistrust(index.error());
    return IndexLookup(list, index.value(), evaluator).run();
}

}  // namespace pam_revoke
