#include "revoke/pam_revoke/gate.hpp"

#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>

#include "evaluator.hpp"
#include "index_lookup.hpp"
#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr int kMaxRounds = 4;  // for files that change while they are read

class ListScan {
public:
    explicit ListScan(Evaluator& evaluator) : evaluator_(evaluator) {}

    void scan_all(std::string_view directories) {
        (void)any_item(directories, [this](std::string_view path) {
            scan_directory(FixedText<kMaxValueBytes>(path).c_str());
            return evaluator_.is_revoked();
        });
    }

private:
    // A scan may miss a file that is replaced meanwhile. If the directory has changed, or may have
    // changed unnoticed, it is read again.
    void scan_directory(const char* path) {
        const auto before_all = evaluator_.noted();
        for (int rounds = 0; rounds < kMaxRounds && !evaluator_.is_revoked(); ++rounds) {
            evaluator_.forget_counts(before_all);
            FileIdentity before;
            const auto directory =
                required(open_trusted_directory(path, evaluator_.request().owner, &before), path);
            if (!directory.ok()) return evaluator_.fail(directory.error());
            const bool fresh = is_fresh(before);
            scan_names(directory.value().get(), path);
            const auto after = identity_of(directory.value().get(), path);
            if (!after.ok()) return evaluator_.fail(after.error());
            if (!fresh && after.value() == before) return;
        }
    }

    void scan_names(int directory, const char* path) {
        DirectoryReader names(directory);
        while (!evaluator_.is_revoked()) {
            const auto name = names.next();
            if (!name.ok())
                return evaluator_.fail(
                    make_error(Fault::io, path, name.error().reason, name.error().os_error));
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
        const auto file = open_trusted_file(directory, name, path, kMaxListBytes,
                                            evaluator_.request().owner, &list.identity);
        // A file removed since the directory was read is not an error.
        if (!file.ok()) return evaluator_.fail(file.error());
        if (!file.value()) return;
        list.fd = file.value()->get();
        if (!look_up_in_index(list, evaluator_)) scan_lines(list);
    }

    // Not inlined: a check that the index answers does not need the buffer.
    [[gnu::noinline]] void scan_lines(const ListFile& list) {
        FileIdentity before = list.identity;
        for (int rounds = 0; rounds < kMaxRounds; ++rounds) {
            const auto before_text = evaluator_.noted();
            scan_text(list.fd, list.path, before.size_bytes);
            const auto after = identity_of(list.fd, list.path);
            if (!after.ok()) return evaluator_.fail(after.error());
            if (evaluator_.is_revoked() || after.value() == before) return;
            // Written in place while it was read: half old, half new.
            evaluator_.forget_counts(before_text);
            evaluator_.forget_error(before_text);
            before = after.value();
        }
        evaluator_.fail(make_error(Fault::io, list.path, "changed in place during the check"));
    }

    void scan_text(int fd, std::string_view path, std::uint64_t size_bytes) {
        LineReader lines(fd, size_bytes);
        std::string_view text;
        bool is_list = false;  // has a header, or at least one valid entry
        while (lines.next(text)) {
            const Line line = parse_line(text);
            is_list = is_list || line.kind == LineKind::header || line.kind == LineKind::entry;
            evaluator_.take_line(line, {path, 0, fd, lines.offset()});
            if (evaluator_.is_revoked()) return;
        }
        if (lines.os_error() != 0)
            return evaluator_.fail(make_error(Fault::io, path, "cannot read", lines.os_error()));
        if (!is_list)
            return evaluator_.fail(
                make_error(Fault::malformed, path, "empty or not a revocation list"));
        if (lines.truncated())
            evaluator_.fail(make_error(Fault::malformed, path, "truncated: no newline at the end"));
    }

    Evaluator& evaluator_;
};

constexpr uid_t kFirstUserUid = 1000;  // daemons have lower ones, and serve others

// True for a program of the user, such as a screen locker. It gains nothing: it runs as the user.
bool asks_about_itself(Evaluator& evaluator, const Decision& decision) {
    uid_t real = 0;
    uid_t effective = 0;
    uid_t saved = 0;
    const bool is_plain = getresuid(&real, &effective, &saved) == 0 && real == effective &&
                          real == saved && real >= kFirstUserUid && getauxval(AT_SECURE) == 0;
    return is_plain && decision.cause == FailureCause::lists &&
           decision.error->os_error == EACCES && evaluator.request().auth_info.empty() &&
           evaluator.login_user().look_up().ok() && evaluator.user().uid == real;
}

// Sets the user that could not be checked, and what that means.
void conclude_unavailable(Evaluator& evaluator, Decision& decision) {
    const User& user = evaluator.user();
    decision.unavailable = evaluator.unavailable();
    decision.is_own = asks_about_itself(evaluator, decision);
    decision.target.append(user.name.empty() ? "uid:" : "user:").append(user.name);
    if (user.name.empty()) decision.target.append_number(evaluator.request().uid.value_or(0));
}

void answer_question(const Policy& policy, const Request& request, Decision& decision) {
    Evaluator evaluator(policy, request, decision);
    if (request.user.empty()) {
        const auto known = evaluator.login_user().look_up();
        if (!known.ok()) {
            evaluator.fail(known.error());
            return conclude_unavailable(evaluator, decision);
        }
    }
    decision.exempt = evaluator.is_exempt();
    if (decision.exempt) {
        decision.verdict = Verdict::clear;
        return;
    }
    if (request.error != nullptr) evaluator.fail(*request.error);
    ListScan(evaluator).scan_all(policy.lists.view());
    if (evaluator.is_revoked()) return;
    if (!decision.error) decision.verdict = Verdict::clear;
    if (decision.error) conclude_unavailable(evaluator, decision);
}

}  // namespace

Decision decide(const Policy& policy, const Request& request) {
    Decision decision;
    answer_question(policy, request, decision);
    return decision;
}

}  // namespace pam_revoke
