#include "pam_stack.hpp"

#include <array>
#include <set>
#include <tuple>
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
    static const std::set<std::string> kAnswers = {"success",
                                                   "open_err",
                                                   "symbol_err",
                                                   "service_err",
                                                   "system_err",
                                                   "buf_err",
                                                   "perm_denied",
                                                   "auth_err",
                                                   "cred_insufficient",
                                                   "authinfo_unavail",
                                                   "user_unknown",
                                                   "maxtries",
                                                   "new_authtok_reqd",
                                                   "acct_expired",
                                                   "session_err",
                                                   "cred_unavail",
                                                   "cred_expired",
                                                   "cred_err",
                                                   "no_module_data",
                                                   "conv_err",
                                                   "authtok_err",
                                                   "authtok_recover_err",
                                                   "authtok_lock_busy",
                                                   "authtok_disable_aging",
                                                   "try_again",
                                                   "ignore",
                                                   "abort",
                                                   "authtok_expired",
                                                   "module_unknown",
                                                   "bad_item",
                                                   "conv_again",
                                                   "incomplete",
                                                   "default"};
    return kAnswers.contains(word);
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

std::map<std::string, std::string> actions_of(const std::string& written) {
    const std::string control = lower(written);
    if (control == "required")
        return {{"success", "ok"},
                {"new_authtok_reqd", "ok"},
                {"ignore", "ignore"},
                {"default", "bad"}};
    if (control == "requisite")
        return {{"success", "ok"},
                {"new_authtok_reqd", "ok"},
                {"ignore", "ignore"},
                {"default", "die"}};
    if (control == "sufficient")
        return {{"success", "done"}, {"new_authtok_reqd", "done"}, {"default", "ignore"}};
    if (control == "optional")
        return {{"success", "ok"}, {"new_authtok_reqd", "ok"}, {"default", "ignore"}};
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

enum class Impression : std::uint8_t { undefined, positive, negative };
enum class Status : std::uint8_t { success, new_password, failure };

constexpr int kMaxLevels = 8;  // of substacks; deeper ones count as the deepest

// The state of a walk through the stack.
struct Walk {
    std::size_t at = 0;
    Impression impression = Impression::undefined;
    Status status = Status::failure;
    bool asked = false;
    std::size_t last = 0;  // the line called last
    // The result when each substack was entered, to which reset returns.
    std::array<std::pair<Impression, Status>, kMaxLevels> before{};
    [[nodiscard]] auto key() const {
        return std::make_tuple(at, impression, status, asked, before);
    }
};

class Walking {
public:
    // Units:  refused: true if the gate denies, because of an entry or an unavailable check.
    Walking(const std::vector<PamLine>& lines, bool refused) : lines_(lines), refused_(refused) {}

    // Returns the end of a path that allows a login; no value if there is none.
    std::optional<Walk> way_in() {
        std::vector<Walk> open = {Walk()};
        while (!open.empty()) {
            const Walk walk = open.back();
            open.pop_back();
            if (!seen_.insert(walk.key()).second) continue;
            if (walk.at >= lines_.size()) {
                if (walk.impression == Impression::positive && walk.status != Status::failure)
                    return walk;
                continue;
            }
            for (const std::string& decision : answers_of(lines_[walk.at]))
                open.push_back(step(walk, decision));
        }
        return std::nullopt;
    }

private:
    // Returns all results of a module that make a difference.
    [[nodiscard]] std::set<std::string> answers_of(const PamLine& line) const {
        if (line.is_gate())
            return refused_ && !line.clear
                       ? std::set<std::string>{"perm_denied", "authinfo_unavail"}
                       : std::set<std::string>{"ignore"};
        if (line.module == "pam_permit.so") return {"success"};
        if (line.module == "pam_deny.so") return {"acct_expired", "auth_err"};
        // For an allowed user, other modules return success or ignore.
        if (!refused_) return {"success", "ignore"};
        std::set<std::string> answers = {"success", "new_authtok_reqd", "ignore", "perm_denied"};
        for (const auto& [decision, action] : line.actions)
            if (decision != "default") answers.insert(decision);
        return answers;
    }

    [[nodiscard]] Walk step(Walk walk, const std::string& decision) const {
        const PamLine& line = lines_[walk.at];
        const auto named = line.actions.find(decision);
        const auto other = line.actions.find("default");
        const std::string action = named != line.actions.end()   ? named->second
                                   : other != line.actions.end() ? other->second
                                                                 : "bad";
        const Status status = decision == "success"            ? Status::success
                              : decision == "new_authtok_reqd" ? Status::new_password
                                                               : Status::failure;
        const bool enters = walk.at == 0 || lines_[walk.at - 1].level < line.level;
        if (enters)
            walk.before[static_cast<std::size_t>(std::min(line.level, kMaxLevels - 1))] = {
                walk.impression, walk.status};
        walk.last = walk.at;
        walk.asked = walk.asked || line.is_gate();
        if (action == "ok" || action == "done") {
            const bool may_add =
                walk.impression == Impression::undefined ||
                (walk.impression == Impression::positive && walk.status == Status::success);
            // PAM_IGNORE as well: it becomes the result of the stack, but not success.
            if (may_add) {
                walk.impression = Impression::positive;
                walk.status = status;
            }
            return leave(walk, action == "done" && walk.impression == Impression::positive);
        }
        if (action == "bad" || action == "die") {
            if (walk.impression != Impression::negative) walk.status = Status::failure;
            walk.impression = Impression::negative;
            return leave(walk, action == "die");
        }
        const std::size_t jump = parse_number<std::size_t>(action).value_or(0);
        if (jump > 0) return jumped(walk, jump);
        if (action == "reset")
            std::tie(walk.impression, walk.status) =
                walk.before[static_cast<std::size_t>(std::min(line.level, kMaxLevels - 1))];
        return leave(walk, false);
    }

    // Moves to the next line or, after a decision, behind the substack or the stack.
    [[nodiscard]] Walk leave(Walk walk, bool decided) const {
        const int level = lines_[walk.at].level;
        ++walk.at;
        while (decided && walk.at < lines_.size() && lines_[walk.at].level >= level) ++walk.at;
        return walk;
    }

    // A substack counts as one line.
    [[nodiscard]] Walk jumped(Walk walk, std::size_t jump) const {
        const int level = lines_[walk.at].level;
        ++walk.at;
        for (; jump > 0 && walk.at < lines_.size() && lines_[walk.at].level >= level; --jump) {
            ++walk.at;
            while (walk.at < lines_.size() && lines_[walk.at].level > level) ++walk.at;
        }
        if (jump == 0) return walk;
        walk.impression = Impression::negative;
        walk.status = Status::failure;
        return walk;
    }

    const std::vector<PamLine>& lines_;
    bool refused_;
    std::set<decltype(Walk().key())> seen_;
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

StackVerdict judge(const PamStack& stack) {
    StackVerdict verdict;
    const PamLine* clear = nullptr;
    for (const PamLine& line : stack.lines) {
        verdict.has_gate = verdict.has_gate || line.is_gate();
        if (line.clear && clear == nullptr) clear = &line;
    }
    if (const auto way = Walking(stack.lines, true).way_in()) {
        const PamLine& last = stack.lines[way->last];
        verdict.hole = !verdict.has_gate  ? "the gate is not in the account stack"
                       : clear != nullptr ? compose("{}: {}", clear->place, *clear->clear)
                       : way->asked
                           ? std::string(
                                 "the verdict of the gate is ignored: its control lets "
                                 "other modules override it")
                           : compose("{} ({} {}) can end the phase before the gate is asked",
                                     last.place, last.control, last.module);
    }
    std::vector<PamLine> without = stack.lines;
    for (PamLine& line : without)
        if (line.is_gate()) line.actions = {{"default", "ignore"}};
    verdict.shut = !Walking(stack.lines, false).way_in() && Walking(without, false).way_in();
    return verdict;
}

}  // namespace pam_revoke
