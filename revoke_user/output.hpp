// output.hpp - what the operator sees: tables and colours on a terminal, plain words elsewhere,
// JSON on request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "revoke/base/result.hpp"
#include "revoke/logind/ending.hpp"

namespace pam_revoke {

class Output {
public:
    // Looks at the terminal and at NO_COLOR once.
    // Units:  program: the name before each error; it must outlive this object.
    // Errors: none.
    Output(std::string_view program, bool json, bool quiet);

    // Prints a line of the answer, on standard output; nothing when JSON or silence was asked for.
    // Errors: none; a line that cannot be written is lost.
    void say(std::string_view line) const;
    // Prints a line of JSON, when JSON was asked for.
    // Errors: as say().
    void answer(std::string_view json) const;
    // Prints what failed, on standard error, always.
    // Errors: as say().
    void complain(std::string_view line) const;
    void complain(const Error& error) const;
    // Prints what may be wrong, on standard error, unless silence was asked for.
    // Errors: as say().
    void warn(std::string_view line) const;
    // Prints rows in aligned columns, the first row is the heading; without others prints `none`.
    // Errors: as say().
    void table(const std::vector<std::vector<std::string>>& rows, std::string_view none) const;
    // Prints a table of sessions; nothing for none.
    // Errors: as say().
    void print_sessions(const std::vector<Session>& sessions, bool with_user) const;
    // Shows the progress of an ending, on a terminal, until end_progress().
    // Errors: as say().
    void progress(const Progress& progress) const;
    // Shows the progress of something whose size is known, on a terminal, until end_progress().
    // Errors: as say().
    void bar(const char* what, std::size_t done, std::size_t all) const;
    void end_progress() const;

    // True when there is a terminal to ask on.
    [[nodiscard]] bool can_ask() const { return can_ask_; }
    // Asks a question on the terminal, and reads one line.
    // Errors: none; an empty answer when nothing can be read.
    [[nodiscard]] std::string ask(std::string_view request) const;

    // `text` in green, red or bold, where colours are seen.
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
