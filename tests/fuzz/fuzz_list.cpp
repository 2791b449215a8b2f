// Parsing and editing of list lines: a printed entry is read back, a removed one is gone.
#include <cstdint>
#include <cstdlib>

#include "revoke/list/list.hpp"
#include "revoke/store/list_edit.hpp"

using namespace pam_revoke;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Line line = parse_line(text);
    if (line.kind == LineKind::bad && line.reason == nullptr) std::abort();
    const ListCheck check = check_list(text, 1795226400);
    if (check.entries != list_entries(text).size()) std::abort();
    if (line.kind != LineKind::entry) return 0;
    const auto printed = print_entry(line.entry);
    if (printed.was_truncated()) return 0;
    const Line again = parse_line(printed.view());
    if (again.kind != LineKind::entry || print_entry(again.entry).view() != printed.view())
        std::abort();
    const auto adding = edits_to_add("", {}, line.entry, "a.list");
    if (!adding.ok()) std::abort();
    const std::string added = edited("", adding.value());
    const auto removing = edits_to_remove(added, line.entry, "a.list");
    if (!removing.ok() || edited(added, removing.value()) != "# pam_revoke list 1\n") std::abort();
    return 0;
}
