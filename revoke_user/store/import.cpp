#include "revoke/store/import.hpp"

#include <algorithm>
#include <unordered_set>

#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr std::uint64_t kLinesPerWord = 65536;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";  // written by spreadsheets

// Reads a value, quoted or not, from the start of a line of CSV; returns why it is invalid, or
// nullptr.
const char* take_value(std::string_view& line, std::string& value) {
    if (!line.starts_with('"')) {
        const std::size_t comma = std::min(line.find(','), line.size());
        value = line.substr(0, comma);
        line.remove_prefix(comma);
        return value.find('"') == std::string::npos ? nullptr : "quote within a word";
    }
    for (std::size_t i = 1; i < line.size(); ++i) {
        if (line[i] != '"') {
            value += line[i];
        } else if (line.substr(i).starts_with("\"\"")) {
            value += line[i++];
        } else {
            line.remove_prefix(i + 1);
            return line.empty() || line.starts_with(',') ? nullptr
                                                         : "unexpected text after a closing quote";
        }
    }
    return "missing closing quote";
}

// Splits a line of CSV; returns why it is invalid, or nullptr.
const char* split_csv(std::string_view line, std::string& name, std::string& reason) {
    if (const char* fault = take_value(line, name)) return fault;
    if (line.empty()) return nullptr;
    line.remove_prefix(1);
    if (const char* fault = take_value(line, reason)) return fault;
    return line.empty() ? nullptr : "more than a name and a reason";
}

// True for the first line of a table: a word for names, a comma, and "reason", in any case.
bool is_heading(std::string_view line) {
    std::string lower(line);
    for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    for (const char* word : {"name,reason", "username,reason", "\"name\",\"reason\""})
        if (lower == word) return true;
    return false;
}

bool is_unbounded(const Entry& entry) {
    return !entry.from_sec && !entry.until_sec && !entry.not_before_sec && entry.services.empty() &&
           entry.hosts.empty();
}

class Importing {
public:
    Importing(std::string_view text, const ImportDefaults& defaults) : defaults_(defaults) {
        imported_.edits.push_back(
            {text.size(), 0, text.empty() ? std::string(kListHeader) + "\n" : std::string()});
        for_each_line(text, [this](std::string_view line, std::uint64_t) {
            const Line parsed = parse_line(line);
            if (parsed.kind == LineKind::entry) know(parsed.entry);
        });
    }

    void take(std::string_view line, std::uint64_t number) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (number == 1 && line.starts_with(kByteOrderMark))
            line.remove_prefix(kByteOrderMark.size());
        if (number == 1 && is_heading(line)) return;
        // A list must have the header, so that a file of names cannot name a group or contain an
        // entry by chance.
        if (number == 1) is_list_ = line == kListHeader;
        if (is_list_ || line.starts_with(kListHeaderStem)) return take_ours(line, number);
        if (line.find_first_not_of(" \t") == std::string_view::npos || line.starts_with('#'))
            return;
        if (take_key(line, number)) return;
        std::string name;
        std::string reason;
        const bool is_quoted = line.starts_with('"');
        const char* fault = split_csv(line, name, reason);
        if (fault == nullptr) fault = why_not_a_name(name);
        // More likely a second column than a name.
        if (fault == nullptr && !is_quoted && needs_quotes(name))
            fault = "a name with a blank or '#' must be in double quotes";
        if (fault == nullptr && name.find(';') != std::string_view::npos)
            fault = "contains ';'; separate columns by commas";
        if (fault == nullptr && !is_clean_utf8(reason))
            fault = "reason contains a control byte or is not UTF-8";
        if (fault != nullptr) return refuse(number, fault);
        Entry entry;
        entry.target = Target{TargetKind::user, name, 0};
        const std::string escaped = quoted(reason);
        entry.reason = escaped;
        add(entry, number);
    }

    // A truncated name is another name. A list always ends with a newline; some programs that write
    // names omit it.
    void take_end(bool truncated, std::uint64_t number) {
        if (truncated && is_list_) refuse_all(number, "truncated: no newline at the end");
        imported_.truncated = truncated;
    }

    Imported finish() { return std::move(imported_); }

