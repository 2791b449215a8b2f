// verify.cpp - revokectl verify.

#include <unistd.h>

#include <functional>
#include <set>

#include "actions.hpp"
#include "context.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/text.hpp"
#include "revoke/doctor/open_services.hpp"
#include "revoke/store/list_edit.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

// Warns of services that this host does not have. A misspelt one leaves its entry without effect.
void warn_of_services(const Context& context, const std::string& path, std::string_view text) {
    std::set<std::string, std::less<>> known;
    for_each_line(text, [&](std::string_view line, std::uint64_t number) {
        if (line.find("services=") == std::string_view::npos) return;
        const Line parsed = parse_line(line);
        for_each_item(parsed.entry.services, [&](std::string_view name) {
            if (!known.emplace(name).second || has_service(std::string(name))) return;
            context.output.warn(compose("{}:{}: this host has no PAM service '{}'", display(path),
                                        number, display(name)));
        });
    });
}

}  // namespace

ExitCode show_check_list(const Context& context) {
    const std::string& path = context.arguments.subject;
    const auto text = required(read_file(path, kMaxListBytes, geteuid()), path);
    if (!text.ok()) return context.fail(text.error(), kUnsound);
    const ListCheck check = check_list(text.value(), context.now_sec);
    warn_of_services(context, path, text.value());
    JsonArray bad;
    for (const BadLine& line : check.bad) {
        const std::string place =
            line.number > 0 ? compose("{}:{}", display(path), line.number) : display(path);
        context.output.complain(compose("{}: {}", place, line.reason));
        bad.add_raw(JsonObject().add("line", line.number).add("reason", line.reason).text());
    }
    context.output.answer(JsonObject()
                              .add("list", path)
                              .add("entries", check.entries)
                              .add_raw("bad", bad.text())
                              .text());
    if (check.bad.empty())
        context.output.say(compose("{}: {}, {}", display(path), context.output.good("valid"),
                                   counted(check.entries, "entry", "entries")));
    return check.bad.empty() ? kDone : kUnsound;
}

}  // namespace pam_revoke
