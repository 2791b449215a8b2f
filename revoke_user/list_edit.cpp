#include "revoke/list_edit.hpp"

#include <algorithm>

namespace pam_revoke {
namespace {

// True when the line may be an entry for `target`: what is no entry for it after all, parsing tells.
bool may_name(std::string_view line, const Target& target) {
    line.remove_prefix(std::min(line.size(), line.find_first_not_of(" \t")));
    const std::string_view word = kind_word(target.kind);
    if (!line.starts_with(word)) return false;
    line.remove_prefix(word.size());
    if (!line.starts_with(':')) return false;
    return target.kind == TargetKind::uid || line.substr(1).starts_with(target.name);
}

bool names(std::string_view line, const Target& target) {
    if (!may_name(line, target)) return false;
    const Line parsed = parse_line(line);
    return parsed.kind == LineKind::entry && parsed.entry.target == target;
}

// The text with the first entry for `target` replaced by `line`, and the others gone; an empty line takes all away.
std::string without(std::string_view text, const Target& target, std::string_view line, bool& found) {
    std::string out;
    out.reserve(text.size() + line.size() + 1);
    for_each_line(text, [&](std::string_view old, std::uint64_t) {
        const bool same = names(old, target);
        if (!same) out.append(old).append("\n");
        if (same && !found && !line.empty()) out.append(line).append("\n");
        found = found || same;
    });
    return out;
}

}  // namespace

const char* why_not_editable(std::string_view text) {
    if (text.empty()) return nullptr;
    if (!text.ends_with('\n')) return "has no newline at its end and may have been cut";
    bool is_list = false;
    const char* foreign = nullptr;
    for_each_line(text, [&](std::string_view line, std::uint64_t) {
        if (is_list && !line.starts_with(kListHeaderStem)) return;
        const Line parsed = parse_line(line);
        is_list = is_list || parsed.kind == LineKind::header || parsed.kind == LineKind::entry;
        if (parsed.kind == LineKind::foreign) foreign = parsed.reason;
    });
    if (foreign != nullptr) return foreign;
    return is_list ? nullptr : "is not a revocation list";
}

ListCheck check_list(std::string_view text, std::int64_t now_sec) {
    ListCheck check;
    bool header = false;
    for_each_line(text, [&](std::string_view line, std::uint64_t number) {
        const Line parsed = parse_line(line);
        if (parsed.kind == LineKind::entry) ++check.entries;
        if (parsed.kind == LineKind::header) header = header || number == 1;
        if (parsed.kind == LineKind::expires && parsed.number <= now_sec) check.bad.push_back({number, "the list has expired"});
        if (parsed.kind == LineKind::bad || parsed.kind == LineKind::foreign) check.bad.push_back({number, parsed.reason});
    });
    if (!header) check.bad.push_back({0, "does not begin with '" + std::string(kListHeader) + "'"});
    if (!text.empty() && !text.ends_with('\n')) check.bad.push_back({0, "has no newline at its end and may have been cut"});
    return check;
}

std::vector<OwnedEntry> list_entries(std::string_view text) {
    std::vector<OwnedEntry> entries;
    for_each_line(text, [&](std::string_view line, std::uint64_t number) {
        if (parse_line(line).kind == LineKind::entry) entries.push_back({std::string(line), number});
    });
    return entries;
}

std::vector<OwnedEntry> entries_for(std::string_view text, const Target& target) {
    std::vector<OwnedEntry> entries;
    for_each_line(text, [&](std::string_view line, std::uint64_t number) {
        if (names(line, target)) entries.push_back({std::string(line), number});
    });
    return entries;
}

Result<std::string> add_entry(std::string_view text, const Entry& entry) {
    if (const char* reason = why_not_editable(text)) return make_error(Fault::malformed, "list", reason);
    const auto line = print_entry(entry);
    if (line.was_cut() || parse_line(line.view()).kind != LineKind::entry)
        return make_error(Fault::malformed, "list", "can not hold this entry: too long, or bytes that no line may have");
    bool found = false;
    std::string out = without(text, entry.target, line.view(), found);
    if (out.empty()) out.append(kListHeader).append("\n");
    if (!found) out.append(line.view()).append("\n");
    return out;
}

Result<std::string> remove_entries(std::string_view text, const Target& target) {
    if (const char* reason = why_not_editable(text)) return make_error(Fault::malformed, "list", reason);
    bool found = false;
    return without(text, target, {}, found);
}

}  // namespace pam_revoke
