#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "pam_stack.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

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
