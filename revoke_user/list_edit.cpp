#include "revoke/list_edit.hpp"

namespace pam_revoke {
namespace {

// Calls visit(line, number) for each line, without newlines.
template <typename Visit>
void each_line(std::string_view text, Visit visit) {
    for (std::uint64_t number = 1; !text.empty(); ++number) {
        const std::size_t size = text.find('\n');
        visit(text.substr(0, size), number);
        text.remove_prefix(size == std::string_view::npos ? text.size() : size + 1);
    }
}

const char* why_not_editable(std::string_view text) {
    if (text.empty()) return nullptr;
    if (!text.ends_with('\n')) return "has no newline at its end and may have been cut";
    bool is_list = false;
    const char* foreign = nullptr;
    each_line(text, [&](std::string_view line, std::uint64_t) {
        const Line parsed = parse_line(line);
        is_list = is_list || parsed.kind == LineKind::header || parsed.kind == LineKind::entry;
        if (parsed.kind == LineKind::foreign) foreign = parsed.reason;
    });
    if (foreign != nullptr) return foreign;
    return is_list ? nullptr : "is not a revocation list";
}

// The text with each entry for `target` replaced by `line`; an empty line takes it away.
std::string without(std::string_view text, const Target& target, std::string_view line, bool& found) {
    std::string out;
    each_line(text, [&](std::string_view old, std::uint64_t) {
        const Line parsed = parse_line(old);
        const bool same = parsed.kind == LineKind::entry && parsed.entry.target == target;
        const std::string_view kept = !same ? old : found ? std::string_view() : line;
        if (same && kept.empty()) {
            found = true;
            return;
        }
        found = found || same;
        out.append(kept).append("\n");
    });
    return out;
}

}  // namespace

ListCheck check_list(std::string_view text, std::int64_t now_sec) {
    ListCheck check;
    bool header = false;
    each_line(text, [&](std::string_view line, std::uint64_t number) {
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
    each_line(text, [&](std::string_view line, std::uint64_t number) {
        if (parse_line(line).kind == LineKind::entry) entries.push_back({std::string(line), number});
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
