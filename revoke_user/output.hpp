// output.hpp - the output of the commands: text, with colours on a terminal, or JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/logind/ending.hpp"

namespace pam_revoke {

class Output {
public:
    // Checks for a terminal and NO_COLOR once.
    // Units:  program: the name before each error; it must outlive this object.
    // Errors: none.
    Output(std::string_view program, bool json, bool quiet);

    // Prints a line on standard output, except with --json or --quiet.
    // Errors: none; a line that cannot be written is lost.
    void say(std::string_view line) const;
    // Prints a line of JSON, only with --json.
    // Errors: as say().
    void answer(std::string_view json) const;
    // Prints an error on standard error.
    // Errors: as say().
    void complain(std::string_view line) const;
    void complain(const Error& error) const;
    // Prints a warning on standard error, except with --quiet.
    // Errors: as say().
    void warn(std::string_view line) const;
    // Prints rows in aligned columns. The first row is the heading; if it is the only one, prints
    // `none`.
    // Errors: as say().
    void table(const std::vector<std::vector<std::string>>& rows, std::string_view none) const;
    // Prints a table of sessions, if there are any.
    // Errors: as say().
    void print_sessions(const std::vector<Session>& sessions, bool with_user) const;
    // Shows the progress of an ending on a terminal until end_progress().
    // Errors: as say().
    void progress(const Progress& progress) const;
    // Shows a progress bar on a terminal until end_progress().
    // Errors: as say().
    void bar(const char* what, std::size_t done, std::size_t all) const;
    void end_progress() const;

    // True if standard input and standard error are terminals.
    [[nodiscard]] bool can_ask() const { return can_ask_; }
    // Prints a prompt and reads one line.
    // Errors: none; empty if nothing can be read.
    [[nodiscard]] std::string ask(std::string_view request) const;

    // Return `text` in green, red or bold if colours are enabled.
    [[nodiscard]] std::string good(std::string_view text) const { return paint("32", text); }
    [[nodiscard]] std::string bad(std::string_view text) const { return paint("31", text); }
    [[nodiscard]] std::string strong(std::string_view text) const { return paint("1", text); }
    [[nodiscard]] bool json() const { return json_; }

private:
    [[nodiscard]] std::string paint(const char* code, std::string_view text) const;

    std::string_view program_;
    bool json_;
    bool quiet_;
    bool colours_;
    bool live_;
    bool can_ask_;
};

}  // namespace pam_revoke
