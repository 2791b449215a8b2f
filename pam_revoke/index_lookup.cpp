#include "index_lookup.hpp"

#include <algorithm>
#include <array>

#include "revoke/list/index.hpp"

namespace pam_revoke {
namespace {

class Asking {
public:
    Asking(const ListFile& list, const Index& index, Judge& judge) : list_(list), index_(index), judge_(judge) {}

    bool run() {
        const IndexHeader& header = index_.header();
        const std::string_view name = judge_.user().name;
        if (!name.empty() && !find(index_hash(header.seed, TargetKind::user, name))) return false;
        // Whom the database cannot tell of is judged by the text, where only entries that are in force ask for it.
        if (wants(TargetKind::uid) && !ask_uid()) return false;
        if (wants(TargetKind::group) && !ask_groups()) return false;
        if (!judge_.is_revoked() && header.has_keys() && !ask_keys()) return false;
        if (judge_.is_revoked()) return true;
        if (header.bad_lines > 0 && !take_bad()) return false;
        if (header.issued_sec != kNoDate) {
            judge_.take_issued(header.issued_sec, list_.path);
            judge_.take_issued(header.issued_last_sec, list_.path);
        }
        if (header.expires_sec != kNoDate) judge_.take_expires(header.expires_sec, list_.path);
        return true;
    }

private:
    [[nodiscard]] bool wants(TargetKind kind) const { return !judge_.is_revoked() && index_.header().has(kind); }
    [[nodiscard]] std::uint64_t seed() const { return index_.header().seed; }

    bool ask_uid() {
        if (!judge_.subject().look_up().ok()) return false;
        const auto uid = judge_.user().uid;
        return !uid || find(index_hash(seed(), *uid));
    }

    bool ask_groups() {
        return judge_.subject().look_up_groups().ok() && judge_.subject().each_group([this](std::string_view group) {
            return judge_.is_revoked() || find(index_hash(seed(), TargetKind::group, group));
        });
    }

    bool ask_keys() {
        if (judge_.question().auth_info.empty() && judge_.question().shown.empty()) return true;
        if (!judge_.subject().read_keys().ok()) return false;
        return std::all_of(judge_.user().keys.begin(), judge_.user().keys.end(),
                           [this](const ShownKey& shown) { return judge_.is_revoked() || find_key(shown); });
    }

    // Asks for each entry that may deny a key. False when the index cannot answer.
    bool find_key(const ShownKey& shown) {
        if (!find(index_hash(seed(), TargetKind::key, shown.key))) return false;
        if (!judge_.is_revoked() && !find(index_hash(seed(), TargetKind::ca, shown.key))) return false;
        if (shown.ca.empty()) return true;
        if (!judge_.is_revoked() && !find(index_hash(seed(), TargetKind::ca, shown.ca))) return false;
        return judge_.is_revoked() || find(index_hash(seed(), TargetKind::certificate, shown.ca));
    }

    // Judges the lines that the index has for `hash`. False when one of them is not what the index says.
    bool find(std::uint64_t hash) {
        IndexSearch search(index_, hash);
        LinePlace place;
        while (!judge_.is_revoked()) {
            const auto more = search.next(place);
            if (!more.ok())
                return judge_.mistrust(make_error(more.error().fault, list_.path, "index damaged or unreadable"));
            if (!more.value()) return true;
            if (!take_line_at(place, hash))
                return judge_.mistrust(make_error(Fault::malformed, list_.path, "index does not match the list"));
        }
        return true;
    }

    // False when it is not what the index says. Apart, so that who is not listed does without the buffer.
    [[gnu::noinline]] bool take_line_at(const LinePlace& place, std::uint64_t hash) {
        LineBuffer buffer;
        const Line line = line_at(place.offset, buffer);
        const bool matches = line.kind == LineKind::entry && (index_hash(seed(), line.entry.target) == hash ||
                                                           (line.entry.uid && index_hash(seed(), *line.entry.uid) == hash));
        if (matches) judge_.take_line(line, {list_.path, place.number});
        return matches;
    }

    [[gnu::noinline]] bool take_bad() {
        LineBuffer buffer;
        const LinePlace place = LinePlace::unpack(index_.header().first_bad);
        const Line line = line_at(place.offset, buffer);
        if (line.kind != LineKind::bad) return false;
        judge_.take_line(line, {list_.path, place.number});
        judge_.take_more_bad(index_.header().bad_lines - 1);
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
    Judge& judge_;
};

}  // namespace

bool by_index(const ListFile& list, Judge& judge) {
    const Question& question = judge.question();
    if (question.index_dir == nullptr || list.identity.size_bytes <= kUnindexedBytes) return false;
    FixedText<500> path(question.index_dir);
    path.append('/').append(index_name(list.path).view());
    const auto index = required(Index::open(path.c_str(), list.identity, question.owner), path.view());
    if (!index.ok()) return judge.mistrust(index.error());
    return Asking(list, index.value(), judge).run();
}

}  // namespace pam_revoke
