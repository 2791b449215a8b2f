// main.cpp - revoke-user and revokectl.

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <exception>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "actions.hpp"
#include "command_line.hpp"
#include "context.hpp"
#include "revoke/base/file.hpp"
#include "revoke/kernel/child.hpp"
#include "revoke/logind/account_queries.hpp"
#include "revoke/logind/report.hpp"

namespace pam_revoke {
namespace {

struct Handler {
    Action action;
    bool needs_root;
    ExitCode (*run)(const Context&);
};

// Help, version and external verbs have no handler.
constexpr Handler kHandlers[] = {
    {Action::revoke, true, revoke_user},      {Action::end, true, revoke_user},
    {Action::undo, true, undo_user},          {Action::break_glass, true, break_glass},
    {Action::check, false, show_check},       {Action::doctor, false, show_doctor},
    {Action::export_krl, true, export_krl},   {Action::history, false, show_history},
    {Action::import, true, import_file},      {Action::import_krl, true, import_krl},
    {Action::list, false, show_list},         {Action::reindex, true, compile_lists},
    {Action::sessions, false, show_sessions}, {Action::verify, false, show_check_list},
};

ExitCode dispatch(const Context& context) {
    const auto is_asked = [&context](const Handler& handler) {
        return handler.action == context.arguments.action;
    };
    const auto* handler = std::find_if(std::begin(kHandlers), std::end(kHandlers), is_asked);
    if (handler == std::end(kHandlers)) return kUsage;
    return handler->needs_root && !is_root(context) ? kUnchanged : handler->run(context);
}

// A change of the list is on disk a second later. --all asks about each user of the host.
bool is_urgent(const Arguments& arguments) {
    return !arguments.all && (arguments.action == Action::revoke ||
                              arguments.action == Action::end || arguments.action == Action::undo);
}

ExitCode run_job(const CommandLine& line, std::int64_t now_sec) {
    const Arguments& arguments = *line.arguments;
    limit_account_queries(is_urgent(arguments) ? kAccountsBeforeMsec : kAccountsMsec);
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

constexpr const char* kVerbDirectory = "/usr/libexec/pam_revoke";

// Replaces this process by the program of `verb`: by its path, without a shell and without PATH,
// and only if root alone can write to it. Returns nothing if there is no such program.
std::optional<Error> run_external(std::string_view verb, char* const* words) {
    const std::string name = "revokectl-" + std::string(verb);
    std::string path = std::string(kVerbDirectory) + "/" + name;
    const auto directory = open_trusted_directory(kVerbDirectory, 0);
    if (!directory.ok()) return directory.error();
    if (!directory.value()) return std::nullopt;
    const int fd = directory.value()->get();
    const auto file = open_trusted_file(fd, name.c_str(), path, UINT64_MAX, 0);
    if (!file.ok()) return file.error();
    if (!file.value()) return std::nullopt;
    std::vector<char*> argv = {path.data()};
    for (; *words != nullptr; ++words) argv.push_back(*words);
    argv.push_back(nullptr);
    // main() ignores SIGPIPE; the program must not inherit that.
    std::signal(SIGPIPE, SIG_DFL);
    // Only root can replace the checked file. A script needs the path, because it is opened again.
    execve(path.c_str(), argv.data(), environ);
    return io_error(path, "cannot run");
}

// Runs a verb that another package may provide.
// Units: words: the arguments, ending with nullptr.
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

// Output that could not be written is an error.
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
    pam_revoke::occupy_standard_streams();
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe must not kill us between revoking and ending
    std::signal(SIGCHLD, SIG_DFL);  // if inherited as ignored, exit statuses would be lost
    try {
        return pam_revoke::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "revoke-user: internal error: %s\n", error.what());
        return pam_revoke::kIncomplete;
    }
}
