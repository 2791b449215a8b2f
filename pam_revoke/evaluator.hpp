// evaluator.hpp - one question while it is being answered: what the lines that were read mean for
// it.
//
// Join: person, place and policy against entries. It does not know where lines come from; it
// gathers the Answer.
#pragma once

#include <sys/utsname.h>

#include <cstdint>
#include <string_view>

#include "revoke/list/list.hpp"
#include "revoke/pam_revoke/gate.hpp"
#include "revoke/pam_revoke/login_user.hpp"

namespace pam_revoke {

// Which line it is, for whoever is told: its number where it is known, else that of the line at
// `offset`.
struct LineOf {
    std::string_view path;
    std::uint64_t number = 0;
    int fd = -1;
    std::uint64_t offset = 0;
};

class Evaluator {
public:
    // Answers `question` into `answer`. All three must outlive this.
    // Errors: none.
    Evaluator(const Policy& policy, const Request& request, Decision& decision);

    [[nodiscard]] const Request& request() const { return request_; }
    [[nodiscard]] const User& user() const { return login_user_.user(); }
    [[nodiscard]] bool is_revoked() const { return decision_.verdict == Verdict::revoked; }
    // True when the policy exempts the user; asked before any file is opened, so that no error of a
    // file affects an exempt user.
    // Errors: none returned; that of looking up the groups goes to fail(); the user is not exempt.
    [[nodiscard]] bool is_exempt();
    // The person, of whom the account database may be asked; what it could not tell is not an error
    // yet.
    [[nodiscard]] LoginUser& login_user() { return login_user_; }

    // Take what was read: any line, and the dates of a list.
    // Units:  issued_sec, expires_sec: seconds since 1970; path: of the list, for messages.
    // Errors: none returned; fail() gets malformed (the list is of another version, or a date in it
    //         is invalid), stale (it has expired, is too old, or was issued in the future), and
    //         those of a look-up. Bad lines are counted.
    void take_line(const Line& line, const LineOf& of);
    void take_issued(std::int64_t issued_sec, std::string_view path);
    void take_expires(std::int64_t expires_sec, std::string_view path);
    // What an unavailable check means for this user. Looks up the groups when the policy has group
    // rules.
    // Errors: none returned; those of the look-up go to fail(), and every group rule then applies.
    [[nodiscard]] Unavailable unavailable();
    // Bad lines of which only the number is known.
    void take_more_bad(std::uint64_t count) { decision_.bad_lines += count; }

    // Keeps the first error that rules out the verdict "clear", and the greatest blame.
    // Errors: none.
    void fail(const Error& error, FailureCause cause = FailureCause::lists);
    // Keeps the first error that makes a list be read line by line; always false.
    // Errors: none.
    bool mistrust(const Error& error) {
        if (!decision_.index_error) decision_.index_error = error;
        return false;
    }

    // How much there was to say before something was read that may have to be read again.
    struct Noted {
        bool error = false;
        std::uint64_t bad_lines = 0;
    };
    [[nodiscard]] Noted noted() const { return {decision_.error.has_value(), decision_.bad_lines}; }
    // Go back to `before`.
    // Errors: none.
    void forget_bad_lines(const Noted& before);
    void forget_error(const Noted& before) {
        if (!before.error) decision_.error.reset();
    }

private:
    void take_entry(const Entry& entry, const LineOf& of);
    [[nodiscard]] std::int64_t max_age_sec();
    template <typename See>
    [[nodiscard]] bool each_rule(See see);
    [[nodiscard]] Match match_or_look_up(const Entry& entry);
    [[nodiscard]] bool asked(const Result<void>& asked, FailureCause cause = FailureCause::lists);

    const Policy& policy_;
    const Request& request_;
    LoginUser login_user_;
    LoginContext context_;
    utsname system_;
    Decision& decision_;
};

}  // namespace pam_revoke
