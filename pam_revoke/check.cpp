#include "revoke/check.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <array>

#include "revoke/file.hpp"
#include "revoke/index.hpp"
#include "revoke/subject.hpp"

namespace pam_revoke {
namespace {

constexpr int kMostRounds = 4;  // of reading what is changed while it is read
// In a larger list that has no index, lines about others are passed over without a close look, and what is not understood in them is
// not logged: whoever waits for a login should not wait for that.
constexpr std::uint64_t kParsedBytes = 16384;

// One question while it is being answered.
class Asking {
public:
    Asking(const Policy& policy, const Question& question)
        : policy_(policy), question_(question), subject_(question.user, question.uid, question.auth_info) {
        if (!question.shown.empty()) subject_.show(question.shown);
        place_ = {question.service, policy.host.view(), question.now_sec};
        if (place_.host.empty() && uname(&system_) == 0) place_.host = static_cast<const char*>(system_.nodename);
    }

    Answer run() {
        if (question_.user.empty() && !look_up()) return answer_;
        if (is_exempt()) {
            answer_.exempt = true;
            answer_.verdict = Verdict::clear;
            return answer_;
        }
        scan_all();
        if (!is_revoked()) answer_.verdict = answer_.error ? Verdict::unavailable : Verdict::clear;
        return answer_;
    }

private:
    void fail(const Error& error) {
        if (!answer_.error) answer_.error = error;
    }

    bool look_up() { return noted(subject_.look_up()); }
    bool look_up_groups() { return noted(subject_.look_up_groups()); }
    bool read_keys() { return noted(subject_.read_keys()); }
    bool noted(const Result<Done>& asked) {
        if (!asked.ok()) fail(asked.error());
        return asked.ok();
    }
    [[nodiscard]] const Person& person() const { return subject_.person(); }
    [[nodiscard]] bool is_revoked() const { return answer_.verdict == Verdict::revoked; }

    // The policy is asked before any file, so that no trouble with a file can reach an exempt person.
    bool is_exempt() {
        if (!person().name.empty() && contains_item(policy_.exempt_users.view(), person().name)) return true;
        if (policy_.exempt_groups.empty() || !look_up_groups()) return false;
        return !subject_.each_group([this](std::string_view group) { return !contains_item(policy_.exempt_groups.view(), group); });
    }

    void scan_all() {
        for (std::string_view rest = policy_.lists.view(); !rest.empty() && !is_revoked();) {
            const std::size_t comma = rest.find(',');
            const std::size_t size = comma == std::string_view::npos ? rest.size() : comma;
            std::string_view path(rest.data(), size);
            rest.remove_prefix(comma == std::string_view::npos ? size : size + 1);
            while (path.starts_with(' ')) path.remove_prefix(1);
            while (path.ends_with(' ')) path.remove_suffix(1);
            if (!path.empty()) scan_directory(FixedText<kMaxValueBytes>(path).c_str());
        }
    }

    // How much there was to say before something was read that may have to be read again.
    struct Noted {
        bool error = false;
        std::uint64_t bad_lines = 0;
    };
    [[nodiscard]] Noted noted_so_far() const { return {answer_.error.has_value(), answer_.bad_lines}; }
    void forget_bad_lines(const Noted& before) {
        answer_.bad_lines = before.bad_lines;
        if (before.bad_lines == 0) answer_.bad_line.reset();
    }

    // A name that is replaced while the folder is read may stand in no part of it: what has changed meanwhile, or may have
    // without showing it, is read again.
    void scan_directory(const char* path) {
        const Noted before_all = noted_so_far();
        for (int rounds = 0; rounds < kMostRounds && !is_revoked(); ++rounds) {
            forget_bad_lines(before_all);
            FileIdentity before;
            const auto directory = open_trusted_directory(path, question_.owner, &before);
            if (!directory.ok()) return fail(directory.error());
            const bool fresh = is_fresh(before);
            scan_names(directory.value().get(), path);
            const auto after = identity_of(directory.value().get(), path);
            if (!after.ok()) return fail(after.error());
            if (!fresh && after.value() == before) return;
        }
    }

    void scan_names(int directory, const char* path) {
        DirectoryReader names(directory);
        while (!is_revoked()) {
            const auto name = names.next();
            if (!name.ok()) return fail(make_error(Fault::io, path, name.error().reason, name.error().os_error));
            if (name.value() == nullptr) return;
            const std::string_view file(name.value());
            if (!file.ends_with(".list") || file.front() == '.') continue;
            FixedText<300> full(path);
            full.append('/').append(file);
            scan_file(directory, name.value(), full.view());
        }
    }

