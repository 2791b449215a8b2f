#include "revoke/conf/config.hpp"

#include "unit.hpp"

using namespace pam_revoke;

Test(config, a_service_overrides_the_gate_in_either_order) {
    for (const std::string_view text :
         {"[gate]\nunavailable = deny\n[service sshd]\nunavailable = allow\n",
          "[service sshd]\nunavailable = allow\n[gate]\nunavailable = deny\n"}) {
        cr_expect(parse_config(text, "c", "sshd").policy.unavailable == Unavailable::allow);
        cr_expect(parse_config(text, "c", "login").policy.unavailable == Unavailable::deny);
        cr_expect(!parse_config(text, "c", "sshd").error);
    }
}

Test(config, all_keys) {
    const Settings settings = parse_config(
        "# comment\n[gate]\nlists = /a,/b ; where\nexempt_users = root,break\nexempt_groups = "
        "glass\nmessage = Call {ref}\nhost = "
        "h.example\n[end]\ngrace = 5s\nlimit = 1m\n[revoke-user]\nstate_dir = /s\nadmin_groups = "
        "ops\nrun_dir = /r\n",
        "c", "");
    cr_assert(!settings.error, "%s %s", settings.error->object.c_str(), settings.error->reason);
    cr_expect(settings.policy.lists.view() == "/a,/b");
    cr_expect(settings.policy.exempt_users.view() == "root,break");
    cr_expect(settings.policy.message.view() == "Call {ref}");
    cr_expect(settings.grace_sec == 5 && settings.limit_sec == 60);
    cr_expect(settings.state_dir.view() == "/s" && settings.admin_groups.view() == "ops" &&
              settings.run_dir.view() == "/r");
}

// P19, and errors that inih ignores: each is reported with its line, and exemptions remain.
Test(config, an_error_is_reported_and_keeps_exemptions) {
    const struct {
        std::string text;
        const char* where;
    } rows[] = {
        {"[gate]\nexempt_users = root,break\nunavailble = allow\n", "c:3: unavailble"},
        {"[gate]\nexempt_users = root,break\nunavailable = maybe\n", "c:3: unavailable"},
        {"[gate]\nexempt_users = root,break\nunavailable = allow\nunavailable = deny\n",
         "c:4: unavailable"},
        {"[gate]\nexempt_users = root,break\n  host = x\n",
         "c:3"},  // inih: continues the value above
        {"[gate]\nexempt_users = root,break\nno equals sign\n", "c:3"},
        {"[gate]\nexempt_users = root,break\n[open\n", "c:3"},
        {"[gate]\nexempt_users = root,break\n[gat]\nhost = x\n", "c:4: host"},
        {"[gate]\nexempt_users = root,break\n[service ]\nhost = x\n", "c:4: host"},
        {"[gate]\nexempt_users = root,break\n[service sshd]\nhost = x\nhost = y\n", "c:5: host"},
        {"[gate]\nexempt_users = root,break\n[service other]\nunavailable = maybe\n",
         "c:4: unavailable"},
        {"[gate]\nexempt_users = root,break\n[" + std::string(60, 's') + "]\nhost = x\n",
         "c:3"},  // inih: truncated at 49 bytes
        {"[gate]\nexempt_users = root,break\nmessage = " + std::string(300, 'm') + "\n",
         "c:3"},  // inih: truncated at 199 bytes
        {"[gate]\nexempt_users = root,break\n[end]\ngrace = soon\n", "c:4: grace"},
        {"[gate]\nexempt_users = root,break\n[end]\ngrace = 1w\n", "c:4: grace"},
        {"exempt_users = root,break\n", "c:1: exempt_users"},
    };
    for (const auto& row : rows) {
        const Settings settings = parse_config(row.text, "c", "sshd");
        cr_assert(settings.error, "no error for: %s", row.text.c_str());
        EXPECT_ROW(settings.error->object.view() == row.where,
                   row.text + " -> " + std::string(settings.error->object.view()));
        if (row.text.starts_with("[gate]"))
            EXPECT_ROW(settings.policy.exempt_users.view() == "root,break", row.text);
        if (row.text.find("maybe") != std::string::npos)
            EXPECT_ROW(settings.policy.unavailable == Unavailable::deny, row.text);
    }
    for (const std::string_view text :
         {"[gate]\nhost = a\x1b[31m\n", "[gate]\nmessage = \xff\n",
          "[revoke-user]\nstate_dir = /a\x1b[31m\n", "[revoke-user]\nrun_dir = /\xc3\n",
          "[revoke-user]\nadmin_groups = a\xe2\x80\xae\n", "[revoke-user]\nadmin_groups =\n"})
        EXPECT_ROW(parse_config(text, "c", "").error, text);
    cr_expect(parse_config(std::string("[gate]\nhost = a\0b\n", 17), "c", "").error);
    cr_expect(parse_config(std::string(20000, '#'), "c", "").error);
    cr_expect(!parse_config("", "c", "").error);
}
