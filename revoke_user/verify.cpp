// verify.cpp - revokectl verify.

#include <unistd.h>

#include "actions.hpp"
#include "context.hpp"
#include "revoke/base/compose.hpp"
#include "revoke/base/file.hpp"
#include "revoke/base/json.hpp"
#include "revoke/store/list_edit.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {

ExitCode show_check_list(const Context& context) {
    const std::string& path = context.arguments.subject;
    const auto text = required(read_file(path, kMaxListBytes, geteuid()), path);
    if (!text.ok()) return context.fail(text.error(), kUnsound);
    const ListCheck check = check_list(text.value(), context.now_sec);
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