    void scan_file(int directory, const char* name, std::string_view path) {
        FileIdentity before;
        const auto file = open_trusted_file(directory, name, path, kMaxListBytes, question_.owner, &before);
        // Taken away since the folder was read: that is no list any more, not one that can not be read.
        if (!file.ok() && file.error().fault == Fault::missing) return;
        if (!file.ok()) return fail(file.error());
        const int fd = file.value().get();
        if (ask_index(fd, path, before)) return;
        for (int rounds = 0; rounds < kMostRounds; ++rounds) {
            const Noted before_text = noted_so_far();
            scan_text(fd, path, before.size_bytes);
            const auto after = identity_of(fd, path);
            if (!after.ok()) return fail(after.error());
            if (is_revoked() || after.value() == before) return;
            // Written in place while it was read: half of it old, half of it new.
            forget_bad_lines(before_text);
            if (!before_text.error) answer_.error.reset();
            before = after.value();
        }
        fail(make_error(Fault::io, path, "is written in place again and again"));
    }

    void scan_text(int fd, std::string_view path, std::uint64_t size_bytes) {
        LineReader lines(fd, size_bytes);
        std::string_view text;
        bool is_list = false;  // it has a header, or at least one entry that we understand
        const bool is_large = size_bytes > kParsedBytes;
        for (;;) {
            if (is_list && is_large) pass_over_others(lines);
            if (!lines.next(text)) break;
            if (is_list && is_large && is_about_another(text, person())) continue;
            const Line line = parse_line(text);
            is_list = is_list || line.kind == LineKind::header || line.kind == LineKind::entry;
            take_line(line, path, [&] { return line_number(fd, lines.offset()); });
            if (is_revoked()) return;
        }
        if (lines.os_error() != 0) return fail(make_error(Fault::io, path, "can not be read", lines.os_error()));
        if (!is_list) return fail(make_error(Fault::malformed, path, "is empty or not a revocation list"));
        if (lines.cut()) fail(make_error(Fault::malformed, path, "has no newline at its end and may have been cut"));
    }

    // The number of the line that begins at `offset`: counted when it is wanted, so that reading goes without.
    static std::uint64_t line_number(int fd, std::uint64_t offset) {
        LineReader lines(fd, offset);
        std::string_view text;
        std::uint64_t number = 1;
        while (lines.next(text)) ++number;
        return number;
    }

    // Passes over blocks that are about others. The database is asked only when numbers stand there.
    void pass_over_others(LineReader& lines) {
        for (std::string_view block = lines.block(); !block.empty(); block = lines.block()) {
            const bool is_passed =
                are_about_others(block, person()) || (!person().looked_up && subject_.look_up().ok() && are_about_others(block, person()));
            if (!is_passed) return;
            lines.pass(block);
        }
    }

    // False when the index can not answer: its text must be read.
    bool ask_index(int fd, std::string_view path, const FileIdentity& identity) {
        if (question_.index_dir == nullptr || identity.size_bytes <= kUnindexedBytes) return false;
        FixedText<500> index_path(question_.index_dir);
        index_path.append('/').append(index_name(path).view());
        const auto index = Index::open(index_path.c_str(), identity, question_.owner);
        if (!index.ok()) return mistrust(index.error());
        const IndexHeader& header = index.value().header();
        const auto find = [&](std::uint64_t hash) { return take_found(index.value(), hash, fd, path); };
        if (!person().name.empty() && !find(index_hash(header.seed, TargetKind::user, person().name))) return false;
        // Whom the database can not tell of is judged by the text, where only entries that are in force ask for it.
        if (!is_revoked() && header.has(TargetKind::uid)) {
            if (!subject_.look_up().ok()) return false;
            if (person().uid && !find(index_hash(header.seed, *person().uid))) return false;
        }
        if (!is_revoked() && header.has(TargetKind::group)) {
            if (!subject_.look_up_groups().ok()) return false;
            const bool whole = subject_.each_group(
                [&](std::string_view group) { return is_revoked() || find(index_hash(header.seed, TargetKind::group, group)); });
            if (!whole) return false;
        }
        if (!is_revoked() && header.has_keys() && !(question_.auth_info.empty() && question_.shown.empty())) {
            if (!subject_.read_keys().ok()) return false;
            for (const ShownKey& shown : person().keys)
                if (!find_key(header.seed, shown, find)) return false;
        }
        if (is_revoked()) return true;
        if (header.bad_lines > 0) take_bad(header, fd, path);
        if (header.expires_sec <= question_.now_sec) fail(make_error(Fault::stale, path, "has expired"));
        return true;
    }

