// systemd_login.cpp - the logout.d script for systemd-logind: query, logout, list.
//
// Callers read the exit code and standard output, discard standard error, and group hosts by
// identical output. So success prints nothing, and errors go to standard output (and to the log).
// Source: systemd-login(8).

#include <syslog.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <map>

#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/conf/settings.hpp"
#include "revoke/kernel/child.hpp"
#include "revoke/logind/account_queries.hpp"
#include "revoke/logind/audit.hpp"
#include "revoke/logind/ending.hpp"
#include "revoke/logind/logout_arguments.hpp"
#include "revoke/logind/report.hpp"

namespace pam_revoke {
namespace {

constexpr int kNotLoggedIn = 0;
constexpr int kLoggedIn = 1;
constexpr int kDone = 0;
constexpr int kSurvived = 1;
constexpr int kUsage = 2;
constexpr int kCanNotTell = 3;

constexpr const char* kUsageText =
    "usage: systemd-login [-h] [-v] {query,logout,list} [-u UID -c CN]\n";
constexpr const char* kHelp =
    R"(usage: systemd-login [-h] [-v] {query,logout,list} ...

logout.d script: the sessions of a user on this host, from systemd-logind.

  query  -u UID -c CN   is the user logged in? exit status 1 yes, 0 no,
                        3 unknown
  logout -u UID -c CN   end everything of the user; exit status 0 if nothing is
                        left, 1 if something survived, 3 if unknown
  list                  every user that is logged in, one JSON object per line

