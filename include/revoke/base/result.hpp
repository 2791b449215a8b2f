// result.hpp - the value of a function, or the error that prevented it.
//
// An outcome ("not listed", "no session") is a value; an Error is a failure. Errors are only passed
// on, and mapped once, at the entry point. Nothing here allocates, throws or logs.
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

// Text of at most N bytes, stored in place; longer text is truncated, and marked as truncated.
template <std::size_t N>
class FixedText {
public:
    FixedText() { bytes_[0] = '\0'; }
    explicit FixedText(std::string_view text) { append(text); }

    // Append to the text, or clear it.
    // Errors: none; was_truncated() is true if a text did not fit.
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
    std::array<char, N + 1> bytes_;  // not cleared beyond the text: a login creates dozens of these
    std::size_t size_ = 0;
    bool truncated_ = false;
};

enum class Fault : std::uint8_t {
    insecure,   // another user could have written it
    malformed,  // does not match its format
    too_large,
    stale,    // outdated by its own date
    io,       // a system call failed; see os_error
    busy,     // held or changed by another process for too long
    bus,      // logind or systemd did not do what was requested
    refused,  // possible, but not allowed
    lost,     // a process that does it ended without a result
};

// One failure: text for the operator ("object: reason") and a fault for the code that maps it. No
// code compares these texts.
// Units:  os_error: errno, 0 if no system call failed.
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

// Returns the error of a system call that failed just now, with errno.
// Errors: none.
[[nodiscard, gnu::cold, gnu::noinline]] inline Error io_error(std::string_view object,
                                                              const char* reason) {
    return Error{Fault::io, errno, reason, FixedText<160>(object)};
}

// A value, or the Error that prevented it.
// Units:  value() requires ok(), error() requires not ok().
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

// Success, or the Error that prevented it.
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

// Returns the value found, or an Error if it is missing.
// Errors: io, with ENOENT (object: `object`).
template <typename T>
[[nodiscard]] Result<T> required(Result<std::optional<T>> found, std::string_view object) {
    if (!found.ok()) return found.error();
    if (!found.value()) return make_error(Fault::io, object, "missing", ENOENT);
    return std::move(*found.value());
}

// The value of a Result; without one, the enclosing function returns the Error.
#define TRY(...)                                           \
    ({                                                     \
        auto try_result_ = (__VA_ARGS__);                  \
        if (!try_result_.ok()) return try_result_.error(); \
        std::move(try_result_).value();                    \
    })

}  // namespace pam_revoke