    // Asks for each entry that may deny a key. False when the index can not answer.
    template <typename Find>
    bool find_key(std::uint64_t seed, const ShownKey& shown, Find find) {
        if (!find(index_hash(seed, TargetKind::key, shown.key))) return false;
        if (!is_revoked() && !find(index_hash(seed, TargetKind::ca, shown.key))) return false;
        if (shown.ca.empty()) return true;
        if (!is_revoked() && !find(index_hash(seed, TargetKind::ca, shown.ca))) return false;
        return is_revoked() || find(index_hash(seed, TargetKind::certificate, shown.ca));
    }

    bool mistrust(const Error& error) {
        if (!answer_.index_error) answer_.index_error = error;
        return false;
    }

    // Judges the lines that the index has for `hash`. False when one of them is not what the index says.
    bool take_found(const Index& index, std::uint64_t hash, int fd, std::string_view path) {
        IndexSearch search(index, hash);
        LinePlace place;
        while (!is_revoked()) {
            const auto more = search.next(place);
            if (!more.ok()) return mistrust(make_error(more.error().fault, path, "has an index that is damaged or can not be read"));
            if (!more.value()) return true;
            LineBuffer buffer;
            const Line line = line_at(fd, place.offset, buffer);
            const std::uint64_t seed = index.header().seed;
            const bool fits = line.kind == LineKind::entry && (index_hash(seed, line.entry.target) == hash ||
                                                               (line.entry.uid && index_hash(seed, *line.entry.uid) == hash));
            if (!fits) return mistrust(make_error(Fault::malformed, path, "has an index that does not fit it"));
            take_entry(line.entry, path, [&] { return place.number; });
        }
        return true;
    }

    using LineBuffer = std::array<char, kMaxLineBytes + 2>;

    static Line line_at(int fd, std::uint64_t offset, LineBuffer& buffer) {
        const auto size = read_at(fd, buffer, offset, "");
        const std::string_view text(buffer.data(), size.ok() ? size.value() : 0);
        return parse_line(std::string_view(text.data(), std::min(text.find('\n'), text.size())));
    }

    void take_bad(const IndexHeader& header, int fd, std::string_view path) {
        LineBuffer buffer;
        const LinePlace place = LinePlace::unpack(header.first_bad);
        const Line line = line_at(fd, place.offset, buffer);
        if (line.kind == LineKind::bad) take_line(line, path, [&] { return place.number; });
        answer_.bad_lines += header.bad_lines - 1;
    }

    // number() says which line it is; asked only of one that is named.
    template <typename Number>
    void take_line(const Line& line, std::string_view path, Number number) {
        if (line.kind == LineKind::entry) return take_entry(line.entry, path, number);
        if (line.kind == LineKind::expires && line.number <= question_.now_sec) return fail(make_error(Fault::stale, path, "has expired"));
        if (line.kind == LineKind::foreign) return fail(make_error(Fault::malformed, path, line.reason));
        if (line.kind != LineKind::bad || answer_.bad_lines++ > 0) return;
        answer_.bad_line = make_error(Fault::malformed, path, line.reason);
        answer_.bad_line->object.append(':').append_number(static_cast<std::int64_t>(number()));
    }

    template <typename Number>
    void take_entry(const Entry& entry, std::string_view path, Number number) {
        Match matched = match(entry, person(), place_);
        if (matched == Match::needs_uid) matched = look_up() ? match(entry, person(), place_) : Match::no;
        if (matched == Match::needs_groups) matched = look_up_groups() ? match(entry, person(), place_) : Match::no;
        if (matched == Match::needs_keys) matched = read_keys() ? match(entry, person(), place_) : Match::no;
        if (matched != Match::yes && matched != Match::by_uid) return;
        answer_.verdict = Verdict::revoked;
        answer_.by_uid = matched == Match::by_uid && entry.target.kind == TargetKind::user;
        answer_.target.append(kind_word(entry.target.kind)).append(':').append(entry.target.name);
        if (entry.target.kind == TargetKind::uid) answer_.target.append_number(entry.target.uid);
        answer_.list.append(path);
        answer_.line = number();
        append_plain(entry.ref, answer_.ref);
        append_plain(entry.reason, answer_.reason);
    }

    const Policy& policy_;
    const Question& question_;
    Subject subject_;
    Place place_;
    utsname system_{};
    Answer answer_;
};

}  // namespace

Answer check(const Policy& policy, const Question& question) { return Asking(policy, question).run(); }

}  // namespace pam_revoke
