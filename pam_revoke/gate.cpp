#include "revoke/pam_revoke/gate.hpp"

#include "index_lookup.hpp"
#include "evaluator.hpp"
#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr int kMostRounds = 4;  // of reading what is changed while it is read

class Checking {
public:
    explicit Checking(Judge& judge) : judge_(judge) {}

    void scan_all(std::string_view directories) {
        (void)any_item(directories, [this](std::string_view path) {
            scan_directory(FixedText<kMaxValueBytes>(path).c_str());
            return judge_.is_revoked();
        });
    }

private:
    // A name that is replaced while the folder is read may stand in no part of it: what has changed meanwhile, or may have
    // without showing it, is read again.
    void scan_directory(const char* path) {
        const auto before_all = judge_.noted();
        for (int rounds = 0; rounds < kMostRounds && !judge_.is_revoked(); ++rounds) {
            judge_.forget_bad_lines(before_all);
            FileIdentity before;
            const auto directory = required(open_trusted_directory(path, judge_.question().owner, &before), path);
            if (!directory.ok()) return judge_.fail(directory.error());
            const bool fresh = is_fresh(before);
            scan_names(directory.value().get(), path);
            const auto after = identity_of(directory.value().get(), path);
            if (!after.ok()) return judge_.fail(after.error());
            if (!fresh && after.value() == before) return;
        }
    }

    void scan_names(int directory, const char* path) {
        DirectoryReader names(directory);
        while (!judge_.is_revoked()) {
            const auto name = names.next();
            if (!name.ok()) return judge_.fail(make_error(Fault::io, path, name.error().reason, name.error().os_error));
            if (name.value() == nullptr) return;
            const std::string_view file(name.value());
            if (!file.ends_with(".list") || file.front() == '.') continue;
            FixedText<300> full(path);
            full.append('/').append(file);
            scan_file(directory, name.value(), full.view());
        }
    }

    void scan_file(int directory, const char* name, std::string_view path) {
        ListFile list{-1, path, {}};
        const auto file = open_trusted_file(directory, name, path, kMaxListBytes, judge_.question().owner, &list.identity);
        // Taken away since the folder was read: that is no list any more, not one that cannot be read.
        if (!file.ok()) return judge_.fail(file.error());
        if (!file.value()) return;
        list.fd = file.value()->get();
        if (!by_index(list, judge_)) scan_lines(list);
    }

    // Apart, so that whom an index answers does without the buffer.
    [[gnu::noinline]] void scan_lines(const ListFile& list) {
        FileIdentity before = list.identity;
        for (int rounds = 0; rounds < kMostRounds; ++rounds) {
            const auto before_text = judge_.noted();
            scan_text(list.fd, list.path, before.size_bytes);
            const auto after = identity_of(list.fd, list.path);
            if (!after.ok()) return judge_.fail(after.error());
            if (judge_.is_revoked() || after.value() == before) return;
            // Written in place while it was read: half of it old, half of it new.
            judge_.forget_bad_lines(before_text);
            judge_.forget_error(before_text);
            before = after.value();
        }
        judge_.fail(make_error(Fault::io, list.path, "changed in place during the check"));
    }

    void scan_text(int fd, std::string_view path, std::uint64_t size_bytes) {
        LineReader lines(fd, size_bytes);
        std::string_view text;
        bool is_list = false;  // it has a header, or at least one entry that we understand
        while (lines.next(text)) {
            const Line line = parse_line(text);
            is_list = is_list || line.kind == LineKind::header || line.kind == LineKind::entry;
            judge_.take_line(line, {path, 0, fd, lines.offset()});
            if (judge_.is_revoked()) return;
        }
        if (lines.os_error() != 0) return judge_.fail(make_error(Fault::io, path, "cannot read", lines.os_error()));
        if (!is_list) return judge_.fail(make_error(Fault::malformed, path, "empty or not a revocation list"));
        if (lines.truncated()) judge_.fail(make_error(Fault::malformed, path, "truncated: no newline at the end"));
    }

    Judge& judge_;
};

// Who could not be checked, and how that is to be met.
void conclude_unavailable(Judge& judge, Answer& answer) {
    const User& user = judge.user();
    answer.unavailable = judge.unavailable();
    answer.target.append(user.name.empty() ? "uid:" : "user:").append(user.name);
    if (user.name.empty()) answer.target.append_number(judge.question().uid.value_or(0));
}

void answer_question(const Policy& policy, const Question& question, Answer& answer) {
    Judge judge(policy, question, answer);
    if (question.user.empty()) {
        const auto known = judge.subject().look_up();
        if (!known.ok()) {
            judge.fail(known.error());
            return conclude_unavailable(judge, answer);
        }
    }
    answer.exempt = judge.is_exempt();
    if (answer.exempt) {
        answer.verdict = Verdict::clear;
        return;
    }
    if (question.trouble != nullptr) judge.fail(*question.trouble);
    Checking(judge).scan_all(policy.lists.view());
    if (judge.is_revoked()) return;
    if (!answer.error) answer.verdict = Verdict::clear;
    if (answer.error) conclude_unavailable(judge, answer);
}

}  // namespace

Answer check(const Policy& policy, const Question& question) {
    Answer answer;
    answer_question(policy, question, answer);
    return answer;
}

}  // namespace pam_revoke