  -u, --uid UID         login name, or a UID that is not a login name
  -c, --cn CN           common name; required by the contract, not used
  -v, --verbose         before the command; accepted and ignored
  -h, --help            print this help

See systemd-login(8).
)";

void put(const std::string& text) { std::fputs(text.c_str(), stdout); }

// Prints an error on standard output and logs it.
void complain(const std::string& line) {
    put("systemd-login: " + line + "\n");
    log_line("systemd-login", LOG_ERR, line);
}

std::string joined(const std::vector<Error>& errors) {
    std::string text;
    for (const Error& error : errors) text += (text.empty() ? "" : "; ") + describe(error);
    return text;
}

int answer_query(const LogoutArguments& arguments, const char* active, const std::string& verbose,
                 const PresenceReport& report, int code) {
    put(JsonObject()
            .add("id", arguments.uid)
            .add("active", active)
            .add("verbose", verbose)
            .add("state", presence_word(report.presence))
            .add_raw("sessions", to_json_array(report.sessions))
            .add_raw("processes", to_json_array(report.processes))
            .text() +
        "\n");
    return code;
}

// An empty name could match any user, and therefore matches none.
Result<Account> account_of(Result<Bus>& bus, const LogoutArguments& arguments) {
    if (arguments.uid.empty()) return make_error(Fault::malformed, "--uid", "empty name");
    if (!bus.ok()) return bus.error();
    return find_account(bus, arguments.uid);
}

int query(const LogoutArguments& arguments) {
    Result<Bus> bus = Bus::open(monotonic_usec() + 2 * kCallUsec);
    auto account = account_of(bus, arguments);
    // Without logind, only an account that the database has is known.
    if (!account.ok() && account.error().fault == Fault::bus) {
        bus = account.error();
        const auto known = find_account(bus, arguments.uid);
        if (known.ok() && known.value().known) account = known;
    }
    if (!account.ok())
        return answer_query(arguments, "unknown", describe(account.error()), {}, kCanNotTell);
    const PresenceReport report = presence_of(bus, account.value());
    std::string verbose;
    for (const Session& session : report.sessions)
        verbose += (verbose.empty() ? "" : "; ") + describe(session);
    for (const Process& process : report.processes)
        verbose += (verbose.empty() ? "" : "; ") + describe(process);
    if (report.presence <= Presence::unregistered)
        return answer_query(arguments, "active", verbose, report, kLoggedIn);
    if (report.presence == Presence::unknown)
        return answer_query(arguments, "unknown", joined(report.errors), report, kCanNotTell);
    verbose =
        report.presence == Presence::none ? joined(report.errors) : presence_word(report.presence);
    return answer_query(arguments, "inactive", verbose, report, kNotLoggedIn);
}

int logout(const LogoutArguments& arguments) {
    const Settings settings = read_settings(kConfigPath, "", 0);
    Result<Bus> bus = Bus::open(monotonic_usec() + 2 * kCallUsec);
    const auto account = account_of(bus, arguments);
    if (!account.ok()) return complain(describe(account.error())), kCanNotTell;
    if (!account.value().aliases.empty())
        return complain(display(arguments.uid) + ": shares a UID with " +
                        display(account.value().aliases.front()) + "; not ended"),
               kCanNotTell;
    EndOptions options;
    options.grace_usec = static_cast<std::uint64_t>(settings.grace_sec) * 1'000'000;
    options.limit_usec = static_cast<std::uint64_t>(settings.limit_sec) * 1'000'000;
    options.spares_services = true;  // nobody confirmed that the host can do without them
    const EndReport report = end_account(bus, account.value(), options, {});
    for (const Session& session : report.sessions)
        complain(display(arguments.uid) + ": " + describe(session) + ": still open");
    for (const Process& process : report.survivors)
        complain(display(arguments.uid) + ": " + describe(process) + ": still running");
    for (const Starter& starter : report.starters) complain(describe(error_of(starter)));
    for (const Error& error : report.supervisors) complain(describe(error));
    for (const Error& error : report.errors) complain(describe(error));
    std::fflush(stdout);
    if (report.own_left) end_own(bus, account.value());
    if (!report.sessions.empty() || !report.survivors.empty()) return kSurvived;
    return report.verified() && !report.own_left ? kDone : kCanNotTell;
}

int list() {
    Result<Bus> bus = Bus::open(monotonic_usec() + 2 * kCallUsec);
    const auto sessions = list_sessions(bus);
    if (!sessions.ok()) return complain(describe(sessions.error())), kCanNotTell;
    std::map<std::pair<std::string, std::uint32_t>, std::vector<Session>> users;
    for (const Session& session : sessions.value())
        if (is_login(session)) users[{session.user, session.uid}].push_back(session);
    for (const auto& [user, theirs] : users)
        put(JsonObject()
                .add("user", user.first)
                .add("uid", user.second)
                .add_raw("sessions", to_json_array(theirs))
                .text() +
            "\n");
    return kDone;
}

constexpr int kAccountsMsec = 1'500;

int run_words(const std::vector<std::string_view>& words) {
    const LogoutParse parse = parse_logout_arguments(words);
    if (parse.help) return put(kHelp), kDone;
    if (!parse.arguments) {
        std::fprintf(stderr, "%ssystemd-login: error: %s\n", kUsageText,
                     display(parse.error).c_str());
        return kUsage;
    }
    limit_account_queries(kAccountsMsec);
    const LogoutCommand command = parse.arguments->command;
    if (command == LogoutCommand::list) return list();
    return command == LogoutCommand::query ? query(*parse.arguments) : logout(*parse.arguments);
}

int run(int argc, char** argv) {
    const int code = run_words({argv + 1, argv + argc});
    const auto flushed = flush_output();
    if (flushed.ok()) return code;
    std::fprintf(stderr, "systemd-login: %s\n", describe(flushed.error()).c_str());
    return code == 0 ? kCanNotTell : code;
}

}  // namespace
}  // namespace pam_revoke

int main(int argc, char** argv) {
    pam_revoke::occupy_standard_streams();
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return pam_revoke::run(argc, argv);
    } catch (const std::exception& error) {
        std::printf("systemd-login: internal error: %s\n", error.what());
        return pam_revoke::kCanNotTell;
    }
}
