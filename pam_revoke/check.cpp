#include "revoke/check.hpp"

#include <sys/utsname.h>

#include "revoke/file.hpp"
#include "revoke/identity.hpp"

namespace pam_revoke {
namespace {

// One question while it is being answered.
class Asking {
public:
    Asking(const Policy& policy, const Question& question) : policy_(policy), question_(question) {
        person_.name = question.user;
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
        if (answer_.verdict != Verdict::revoked) answer_.verdict = answer_.error ? Verdict::unavailable : Verdict::clear;
        return answer_;
    }

private:
    void fail(const Error& error) {
        if (!answer_.error) answer_.error = error;
    }

    bool look_up() {
        if (person_.looked_up) return true;
        const FixedText<kMaxNameBytes> name(question_.user);
        if (name.was_cut()) {  // no account has such a name, and half of it is somebody else's
            person_.looked_up = true;
            return true;
        }
        auto found = question_.user.empty() ? find_uid(question_.uid.value_or(0)) : find_name(name.c_str());
        if (!found.ok()) {
            fail(found.error());
            return false;
        }
        identity_ = found.value();
        person_.looked_up = true;
        if (identity_.known) person_.uid = identity_.uid;
        if (question_.user.empty()) {
            person_.uid = question_.uid;
            person_.name = identity_.name.view();
        }
        return true;
    }

    bool look_up_groups() {
        if (person_.groups_looked_up) return true;
        if (!look_up()) return false;
        if (identity_.known) {
            auto groups = groups_of(identity_);
            if (!groups.ok()) {
                fail(groups.error());
                return false;
            }
            groups_ = std::move(groups.value());
        }
        person_.groups = groups_.view();
        person_.groups_looked_up = true;
        return true;
    }

    // The policy is asked before any file, so that no trouble with a file can reach an exempt person.
    bool is_exempt() {
        if (!person_.name.empty() && contains_item(policy_.exempt_users.view(), person_.name)) return true;
        if (policy_.exempt_groups.empty() || !look_up_groups()) return false;
        for (std::string_view rest = person_.groups; !rest.empty();) {
            const std::size_t size = rest.find('\0');
            if (contains_item(policy_.exempt_groups.view(), std::string_view(rest.data(), size))) return true;
            rest.remove_prefix(size + 1);
        }
        return false;
    }

    void scan_all() {
        for (std::string_view rest = policy_.lists.view(); !rest.empty() && answer_.verdict != Verdict::revoked;) {
            const std::size_t comma = rest.find(',');
            const std::size_t size = comma == std::string_view::npos ? rest.size() : comma;
            std::string_view path(rest.data(), size);
            rest.remove_prefix(comma == std::string_view::npos ? size : size + 1);
            while (path.starts_with(' ')) path.remove_prefix(1);
            while (path.ends_with(' ')) path.remove_suffix(1);
            if (!path.empty()) scan_directory(FixedText<kMaxValueBytes>(path).c_str());
        }
    }

    void scan_directory(const char* path) {
        const auto directory = open_trusted_directory(path, question_.owner);
        if (!directory.ok()) return fail(directory.error());
        DirectoryReader names(directory.value().get());
        while (answer_.verdict != Verdict::revoked) {
            const auto name = names.next();
            if (!name.ok()) return fail(make_error(Fault::io, path, name.error().reason, name.error().os_error));
            if (name.value() == nullptr) return;
            const std::string_view file(name.value());
            if (!file.ends_with(".list") || file.front() == '.') continue;
            FixedText<300> full(path);
            full.append('/').append(file);
            scan_file(directory.value().get(), name.value(), full.view());
        }
    }

    void scan_file(int directory, const char* name, std::string_view path) {
        const auto file = open_trusted_file(directory, name, path, kMaxListBytes, question_.owner);
        if (!file.ok()) {
            // Taken away since the folder was read: that is no list any more, not one that can not be read.
            if (file.error().fault != Fault::missing) fail(file.error());
            return;
        }
        LineReader lines(file.value().get());
        std::string_view text;
        bool is_list = false;  // it has a header, or at least one entry that we understand
        for (std::uint64_t number = 1;; ++number) {
            const auto more = lines.next(text);
            if (!more.ok()) return fail(make_error(Fault::io, path, more.error().reason, more.error().os_error));
            if (!more.value()) break;
            const Line line = parse_line(text);
            is_list = is_list || line.kind == LineKind::header || line.kind == LineKind::entry;
            take_line(line, path, number);
            if (answer_.verdict == Verdict::revoked) return;
        }
        if (!is_list) return fail(make_error(Fault::malformed, path, "is empty or not a revocation list"));
        if (lines.cut()) fail(make_error(Fault::malformed, path, "has no newline at its end and may have been cut"));
    }

    void take_line(const Line& line, std::string_view path, std::uint64_t number) {
        if (line.kind == LineKind::entry) return take_entry(line.entry, path, number);
        if (line.kind == LineKind::expires && line.number <= question_.now_sec) return fail(make_error(Fault::stale, path, "has expired"));
        if (line.kind == LineKind::foreign) return fail(make_error(Fault::malformed, path, line.reason));
        if (line.kind != LineKind::bad || answer_.bad_lines++ > 0) return;
        answer_.bad_line = make_error(Fault::malformed, path, line.reason);
        answer_.bad_line->object.append(':').append_number(static_cast<std::int64_t>(number));
    }

    void take_entry(const Entry& entry, std::string_view path, std::uint64_t number) {
        Match matched = match(entry, person_, place_);
        if (matched == Match::needs_uid) matched = look_up() ? match(entry, person_, place_) : Match::no;
        if (matched == Match::needs_groups) matched = look_up_groups() ? match(entry, person_, place_) : Match::no;
        if (matched != Match::yes && matched != Match::by_uid) return;
        answer_.verdict = Verdict::revoked;
        answer_.by_uid = matched == Match::by_uid && entry.target.kind == TargetKind::user;
        answer_.target.append(kind_word(entry.target.kind)).append(':').append(entry.target.name);
        if (entry.target.kind == TargetKind::uid) answer_.target.append_number(entry.target.uid);
        answer_.list.append(path);
        answer_.line = number;
        append_plain(entry.ref, answer_.ref);
        append_plain(entry.reason, answer_.reason);
    }

    const Policy& policy_;
    const Question& question_;
    Person person_;
    Place place_;
    Identity identity_;
    Names groups_;
    utsname system_{};
    Answer answer_;
};

}  // namespace

Answer check(const Policy& policy, const Question& question) { return Asking(policy, question).run(); }

}  // namespace pam_revoke
