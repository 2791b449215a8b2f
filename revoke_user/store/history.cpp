#include "revoke/store/history.hpp"

#include <array>

#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"

namespace pam_revoke {

const char* action_word(HistoryAction action) {
    constexpr std::array kWords = {"revoke", "undo",        "end",
                                   "import", "break-glass", "break-glass-off"};
    return kWords[static_cast<std::size_t>(action)];
}

const char* result_word(HistoryResult result) {
    constexpr std::array kWords = {"begun", "done", "planned", "incomplete", "failed"};
    return kWords[static_cast<std::size_t>(result)];
}

std::string print_record(const HistoryRecord& record) {
    JsonObject json;
    json.add("at", print_time(record.at_sec).view())
        .add("action", record.action)
        .add("target", record.target);
    json.add("by", record.by).add("ref", record.ref).add("reason", record.reason);
    return json.add("result", record.result).add("detail", record.detail).text();
}

std::optional<HistoryRecord> parse_record(std::string_view line) {
    auto fields = parse_json_object(line);
    if (!fields) return std::nullopt;
    const auto at = parse_time((*fields)["at"]);
    if (!at || (*fields)["action"].empty()) return std::nullopt;
    return HistoryRecord{*at,
                         (*fields)["action"],
                         (*fields)["target"],
                         (*fields)["by"],
                         (*fields)["ref"],
                         (*fields)["reason"],
                         (*fields)["result"],
                         (*fields)["detail"]};
}

}  // namespace pam_revoke
