#include "pam_stack.hpp"

#include <algorithm>
#include <utility>

#include "revoke/base/compose.hpp"
#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr int kMaxFiles = 16;  // nested

std::string take_word(std::string_view& text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    text.remove_prefix(begin);
    std::size_t size = std::min(text.find_first_of(" \t"), text.size());
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        size = end == std::string_view::npos ? text.size() : end + 1;
    }
    std::string word(text.substr(0, size));
    text.remove_prefix(size);
    return word;
}

// An argument with blanks is written in brackets.
std::string without_brackets(const std::string& word) {
    if (!word.starts_with('[')) return word;
    return word.substr(1, word.size() - (word.ends_with(']') ? 2 : 1));
}

std::string lower(std::string text) {
    for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return text;
}

// Source: _pam_tokens.h of Linux-PAM.
bool is_answer(const std::string& word) {
    static const std::string kAnswers =
        " success open_err symbol_err service_err system_err buf_err perm_denied auth_err "
        "cred_insufficient authinfo_unavail user_unknown maxtries new_authtok_reqd "
        "acct_expired session_err cred_unavail cred_expired cred_err no_module_data conv_err "
        "authtok_err authtok_recover_err authtok_lock_busy authtok_disable_aging try_again "
        "ignore abort authtok_expired module_unknown bad_item conv_again incomplete default ";
    return !word.empty() && kAnswers.find(" " + word + " ") != std::string::npos;
}
bool is_action(const std::string& word) {
    if (word == "ok" || word == "done" || word == "bad" || word == "die" || word == "ignore" ||
        word == "reset")
        return true;
    return !word.empty() && word.find_first_not_of("0123456789") == std::string::npos &&
           word.find_first_not_of('0') != std::string::npos;
}

// libpam treats every result as bad if the control is invalid.
const std::map<std::string, std::string> kAllBad = {{"default", "bad"}};

// Units: control: in lower case.
std::map<std::string, std::string> actions_of(std::string control) {
    static const std::map<std::string, std::string> kWords = {
        {"required", "[success=ok new_authtok_reqd=ok ignore=ignore default=bad]"},
        {"requisite", "[success=ok new_authtok_reqd=ok ignore=ignore default=die]"},
        {"sufficient", "[success=done new_authtok_reqd=done default=ignore]"},
        {"optional", "[success=ok new_authtok_reqd=ok default=ignore]"}};
    if (const auto word = kWords.find(control); word != kWords.end()) control = word->second;
    if (!control.starts_with('[') || !control.ends_with(']')) return kAllBad;
    std::string words = control.substr(1, control.size() - 2);
    for (std::size_t at = 0; (at = words.find('=', at)) != std::string::npos; ++at) {
        while (at > 0 && (words[at - 1] == ' ' || words[at - 1] == '\t')) words.erase(--at, 1);
        while (at + 1 < words.size() && (words[at + 1] == ' ' || words[at + 1] == '\t'))
            words.erase(at + 1, 1);
    }
    std::map<std::string, std::string> actions;
    std::string_view rest(words);
    for (std::string word = take_word(rest); !word.empty(); word = take_word(rest)) {
        const std::size_t equals = std::min(word.find('='), word.size());
        const std::string decision = word.substr(0, equals);
        const std::string action = word.substr(std::min(equals + 1, word.size()));
        if (!is_answer(decision) || !is_action(action)) return kAllBad;
        actions[decision] = action;
    }
    return actions;
}

class Loading {
public:
    Loading(const std::string& type, const PamFiles& files) : type_(type), files_(files) {}

    void load(const std::string& name, int level, int depth) {
        const auto text = files_(name);
        if (!text) return error(name, 0, "missing");
        if (depth > kMaxFiles) return error(name, 0, "includes itself");
        std::string line;
        std::uint64_t begun = 0;
        for_each_line(*text, [&](std::string_view part, std::uint64_t number) {
            std::string piece(part);
            if (line.empty()) begun = number;
            piece.erase(std::min(piece.find('#'), piece.size()));
            piece.erase(piece.find_last_not_of(" \t\r") + 1);
            const bool goes_on = piece.ends_with('\\');
            if (goes_on) piece.back() = ' ';
            line += piece;
            if (goes_on) return;
            take(line, name, begun, level, depth);
            line.clear();
        });
    }
    PamStack stack;

private:
    void error(const std::string& name, std::uint64_t number, const char* reason) {
        stack.errors.push_back(number > 0 ? compose("{}:{}: {}", name, number, reason)
                                          : compose("{}: {}", name, reason));
    }

    void take(std::string_view text, const std::string& name, std::uint64_t number, int level,
              int depth) {
        std::string type = lower(take_word(text));
        if (type.empty()) return;
        if (type == "@include") return load(take_word(text), level, depth + 1);
        // A leading - only keeps libpam from logging a missing module.
        if (type.starts_with('-')) type.erase(0, 1);
        if (type != type_) return;
        const std::string control = lower(take_word(text));
        const std::string what = take_word(text);
        if (what.empty()) return error(name, number, "no module name");
        if (control == "include") return load(what, level, depth + 1);
        if (control == "substack") {
            stack.lines.push_back(
                {compose("{}:{}", name, number), control, {{"default", "ignore"}}, {}, level});
            return load(what, level + 1, depth + 1);
        }
        PamLine line{compose("{}:{}", name, number), control, actions_of(control),
                     what.substr(what.rfind('/') + 1), level};
        for (std::string word = take_word(text); !word.empty(); word = take_word(text))
            line.arguments.push_back(without_brackets(word));
        if (line.actions == kAllBad && control != "[default=bad]")
            error(name, number, "invalid control");
        stack.lines.push_back(std::move(line));
    }

    const std::string& type_;
    const PamFiles& files_;
};

}  // namespace

PamStack load_stack(const std::string& service, const std::string& type, const PamFiles& files) {
    Loading own(type, files);
    if (files(service)) own.load(service, 0, 0);
    if (!own.stack.lines.empty() || !own.stack.errors.empty() || service == "other")
        return std::move(own.stack);
    Loading other(type, files);
    if (files("other")) other.load("other", 0, 0);
    return std::move(other.stack);
}

}  // namespace pam_revoke
