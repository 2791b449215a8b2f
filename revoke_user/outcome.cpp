#include "outcome.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "revoke/json.hpp"
#include "revoke/report.hpp"
#include "revoke/time.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMostShown = 20;

void say_sessions(const Job& job, const std::vector<Session>& sessions) {
    std::vector<std::vector<std::string>> rows = {{"SESSION", "CLASS", "SERVICE", "TTY", "FROM", "STATE", "SINCE"}};
    for (const Session& each : sessions)
        rows.push_back({display(each.id), each.klass, display(each.service), display(each.tty), display(each.remote_host), each.state,
                        std::string(print_time(each.since_sec).view())});
    if (rows.size() > 1) job.output.table(rows);
}

}  // namespace

void say_plan(const Job& job, const Revocation& revocation, const EndReport& there) {
    const Arguments& arguments = job.arguments;
    std::string uids;
    for (const std::uint32_t uid : revocation.account.uids) uids += fmt::format("{}{}", uids.empty() ? "uid " : ", ", uid);
    job.output.say(fmt::format("{} ({})", job.output.strong(display(revocation.name)), uids.empty() ? "no uid known" : uids));
    if (!arguments.end_only) {
        const std::string from = arguments.from_sec ? fmt::format(", from {}", print_time(*arguments.from_sec).view()) : "";
        const std::string until = arguments.until_sec ? fmt::format(", until {}", print_time(*arguments.until_sec).view()) : "";
        job.output.say(fmt::format("  deny   every new login{}{}, in {}", from, until, job.console_path()));
    }
    if (arguments.deny_only || arguments.from_sec.value_or(0) > job.now_sec) return;
    job.output.say(fmt::format("  end    {} sessions, {} processes", there.sessions.size(), there.survivors.size()));
    say_sessions(job, there.sessions);
}

std::string result_word(const Outcome& outcome) { return outcome.complete() ? outcome.planned ? "planned" : "done" : "incomplete"; }

void say_outcome(const Job& job, const Revocation& revocation, const Outcome& outcome) {
    const EndReport& report = outcome.report;
    const std::string name = display(revocation.name);
    if (outcome.planned) job.output.say(fmt::format("{}: will be denied from {} on", name, print_time(*job.arguments.from_sec).view()));
    if (outcome.denied)
        job.output.say(fmt::format("{}: {}{}", name, job.output.good("denied"), outcome.changed ? "" : " already, as before"));
    if (outcome.ended)
        job.output.say(
            fmt::format("{}: {} sessions ended in {:.1f} s", name, report.ended.size(), static_cast<double>(report.elapsed_usec) / 1e6));
    for (const Session& session : report.sessions) job.output.complain(fmt::format("{}: {}: still there", name, describe(session)));
    for (std::size_t i = 0; i < std::min(report.survivors.size(), kMostShown); ++i)
        job.output.complain(fmt::format("{}: {}: still running", name, describe(report.survivors[i])));
    if (report.survivors.size() > kMostShown)
        job.output.complain(fmt::format("{}: and {} more processes", name, report.survivors.size() - kMostShown));
    for (const Error& trouble : report.troubles) job.output.complain(trouble);
    for (const std::string& trouble : outcome.troubles) job.output.complain(trouble);
    if (report.own_left) job.output.complain(fmt::format("{}: your own session is theirs and ends now, last and unverified", name));
    if (outcome.ended && outcome.complete()) job.output.say(fmt::format("{}: {}", name, job.output.good("nothing is left")));
    if (!outcome.complete())
        job.output.complain(fmt::format("{}: {}; run again when mended", name,
                                        outcome.denied ? "denied, but not everything could be ended or verified" : "not complete"));
}

std::string outcome_json(const Revocation& revocation, const Outcome& outcome, int code) {
    const EndReport& report = outcome.report;
    JsonArray uids;
    for (const std::uint32_t uid : revocation.account.uids) uids.add_raw(std::to_string(uid));
    JsonArray troubles;
    for (const Error& trouble : report.troubles) troubles.add_raw(to_json(trouble));
    for (const std::string& trouble : outcome.troubles) troubles.add_raw(json_string(trouble));
    JsonObject json;
    json.add("target", text_of(revocation.target))
        .add_raw("uids", uids.text())
        .add_flag("denied", outcome.denied)
        .add_flag("changed", outcome.changed);
    json.add_raw("ended", to_json_array(report.ended))
        .add_raw("sessions_left", to_json_array(report.sessions))
        .add_raw("survivors", to_json_array(report.survivors));
    json.add_raw("troubles", troubles.text())
        .add_flag("own_session_left", report.own_left)
        .add("elapsed_ms", static_cast<std::int64_t>(report.elapsed_usec / 1000));
    return json.add("result", result_word(outcome)).add("exit", std::int64_t{code}).text();
}

}  // namespace pam_revoke
