// options.hpp - the options of revoke-user and revokectl, and the words of a command line taken
// apart.
//
// Pure: the words are read, never changed, and no option is abbreviated.
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
    // The options of both.
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

// The name of an option as it is typed: "--dry-run".
// Errors: none.
[[nodiscard]] std::string name_of(Option option);

// True when `word` is an option that takes its value from the next word.
// Errors: none; an option that is not known takes none.
[[nodiscard]] bool takes_next_word(std::string_view word);

// What the words of a command line say.
struct ParsedWords {
    Arguments arguments;
    OptionSet given;
    std::string error;  // empty when there is none; what follows the error has not been read
};

// Reads `words`, the command's name not among them; --help and --version end the reading.
// Units:  allowed: the options of the command; title: its name for messages, as "revokectl list".
// Errors: none returned as such; `error` is the usage error.
[[nodiscard]] ParsedWords parse_words(std::span<const std::string_view> words, OptionSet allowed,
                                      std::string_view title);

// An option of `given` that is not in `allowed`, as a usage error; empty when there is none.
// Errors: none.
[[nodiscard]] std::string find_unexpected_option(OptionSet given, OptionSet allowed,
                                                 std::string_view title);

}  // namespace pam_revoke