private:
    // False if the line is not a key.
    bool take_key(std::string_view line, std::uint64_t number) {
        if (!defaults_.key_in) return false;
        const auto key = defaults_.key_in(line);
        if (!key.ok()) return refuse(number, key.error().reason), true;
        if (!key.value()) return false;
        Entry entry;
        entry.target = Target{TargetKind::key, *key.value(), 0};
        add(entry, number);
        return true;
    }

    // As in a list; its % lines apply only to their own file.
    void take_ours(std::string_view line, std::uint64_t number) {
        const Line parsed = parse_line(line);
        if (parsed.kind == LineKind::entry) add(parsed.entry, number);
        if (parsed.kind == LineKind::bad) refuse(number, parsed.reason);
        if (parsed.kind == LineKind::unsupported) refuse_all(number, parsed.reason);
    }

    void add(Entry entry, std::uint64_t number) {
        // The UID is that of this host.
        if (defaults_.uid_of && entry.target.kind == TargetKind::user && !entry.uid &&
            entry.hosts.empty())
            entry.uid = defaults_.uid_of(std::string(entry.target.name));
        if (const char* reason = defaults_.objection ? defaults_.objection(entry) : nullptr)
            return refuse(number, reason);
        const std::string key = key_of(entry);
        // An entry with uid= revokes more than one without.
        if (known_.contains(key) && (!entry.uid || known_.contains(with_uid(key, *entry.uid)))) {
            ++imported_.known;
            return;
        }
        know(entry);
        if (entry.reason.empty()) entry.reason = defaults_.reason;
        if (entry.ref.empty()) entry.ref = defaults_.ref;
        if (entry.by.empty()) entry.by = defaults_.by;
        if (!entry.at_sec) entry.at_sec = defaults_.now_sec;
        const auto line = print_entry(entry);
        if (line.was_truncated()) return refuse(number, "line too long");
        if (entry.reason.empty()) return refuse(number, "no reason; add one, or use --reason");
        imported_.edits.front().text.append(line.view()).append("\n");
        ++imported_.added;
        const TargetKind kind = entry.target.kind;
        if (kind == TargetKind::user || kind == TargetKind::uid)
            imported_.last_user = text_of(entry.target);
    }

    void know(const Entry& entry) {
        if (!is_unbounded(entry)) return;
        const std::string key = key_of(entry);
        known_.insert(key);
        if (entry.uid) known_.insert(with_uid(key, *entry.uid));
    }

    void refuse(std::uint64_t number, const char* reason) {
        imported_.bad.push_back({number, reason});
    }

    // For a reason that makes all other lines doubtful.
    void refuse_all(std::uint64_t number, const char* reason) {
        refuse(number, reason);
        imported_.is_refused = true;
    }

    // Each serial and each key ID of a CA is a separate entry.
    static std::string key_of(const Entry& entry) {
        return text_of(entry.target) + " " + std::string(entry.serial) + " " +
               std::string(entry.keyid);
    }

    static std::string with_uid(const std::string& key, std::uint32_t uid) {
        return key + " uid=" + std::to_string(uid);
    }

    const ImportDefaults& defaults_;
    bool is_list_ = false;
    Imported imported_;
    std::unordered_set<std::string> known_;
};

}  // namespace

Result<Imported> import_lines(std::string_view text, std::string_view file,
                              const ImportDefaults& defaults, std::string_view list,
                              const std::function<void(std::size_t bytes)>& seen) {
    if (const char* reason = why_not_editable(text))
        return make_error(Fault::malformed, list, reason);
    Importing importing(text, defaults);
    std::uint64_t last = 0;
    for_each_line(file, [&](std::string_view line, std::uint64_t number) {
        importing.take(line, last = number);
        if (number % kLinesPerWord == 0) seen(static_cast<std::size_t>(line.data() - file.data()));
    });
    importing.take_end(!file.empty() && !file.ends_with('\n'), last);
    return importing.finish();
}

}  // namespace pam_revoke
