// Suggestions for a user not in the account database.
#include "unknown_user.hpp"

#include "unit.hpp"

using namespace pam_revoke;

Test(unknown_user, the_nearest_local_login_is_found) {
    const std::string_view passwd =
        "root:x:0:0:root:/root:/bin/bash\n"
        "alice:x:1000:1000:Alice:/home/alice:/bin/sh\n"
        "+carol::::::\n"
        "\n"
        "bob";
    const struct {
        std::string_view name, found;
    } rows[] = {
        {"alcie", "alice"}, {"rott", "root"}, {"bobb", "bob"}, {"carlo", ""},
        {"zaphod", ""},     {"", ""},         {"+", ""},       {"x:1000", ""},
    };
    for (const auto& row : rows) EXPECT_ROW(nearest_login(row.name, passwd) == row.found, row.name);
    cr_expect(nearest_login("alice", "").empty());
}

Test(unknown_user, a_uid_gets_no_suggestion) {
    const Target target{TargetKind::uid, {}, 4242};
    cr_expect(describe_unknown_user(target) == "uid 4242: not in the account database");
}

Test(unknown_user, a_name_is_printed_without_control_bytes) {
    const Target target{TargetKind::user, "nobody-such\x1b", 0};
    cr_expect(describe_unknown_user(target) == "nobody-such\\x1b: not in the account database");
}
