// main.cpp - revoke-user and revokectl: the one place that joins list and sessions.

#include <csignal>
#include <cstdio>
#include <ctime>
#include <exception>
#include <string_view>
#include <vector>

#include "actions.hpp"
#include "command_line.hpp"
#include "context.hpp"
#include "external.hpp"
#include "revoke/base/text.hpp"
#include "revoke/logind/report.hpp"
#include "revoke/pam_revoke/nss.hpp"

namespace pam_revoke {
namespace {

ExitCode dispatch(Context& context) {
    switch (context.arguments.action) {
        case Action::revoke:
        case Action::end:
            return revoke_user(context);
        case Action::undo:
            return undo_user(context);
        case Action::break_glass:
            return break_glass(context);
        case Action::check:
            return show_check(context);
        case Action::doctor:
            return show_doctor(context);
        case Action::export_krl:
            return export_krl(context);
        case Action::history:
            return show_history(context);
        case Action::import:
            return import_file(context);
        case Action::import_krl:
            return import_krl(context);
        case Action::list:
            return show_list(context);
        case Action::reindex:
            return compile_lists(context);
        case Action::sessions:
            return show_sessions(context);
        case Action::verify:
            return show_check_list(context);
        case Action::external:
        case Action::help:
        case Action::version:
            break;  // these have no job
    }
    return kUsage;
}

ExitCode run_job(const CommandLine& line, std::int64_t now_sec) {
    const Arguments& arguments = *line.arguments;
    Context context{
        arguments,       {},      Output(line.program(), arguments.json, arguments.quiet),
        find_operator(), now_sec, 0};
    const std::string& root = arguments.root;
    if (!root.empty() && arguments.conf == kConfigPath) context.arguments.conf = root + kConfigPath;
    const bool needs_settings = arguments.action != Action::verify;
    if (needs_settings)
        context.settings = read_settings(context.arguments.conf.c_str(), "", context.owner);
    if (context.settings.error && arguments.action != Action::doctor)
        return context.fail(*context.settings.error, kUnchanged);
    return dispatch(context);
}

ExitCode report_usage_error(const CommandLine& line, const std::string& error) {
    std::fprintf(stderr, "%s: %s\nTry '%s --help'.\n", std::string(line.program()).c_str(),
                 error.c_str(), std::string(line.command->title).c_str());
    return kUsage;
}

// A verb that another package may have.
// Units: words: what follows the verb, ending with nullptr.
ExitCode run_verb_of_package(const CommandLine& line, char* const* words) {
    const std::string& verb = line.arguments->subject;
    const auto error = run_external(verb, words);
    if (!error) return report_usage_error(line, describe_unknown_verb(verb));
    std::fprintf(stderr, "revokectl: %s\n", describe(*error).c_str());
    return kUnchanged;
}

ExitCode run_line(const CommandLine& line, char** argv, std::int64_t now_sec) {
    if (!line.arguments) return report_usage_error(line, line.error);
    switch (line.arguments->action) {
        case Action::help:
            std::fputs(line.command->help, stdout);
            return kDone;
        case Action::version:
            std::printf("%s (pam_revoke) %s\n", std::string(line.program()).c_str(),
                        REVOKE_VERSION);
            return kDone;
        case Action::external:
            return run_verb_of_package(line, argv + 2);
        default:
            return run_job(line, now_sec);
    }
}

bool is_act(const Arguments& arguments) {
    return arguments.action != Action::help && arguments.action != Action::version &&
           !arguments.dry_run;
}

// An answer that was lost must not pass for one.
ExitCode run(int argc, char** argv) {
    const std::int64_t now_sec = std::time(nullptr);
    const std::vector<std::string_view> words(argv, argv + argc);
    const CommandLine line = parse_command_line(words, now_sec);
    const ExitCode code = run_line(line, argv, now_sec);
    const auto flushed = flush_output();
    if (flushed.ok()) return code;
    std::fprintf(stderr, "%s: %s\n", std::string(line.program()).c_str(),
                 describe(flushed.error()).c_str());
    if (code >= kUsage) return code;
    return is_act(*line.arguments) ? kIncomplete : kUnchanged;
}

}  // namespace
}  // namespace pam_revoke

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away must not end us between deny and end
    std::signal(SIGCHLD, SIG_DFL);  // who started us may have had it ignored, and then nobody could
                                    // tell how a program ended
    try {
        return pam_revoke::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "revoke-user: internal error: %s\n", error.what());
        return pam_revoke::kIncomplete;
    }
}
