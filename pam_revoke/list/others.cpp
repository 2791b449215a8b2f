// others.cpp - passing over lines about others, many at a time. Compiled for speed alone, with vectors that each of our processors has.

#include <cstddef>
#include <cstring>

#include "revoke/list/verdict.hpp"

namespace pam_revoke {
namespace {

// Sixteen bytes at once; a comparison of two makes 255 where they are the same, and 0 elsewhere.
// Source: GCC, Vector Extensions, which clang has as well.
using Bytes = unsigned char __attribute__((vector_size(16)));

Bytes bytes_at(const char* at) {
    Bytes bytes;
    std::memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

Bytes all_of(char c) { return Bytes{} + static_cast<unsigned char>(c); }

// The last three bytes of a word: what tells names apart, and numbers, is rather their end.
struct Tail {
    explicit Tail(std::string_view word)
        : a(all_of(word[word.size() - 3])), b(all_of(word[word.size() - 2])), c(all_of(word[word.size() - 1])) {}
    Bytes a, b, c;
};
constexpr std::size_t kTailBytes = 3;

bool contains(std::string_view text, std::string_view word) {
    return memmem(text.data(), text.size(), word.data(), word.size()) != nullptr;
}

// True when a line behind the first begins with something else than a u.
bool has_other_lines(std::string_view text) {
    bool found = false;
    for (std::size_t i = 1; i < text.size(); ++i) found = found || (text[i - 1] == '\n' && text[i] != 'u');
    return found;
}

bool concerns(std::string_view text, std::string_view name, std::string_view number) {
    return has_other_lines(text) || contains(text, name) || contains(text, number);
}

// What makes lines concern somebody, sixteen bytes at a time.
struct Signs {
    Signs(std::string_view name, std::string_view number) : one(name), other(number) {}
    // Not all zeros when one of them begins at one of the sixteen bytes.
    [[nodiscard]] Bytes at(const char* text) const {
        const Bytes first = bytes_at(text);
        const Bytes second = bytes_at(text + 1);
        const Bytes third = bytes_at(text + 2);
        return ((first == newline) & (second != user)) | ((first == one.a) & (second == one.b) & (third == one.c)) |
               ((first == other.a) & (second == other.b) & (third == other.c));
    }
    Tail one, other;
    Bytes newline = all_of('\n');
    Bytes user = all_of('u');
};

// False when concerns() is false for certain, found out in one go over the text.
bool may_concern(std::string_view text, std::string_view name, std::string_view number) {
    constexpr std::size_t kStep = sizeof(Bytes);
    constexpr std::size_t kSeen = kStep + kTailBytes - 1;
    if (name.size() < kTailBytes || number.size() < kTailBytes || text.size() < kSeen) return true;
    const Signs signs(name, number);
    const char* last = text.data() + text.size() - kSeen;
    Bytes found = signs.at(last);
#pragma GCC unroll 2  // the loop's own steps are a part that is felt
    for (const char* at = text.data(); at < last; at += kStep) found |= signs.at(at);
    std::uint64_t halves[2];
    std::memcpy(halves, &found, sizeof found);
    return (halves[0] | halves[1]) != 0;
}

}  // namespace

bool are_about_others(std::string_view lines, const Person& person) {
    if (!lines.starts_with('u') || person.name.empty()) return false;
    FixedText<16> digits;
    // However the number is written, with zeros before it or between quotes, its digits stand there.
    if (person.looked_up && person.uid) digits.append_number(*person.uid);
    // Before it is known any number counts; of somebody who has none, none does.
    const std::string_view number = person.looked_up ? (person.uid ? digits.view() : person.name) : "uid";
    return !may_concern(lines, person.name, number) || !concerns(lines, person.name, number);
}

}  // namespace pam_revoke
