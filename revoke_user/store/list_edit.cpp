#include "revoke/store/list_edit.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "revoke/base/compose.hpp"
#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

std::size_t find_word(std::string_view text, std::string_view word, std::size_t from) {
    const void* found = from < text.size() ? memmem(text.data() + from, text.size() - from,
                                                    word.data(), word.size())
                                           : nullptr;
    return found == nullptr
               ? std::string_view::npos
               : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

// Returns the line that contains the byte `at`, without its newline.
std::string_view line_around(std::string_view text, std::size_t at) {
    const std::size_t before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
    const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
    return text.substr(begin, text.find('\n', at) - begin);
}

bool names(std::string_view line, const Target& target) {
    const Line parsed = parse_line(line);
    return parsed.kind == LineKind::entry && parsed.entry.target == target;
}

// Returns why the version of the text is unsupported, or nullptr.
const char* why_unsupported(std::string_view text) {
    for (std::size_t at = find_word(text, kListHeaderStem, 0); at != std::string_view::npos;) {
        const std::string_view line = line_around(text, at);
        const Line parsed = parse_line(line);
        if (parsed.kind == LineKind::unsupported) return parsed.reason;
        at = find_word(text, kListHeaderStem, at + 1);
    }
    return nullptr;
}

}  // namespace

const char* why_not_editable(std::string_view text) {
    if (text.empty()) return nullptr;
    if (!text.ends_with('\n')) return "truncated: no newline at the end";
    if (const char* reason = why_unsupported(text)) return reason;
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view line = line_around(text, at);
        const LineKind kind = parse_line(line).kind;
        if (kind == LineKind::header || kind == LineKind::entry) return nullptr;
        at += line.size() + 1;
    }
    return "not a revocation list";
}

ListCheck check_list(std::string_view text, std::int64_t now_sec) {
    ListCheck check;
    bool header = false;
    for_each_line(text, [&](std::string_view line, std::uint64_t number) {
        const Line parsed = parse_line(line);
        if (parsed.kind == LineKind::entry) ++check.entries;
        if (parsed.entry.not_before_sec.value_or(0) > now_sec + kClockSlackSec)
            check.bad.push_back(
                {number, "not-before= is more than five minutes ahead; check the clock"});
        if (parsed.kind == LineKind::header) header = header || number == 1;
        if (parsed.kind == LineKind::expires && parsed.number <= now_sec)
            check.bad.push_back({number, "expired"});
        if (parsed.kind == LineKind::issued && parsed.number > now_sec + kClockSlackSec)
            check.bad.push_back({number, "issued in the future; check the clock"});
        if (parsed.kind == LineKind::bad || parsed.kind == LineKind::unsupported)
            check.bad.push_back({number, parsed.reason});
    });
    if (!header) check.bad.push_back({0, "no first line '" + std::string(kListHeader) + "'"});
    if (!text.empty() && !text.ends_with('\n'))
        check.bad.push_back({0, "truncated: no newline at the end"});
    return check;
}

std::vector<OwnedEntry> list_entries(std::string_view text) {
    std::vector<OwnedEntry> entries;
    for_each_line(text, [&](std::string_view line, std::uint64_t number) {
        if (parse_line(line).kind == LineKind::entry)
            entries.push_back({std::string(line), number});
    });
    return entries;
}

// In a large list, only lines with the target, or with its UID in any form, are parsed.
std::vector<OwnedEntry> entries_for(std::string_view text, const Target& target) {
    const std::string kind = std::string(kind_word(target.kind)) + ":";
    const std::string name(target.name);
    std::vector<std::string> words = {kind + name, kind + "\"" + name + "\""};
    if (target.kind == TargetKind::uid) words = {std::to_string(target.uid)};
    std::vector<OwnedEntry> entries;
    for (const std::string& word : words) {
        for (std::size_t at = find_word(text, word, 0); at != std::string_view::npos;) {
            const std::string_view line = line_around(text, at);
            const auto offset = static_cast<std::size_t>(line.data() - text.data());
            if (names(line, target)) entries.push_back({std::string(line), 0, offset});
            at = find_word(text, word, offset + line.size());
        }
    }
    std::sort(entries.begin(), entries.end(),
              [](const OwnedEntry& a, const OwnedEntry& b) { return a.offset < b.offset; });
    const auto same = [](const OwnedEntry& a, const OwnedEntry& b) { return a.offset == b.offset; };
    entries.erase(std::unique(entries.begin(), entries.end(), same), entries.end());
    return entries;
}

std::vector<OwnedEntry> entries_like(std::string_view text, const Entry& like) {
    auto entries = entries_for(text, like.target);
    std::erase_if(entries, [&like](const OwnedEntry& each) {
        const Entry entry = each.entry();
        return entry.serial != like.serial || entry.keyid != like.keyid;
    });
    return entries;
}

Result<Edits> edits_to_add(std::string_view text, const std::vector<OwnedEntry>& old,
                           const Entry& entry, std::string_view list) {
    if (const char* reason = why_not_editable(text))
        return make_error(Fault::malformed, list, reason);
    const auto line = print_entry(entry);
    if (line.was_truncated() || parse_line(line.view()).kind != LineKind::entry)
        return make_error(Fault::malformed, list, "entry too long or with invalid bytes");
    std::string added = std::string(line.view()) + "\n";
    if (text.empty()) added.insert(0, std::string(kListHeader) + "\n");
    Edits edits;
    for (const OwnedEntry& same : old)
        edits.push_back({same.offset, same.line.size() + 1, std::exchange(added, {})});
    if (edits.empty()) edits.push_back({text.size(), 0, std::move(added)});
    return edits;
}

Result<Edits> edits_to_remove(std::string_view text, const Entry& like, std::string_view list) {
    if (const char* reason = why_not_editable(text))
        return make_error(Fault::malformed, list, reason);
    Edits edits;
    for (const OwnedEntry& old : entries_like(text, like))
        edits.push_back({old.offset, old.line.size() + 1, {}});
    if (edits.empty() || text.starts_with(kListHeader)) return edits;
    const std::string left = edited(text, edits);
    if (left.empty() || why_not_editable(left) != nullptr)
        edits.front().text = std::string(kListHeader) + "\n";
    return edits;
}

std::string quoted(std::string_view text) {
    std::string escaped;
    append_escaped(text, escaped);
    return escaped;
}

std::string text_of(const Entry& entry) {
    std::string text = text_of(entry.target);
    if (!entry.serial.empty()) text += compose(" serial={}", entry.serial);
    if (!entry.keyid.empty()) text += compose(" keyid=\"{}\"", entry.keyid);
    return text;
}

std::string text_of(const Target& target) {
    const std::string value =
        target.kind == TargetKind::uid ? std::to_string(target.uid) : std::string(target.name);
    return compose("{}:{}", kind_word(target.kind), value);
}

}  // namespace pam_revoke
