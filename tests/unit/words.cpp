// JSON, history, and which sessions are logins.
#include "revoke/base/json.hpp"
#include "revoke/logind/sessions.hpp"
#include "revoke/store/history.hpp"
#include "unit.hpp"

using namespace pam_revoke;

Test(json, strings_are_ascii_on_one_line) {
    cr_expect(json_string("a\"b\\c\n\x01") == "\"a\\\"b\\\\c\\u000a\\u0001\"");
    cr_expect(json_string("J\xc3\xbcrgen \xf0\x9f\x99\x82") == "\"J\\u00fcrgen \\ud83d\\ude42\"");
    cr_expect(json_string("\xff"
                          "a\xc3") == "\"\\ufffda\\ufffd\"");
    cr_expect(display("a\x1b[2J\xff\xc3\xbc") == "a\\x1b[2J\\xff\xc3\xbc");
}

Test(json, every_byte_survives_the_round_trip_of_valid_text) {
    for (unsigned code = 1; code < 0x800; ++code) {
        std::string text;
        if (code < 0x80)
            text += static_cast<char>(code);
        else
            text = {static_cast<char>(0xc0U | (code >> 6U)),
                    static_cast<char>(0x80U | (code & 0x3fU))};
        const auto parsed = parse_json_object("{\"k\": " + json_string(text) + "}");
        cr_assert(parsed && parsed->at("k") == text, "code %u", code);
    }
}

Test(json, rejects_other_than_a_flat_object) {
    for (const std::string_view text :
         {"", "{", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":\"b\"", "{\"a\":\"b\"} x",
          "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":{}}", "{\"a\":\"b\",}", "{a:1}",
          "{\"a\":\"\\ud83d\\u0041\"}"})
        EXPECT_ROW(!parse_json_object(text), text);
    cr_expect(parse_json_object("{}") && parse_json_object("{\"a\": 1, \"b\": true}"));
}

Test(history, a_record_is_read_back) {
    const HistoryRecord record{1795226400,          "revoke", "user:alice", "root", "T1",
                               "laptop \"lost\"\n", "done",   "2 sessions"};
    const auto again = parse_record(print_record(record));
    cr_assert(again);
    cr_expect(again->at_sec == record.at_sec && again->reason == record.reason &&
              again->target == record.target && again->result == record.result);
    cr_expect(!parse_record("garbage") && !parse_record("{\"at\": \"never\"}"));
}

// T05, T06: which sessions count as logins, for all classes of logind.
Test(sessions, logins) {
    const struct {
        const char *klass, *type, *service;
        bool remote, login;
    } rows[] = {
        {"user", "tty", "sshd", true, true},
        {"user", "tty", "login", false, true},
        {"user", "unspecified", "sshd", true, true},
        {"user-early", "tty", "login", false, true},
        {"user-incomplete", "tty", "login", false, true},
        {"user-light", "tty", "sshd", true, true},
        {"user-early-light", "tty", "sshd", true, true},
        {"user", "wayland", "gdm", false, true},
        {"user", "unspecified", "su", false, false},
        {"greeter", "x11", "gdm", false, false},
        {"lock-screen", "x11", "x", false, false},
        {"background", "unspecified", "cron", false, false},
        {"background-light", "unspecified", "cron", false, false},
        {"manager", "unspecified", "systemd-user", false, false},
        {"manager-early", "unspecified", "systemd-user", false, false},
    };
    for (const auto& row : rows) {
        Session session;
        session.klass = row.klass;
        session.type = row.type;
        session.service = row.service;
        session.remote = row.remote;
        EXPECT_ROW(is_login(session) == row.login, std::string(row.klass) + " " + row.service);
    }
}
