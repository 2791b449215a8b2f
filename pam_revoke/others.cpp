// others.cpp - passing over lines about others, many at a time. Compiled for speed alone: loops over bytes become loops over vectors.

#include <cstring>

#include "revoke/verdict.hpp"

namespace pam_revoke {
namespace {

// True when the last three bytes of `word` stand somewhere: what tells names apart, and numbers, is rather their end.
bool may_contain(std::string_view text, std::string_view word) {
    const char a = word[word.size() - 3];
    const char b = word[word.size() - 2];
    const char c = word[word.size() - 1];
    const char* at = text.data();
    unsigned char found = 0;
    for (std::size_t i = 0; i + 2 < text.size(); ++i)
        found |= static_cast<unsigned char>((at[i] == a) & (at[i + 1] == b) & (at[i + 2] == c));
    return found != 0;
}

bool contains(std::string_view text, std::string_view word) {
    if (word.size() >= 3 && !may_contain(text, word)) return false;
    return memmem(text.data(), text.size(), word.data(), word.size()) != nullptr;
}

// True when a line begins with something else than a u.
bool has_other_lines(std::string_view text) {
    const char* at = text.data();
    unsigned char found = 0;
    for (std::size_t i = 1; i < text.size(); ++i) found |= static_cast<unsigned char>((at[i - 1] == '\n') & (at[i] != 'u'));
    return found != 0;
}

}  // namespace

bool are_about_others(std::string_view lines, const Person& person) {
    if (!lines.starts_with('u') || has_other_lines(lines)) return false;
    if (person.name.empty() || contains(lines, person.name)) return false;
    if (!person.looked_up) return !contains(lines, "uid");
    // However the number is written, with zeros before it or between quotes, its digits stand there.
    return !person.uid || !contains(lines, FixedText<16>().append_number(*person.uid).view());
}

std::uint64_t count_lines(std::string_view lines) {
    constexpr std::size_t kAtOnce = 128;  // so that a sum fits into a byte
    std::uint64_t count = 0;
    for (; lines.size() >= kAtOnce; lines.remove_prefix(kAtOnce)) {
        unsigned char sum = 0;
        for (std::size_t i = 0; i < kAtOnce; ++i) sum = static_cast<unsigned char>(sum + (lines[i] == '\n' ? 1 : 0));
        count += sum;
    }
    for (const char c : lines) count += c == '\n' ? 1 : 0;
    return count;
}

}  // namespace pam_revoke
