// evaluator.hpp - applies the lines that were read to one request, and collects the Decision.
#pragma once

#include <sys/utsname.h>

#include <cstdint>
#include <string_view>

#include "revoke/list/list.hpp"
#include "revoke/pam_revoke/gate.hpp"
#include "revoke/pam_revoke/login_user.hpp"

namespace pam_revoke {

// Position of a line, for messages: its number if known, else its offset in `fd`.
struct LineOf {
    std::string_view path;
    std::uint64_t number = 0;
    int fd = -1;
    std::uint64_t offset = 0;
};

class Evaluator {
public:
    // Evaluates `request` into `decision`. All three must outlive this object.
    // Errors: none.
    Evaluator(const Policy& policy, const Request& request, Decision& decision);

    [[nodiscard]] const Request& request() const { return request_; }
    [[nodiscard]] const User& user() const { return login_user_.user(); }
    [[nodiscard]] bool is_revoked() const { return decision_.verdict == Verdict::revoked; }
    // True if the policy exempts the user; called before any file is opened, so that no error of a
    // file affects an exempt user.
    // Errors: none returned; a failed group lookup goes to fail(), and the user is not exempt.
    [[nodiscard]] bool is_exempt();
    // The user, for lookups in the account database; a failed lookup is not an error yet.
    [[nodiscard]] LoginUser& login_user() { return login_user_; }

    // Evaluate what was read: any line, and the dates of a list.
    // Units:  issued_sec, expires_sec: seconds since 1970; path: of the list, for messages.
    // Errors: none returned; fail() gets malformed (unsupported version or invalid date), stale
    //         (expired, too old, or issued in the future), and failed lookups. Invalid lines are
    //         counted.
    void take_line(const Line& line, const LineOf& of);
    void take_issued(std::int64_t issued_sec, std::string_view path);
    void take_expires(std::int64_t expires_sec, std::string_view path);
    // Returns what an unavailable check means for this user; looks up the groups if the policy has
    // group rules.
    // Errors: none returned; a failed lookup goes to fail(), and every group rule then applies.
    [[nodiscard]] Unavailable unavailable();
    // Counts invalid lines that were not read.
    void take_more_bad(std::uint64_t count) { decision_.bad_lines += count; }

    // Keeps the first error that rules out the verdict "clear", and the greatest cause.
    // Errors: none.
    void fail(const Error& error, FailureCause cause = FailureCause::lists);
    // Keeps the first error that makes a list be read line by line; always returns false.
    // Errors: none.
    bool mistrust(const Error& error) {
        if (!decision_.index_error) decision_.index_error = error;
        return false;
    }

    // What was found before a text that may have to be read again.
    struct Noted {
        bool error = false;
        std::uint64_t bad_lines = 0;
        std::size_t listed = 0;
    };
    [[nodiscard]] Noted noted() const {
        return {decision_.error.has_value(), decision_.bad_lines, login_user_.listed()};
    }
    // Go back to `before`: what was counted, and the error.
    // Errors: none.
    void forget_counts(const Noted& before);
    void forget_error(const Noted& before) {
        if (!before.error) decision_.error.reset();
    }

private:
    void take_entry(const Entry& entry, const LineOf& of);
    [[nodiscard]] std::int64_t max_age_sec();
    template <typename See>
    [[nodiscard]] bool each_rule(See see);
    [[nodiscard]] std::optional<bool> known(const Result<bool>& is_in);
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
