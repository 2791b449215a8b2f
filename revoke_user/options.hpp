// options.hpp - parses the options of revoke-user and revokectl. Options cannot be abbreviated.
//
// Source: revoke-user(8), OPTIONS; revokectl(8), OPTIONS.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "arguments.hpp"

namespace pam_revoke {

enum class Option : std::uint8_t {
    address,
    all,
    ca,
    cert,
    conf,
    descendants,
    dry_run,
    everywhere,
    fleet,
    force,
    from,
    help,
    json,
    key,
    key_id,
    log_out,
    no_end,
    now,
    quiet,
    reason,
    ref,
    root,
    serial,
    service,
    session,
    timeout,
    tty,
    undo,
    until,
    user,
    version,
    warn,
    yes
};

class OptionSet {
public:
    constexpr OptionSet() = default;
    constexpr OptionSet(std::initializer_list<Option> options) {
        for (const Option option : options) add(option);
    }
    constexpr void add(Option option) { bits_ |= bit_of(option); }
    [[nodiscard]] constexpr bool has(Option option) const { return (bits_ & bit_of(option)) != 0; }
    [[nodiscard]] constexpr bool has_any(OptionSet others) const {
        return (bits_ & others.bits_) != 0;
    }
    // Returns the union.
    // Errors: none.
    [[nodiscard]] constexpr OptionSet operator|(OptionSet others) const {
        others.bits_ |= bits_;
        return others;
    }

private:
    static constexpr std::uint64_t bit_of(Option option) {
        return std::uint64_t{1} << static_cast<unsigned>(option);
    }
    std::uint64_t bits_ = 0;
};

// Returns the name of an option: "--dry-run".
// Errors: none.
[[nodiscard]] std::string name_of(Option option);

// True if `word` is an option that takes its value from the next word.
// Errors: none; false for an unknown option.
[[nodiscard]] bool takes_next_word(std::string_view word);

// The parsed words of a command line.
struct ParsedWords {
    Arguments arguments;
    OptionSet given;
    std::string error;  // empty if there is none; words after the error are not read
};

// Parses `words`, without the command name, up to --help or --version.
// Units:  allowed: the options of the command; title: its name in messages, like "revokectl list".
// Errors: none returned; `error` is the usage error.
[[nodiscard]] ParsedWords parse_words(std::span<const std::string_view> words, OptionSet allowed,
                                      std::string_view title);

// Returns a usage error for an option of `given` that is not in `allowed`; empty if there is none.
// Errors: none.
[[nodiscard]] std::string find_unexpected_option(OptionSet given, OptionSet allowed,
                                                 std::string_view title);

}  // namespace pam_revoke
