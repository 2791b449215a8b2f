// json.hpp - JSON for command output and the history.
//
// Output is ASCII on one line, which is safe in pipes, logs and terminals. Only the flat objects of
// the history are read. A JSON library would be the largest dependency for the smallest part.
// Source: RFC 8259.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace pam_revoke {

// Returns `text` as a quoted JSON string; invalid UTF-8 becomes U+FFFD.
// Errors: none.
[[nodiscard]] std::string json_string(std::string_view text);

// Builds an object; keys keep the order in which they were added.
class JsonObject {
public:
    JsonObject& add(std::string_view key, std::string_view text) {
        return add_raw(key, json_string(text));
    }
    JsonObject& add(std::string_view key, const char* text) {
        return add(key, std::string_view(text));
    }
    JsonObject& add(std::string_view key, const std::string& text) {
        return add(key, std::string_view(text));
    }
    template <std::integral Number>
    requires(!std::same_as<Number, bool>) JsonObject& add(std::string_view key, Number number) {
        return add_raw(key, std::to_string(number));
    }
    JsonObject& add_flag(std::string_view key, bool flag) {
        return add_raw(key, flag ? "true" : "false");
    }
    // Adds a value that is already JSON and is not checked.
    // Errors: none.
    JsonObject& add_raw(std::string_view key, std::string_view json);
    [[nodiscard]] std::string text() const { return "{" + fields_ + "}"; }

private:
    std::string fields_;
};

class JsonArray {
public:
    // Adds a value that is already JSON and is not checked.
    // Errors: none.
    JsonArray& add_raw(std::string_view json);
    [[nodiscard]] std::string text() const { return "[" + items_ + "]"; }

private:
    std::string items_;
};

// Reads one flat object; strings are decoded, other values are kept as written.
// Errors: none; no value unless all of `text` is one flat object.
[[nodiscard]] std::optional<std::map<std::string, std::string>> parse_json_object(
    std::string_view text);

// Returns a count with its noun: "1 line", "2 lines".
// Errors: none.
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view one, std::string_view many);

// Returns `text` for a terminal: printable UTF-8 unchanged, every other byte as \xNN.
// Errors: none.
[[nodiscard]] std::string display(std::string_view text);

}  // namespace pam_revoke
