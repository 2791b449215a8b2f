// result.hpp - how this program says "I could not do what I promise".
//
// An outcome ("not listed", "no session") is a value; an Error is a failure. It is only passed
// on, and mapped once, at the entry. Nothing here allocates, throws or logs.
#pragma once

#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

namespace pam_revoke {

// Text of at most N bytes held in place; what does not fit is cut and remembered as cut.
template <std::size_t N>
class FixedText {
public:
    FixedText() { bytes_[0] = '\0'; }
    explicit FixedText(std::string_view text) { append(text); }

    // Append to the text, or empty it.
    // Errors: none; was_truncated() is true when a text did not fit as a whole.
    FixedText& append(std::string_view text) {
        const std::size_t room = N - size_;
        const std::size_t count = text.size() < room ? text.size() : room;
        if (count > 0) std::memcpy(bytes_.data() + size_, text.data(), count);
        size_ += count;
        bytes_[size_] = '\0';
        truncated_ = truncated_ || count < text.size();
        return *this;
    }
    FixedText& append(char byte) { return append(std::string_view(&byte, 1)); }
    FixedText& append_number(std::int64_t number) {
        std::array<char, 24> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        return append(
            std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
    }
    void clear() {
        size_ = 0;
        truncated_ = false;
        bytes_[0] = '\0';
    }
    [[nodiscard]] std::string_view view() const { return {bytes_.data(), size_}; }
    [[nodiscard]] const char* c_str() const { return bytes_.data(); }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] bool was_truncated() const { return truncated_; }

private:
    std::array<char, N + 1> bytes_;  // not cleared beyond its text: a login makes dozens of these
    std::size_t size_ = 0;
    bool truncated_ = false;
};

enum class Fault : std::uint8_t {
    insecure,   // somebody else could have written it
    malformed,  // it is not what its format demands
    too_large,
    stale,    // its own date says that it is no longer to be relied on
    io,       // the system refused a call; os_error says why
    busy,     // somebody else holds it longer than we wait
    bus,      // logind or systemd did not do what was asked
    refused,  // we could, and do not want to
};

// One failure, for people ("object: reason") and for the entry that maps it. No code compares its
// texts: what decides is a value beside it.
// Units:  os_error: errno, 0 when no system call is to blame.
struct Error {
    Fault fault = Fault::io;
    int os_error = 0;
    const char* reason = "";
    FixedText<160> object;
};

[[nodiscard, gnu::cold, gnu::noinline]] inline Error make_error(Fault fault,
                                                                std::string_view object,
                                                                const char* reason,
                                                                int os_error = 0) {
    return Error{fault, os_error, reason, FixedText<160>(object)};
}

// A value, or the reason why there is none.
// Units:  value() is asked for only when ok(), error() only when not.
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    Result(const Error& error) : content_(std::in_place_index<1>, error) {}

    [[nodiscard]] bool ok() const { return content_.index() == 0; }
    [[nodiscard]] T& value() & { return *std::get_if<0>(&content_); }
    [[nodiscard]] const T& value() const& { return *std::get_if<0>(&content_); }
    [[nodiscard]] T value() && { return std::move(*std::get_if<0>(&content_)); }
    [[nodiscard]] const Error& error() const { return *std::get_if<1>(&content_); }

private:
    std::variant<T, Error> content_;
};

// That something was done, or the reason why it was not.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(const Error& error) : error_(error) {}

    [[nodiscard]] bool ok() const { return !error_.has_value(); }
    void value() const {}
    [[nodiscard]] const Error& error() const { return *error_; }

private:
    std::optional<Error> error_;
};

// What was looked for and is not there is an outcome. Where it has to be there, this makes an Error
// of its absence.
// Errors: io, with ENOENT (object: `object`).
template <typename T>
[[nodiscard]] Result<T> required(Result<std::optional<T>> found, std::string_view object) {
    if (!found.ok()) return found.error();
    if (!found.value()) return make_error(Fault::io, object, "missing", ENOENT);
    return std::move(*found.value());
}

// The value of a Result; where it has none, the enclosing function returns its Error.
#define TRY(...)                                           \
    ({                                                     \
        auto try_result_ = (__VA_ARGS__);                  \
        if (!try_result_.ok()) return try_result_.error(); \
        std::move(try_result_).value();                    \
    })

}  // namespace pam_revoke
