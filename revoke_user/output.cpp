#include "output.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/logind/report.hpp"

namespace pam_revoke {
namespace {

// Counts characters, not bytes.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U;
    }));
}

// Does not throw, unlike fmt::print: a full disk or a closed pipe must not prevent an ending.
// flush_output() reports the error at the end.
void put(std::FILE* file, const std::string& text) { std::fputs(text.c_str(), file); }

}  // namespace

Output::Output(std::string_view program, bool json, bool quiet)
    : program_(program),
      json_(json),
      quiet_(quiet),
      colours_(isatty(STDOUT_FILENO) == 1 && !json &&
               (std::getenv("NO_COLOR") == nullptr || *std::getenv("NO_COLOR") == '\0')),
      live_(isatty(STDERR_FILENO) == 1 && !json && !quiet),
      can_ask_(isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1) {}

void Output::say(std::string_view line) const {
    if (!json_ && !quiet_) put(stdout, compose("{}\n", line));
}

void Output::answer(std::string_view json) const {
    if (json_) put(stdout, compose("{}\n", json));
}

void Output::complain(std::string_view line) const {
    std::fflush(stdout);
    put(stderr, compose("{}: {}\n", program_, line));
}

void Output::warn(std::string_view line) const {
    if (!quiet_) complain(line);
}

void Output::complain(const Error& error) const { complain(describe(error)); }

void Output::table(const std::vector<std::vector<std::string>>& rows, std::string_view none) const {
    if (rows.size() == 1) return say(none);
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
    }
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            if (i + 1 < row.size()) line.append(widths[i] - width(row[i]) + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        say(&row == rows.data() ? strong(line) : line);
    }
}

void Output::print_sessions(const std::vector<Session>& sessions, bool with_user) const {
    if (sessions.empty()) return;
    std::vector<std::vector<std::string>> rows = {
        {"SESSION", "CLASS", "SERVICE", "TTY", "FROM", "STATE", "PROCS", "SINCE"}};
    for (const Session& each : sessions)
        rows.push_back({display(each.id), each.klass, display(each.service), display(each.tty),
                        display(each.remote_host), each.state, std::to_string(each.processes),
                        std::string(print_time(each.since_sec).view())});
    const auto is_known = [](const Session& session) { return !session.opened_with.empty(); };
    if (std::any_of(sessions.begin(), sessions.end(), is_known)) {
        rows.front().emplace_back("KEY");
        for (std::size_t i = 0; i < sessions.size(); ++i)
            rows[i + 1].push_back(display(sessions[i].opened_with));
    }
    if (with_user) {
        rows.front().insert(rows.front().begin(), {"USER", "UID"});
        for (std::size_t i = 0; i < sessions.size(); ++i)
            rows[i + 1].insert(rows[i + 1].begin(),
                               {display(sessions[i].user), std::to_string(sessions[i].uid)});
    }
    table(rows, "");
}

void Output::progress(const Progress& progress) const {
    if (!live_) return;
    put(stderr,
        compose("\r\033[Kending: {} sessions, {} processes left, {:.1f} s", progress.sessions,
                progress.processes, static_cast<double>(progress.elapsed_usec) / 1e6));
    std::fflush(stderr);
}

void Output::bar(const char* what, std::size_t done, std::size_t all) const {
    constexpr std::size_t kWidth = 40;
    if (!live_ || all == 0) return;
    put(stderr, compose("\r\033[K{}: [{:<{}}] {} %", what, std::string(done * kWidth / all, '#'),
                        kWidth, done * 100 / all));
    std::fflush(stderr);
}

void Output::end_progress() const {
    if (live_) put(stderr, compose("\r\033[K"));
}

std::string Output::ask(std::string_view request) const {
    put(stderr, compose("{}", request));
    std::fflush(stderr);
    std::string line;
    std::getline(std::cin, line);
    return line;
}

std::string Output::paint(const char* code, std::string_view text) const {
    return colours_ ? compose("\033[{}m{}\033[0m", code, text) : std::string(text);
}

}  // namespace pam_revoke
