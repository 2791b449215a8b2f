// JSON, history, and the words of the two command lines.
#include "arguments.hpp"
#include "revoke/store/history.hpp"
#include "revoke/base/json.hpp"
#include "revoke/logind/logout_arguments.hpp"
#include "revoke/logind/sessions.hpp"
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
            text = {static_cast<char>(0xc0U | (code >> 6U)), static_cast<char>(0x80U | (code & 0x3fU))};
        const auto parsed = parse_json_object("{\"k\": " + json_string(text) + "}");
        cr_assert(parsed && parsed->at("k") == text, "code %u", code);
    }
}

Test(json, what_is_no_flat_object) {
    for (const std::string_view text : {"", "{", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":\"b\"", "{\"a\":\"b\"} x", "{\"a\":\"\\x\"}",
                                        "{\"a\":\"\\u12\"}", "{\"a\":{}}", "{\"a\":\"b\",}", "{a:1}", "{\"a\":\"\\ud83d\\u0041\"}"})
        EXPECT_ROW(!parse_json_object(text), text);
    cr_expect(parse_json_object("{}") && parse_json_object("{\"a\": 1, \"b\": true}"));
}

Test(history, a_record_is_read_back) {
    const HistoryRecord record{1795226400, "revoke", "user:alice", "root", "T1", "laptop \"lost\"\n", "done", "2 sessions"};
    const auto again = parse_record(print_record(record));
    cr_assert(again);
    cr_expect(again->at_sec == record.at_sec && again->reason == record.reason && again->target == record.target &&
              again->result == record.result);
    cr_expect(!parse_record("garbage") && !parse_record("{\"at\": \"never\"}"));
}

static std::optional<Arguments> parse(std::vector<std::string> words, std::string& complaint) {
    words.insert(words.begin(), "revoke-user");
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    return parse_arguments(static_cast<int>(words.size()), argv.data(), 1795226400, complaint);
}

Test(arguments, good) {
    std::string complaint;
    const auto revoke = parse({"alice", "--reason", "laptop lost", "--ref=T1", "--until", "+7d", "--yes"}, complaint);
    cr_assert(revoke, "%s", complaint.c_str());
    cr_expect(revoke->action == Action::revoke && revoke->subject == "alice" && revoke->until_sec == 1795226400 + 604800 && revoke->yes);
    cr_expect(parse({"--undo", "alice"}, complaint)->action == Action::undo);
    cr_expect(parse({"--check", "alice", "--service", "login"}, complaint)->service == "login");
    cr_expect(parse({"--sessions"}, complaint)->action == Action::sessions);
    cr_expect(parse({"--check-list", "f"}, complaint)->action == Action::check_list);
    cr_expect(parse({"--import", "f", "--reason", "x", "--ref", "T1", "--dry-run"}, complaint)->action == Action::import);
    cr_expect(parse({"--import", "-"}, complaint)->subject == "-");
    cr_expect(parse({"--compile", "--quiet"}, complaint)->action == Action::compile);
    const auto chosen = parse({"--end-only", "--all", "--service", "sshd", "--tty", "pts/1", "--from", "192.0.2.0/24", "--now"}, complaint);
    cr_assert(chosen, "%s", complaint.c_str());
    cr_expect(chosen->all && chosen->now && chosen->service.empty() && chosen->selection.service == "sshd");
    cr_expect(chosen->selection.tty == "pts/1" && chosen->selection.address == "192.0.2.0/24" && !chosen->from_sec);
    cr_expect(parse({"--end-only", "--session", "3"}, complaint)->selection.session == "3");
    cr_expect(parse({"--sessions", "alice", "--tty", "ttyS0"}, complaint)->subject == "alice");
    cr_expect(parse({"--sessions", "--all"}, complaint)->all);
    cr_expect(parse({"-h"}, complaint)->action == Action::help);
    cr_expect(parse({"--version"}, complaint)->action == Action::version);
}

Test(arguments, bad) {
    for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{},
                                                                                       {"--nonsense"},
                                                                                       {"alice", "bob"},
                                                                                       {"--undo"},
                                                                                       {"--check"},
                                                                                       {"--list", "alice"},
                                                                                       {"--compile", "alice"},
                                                                                       {"--compile", "--reason", "x"},
                                                                                       {"--import"},
                                                                                       {"--import", "f", "--now"},
                                                                                       {"--import", "f", "--until", "+1d"},
                                                                                       {"--undo", "--list", "a"},
                                                                                       {"alice", "--from", "2026-02-30"},
                                                                                       {"alice", "--until", "yesterday"},
                                                                                       {"alice", "--until", "2020-01-01"},
                                                                                       {"alice", "--from", "+2d", "--until", "+1d"},
                                                                                       {"alice", "--deny-only", "--end-only"},
                                                                                       {"--undo", "alice", "--reason", "x"},
                                                                                       {"--check", "alice", "--force"},
                                                                                       {"--list", "--dry-run"},
                                                                                       {"alice", "--service", "x"},
                                                                                       {"alice", "--all"},
                                                                                       {"alice", "--reason"},
                                                                                       {"alice", "--end-only", "--until", "+1d"},
                                                                                       {"--end-only"},
                                                                                       {"--end-only", "--tty", "pts/1"},
                                                                                       {"--end-only", "--all", "alice"},
                                                                                       {"--end-only", "--all", "--tty", ""},
                                                                                       {"--end-only", "--all", "--from", "+7d"},
                                                                                       {"--end-only", "--all", "--from", ""},
                                                                                       {"alice", "--from", "192.0.2.7"},
                                                                                       {"alice", "--from", ""},
                                                                                       {"alice", "--tty", "pts/1"},
                                                                                       {"alice", "--session", "1"},
                                                                                       {"alice", "--deny-only", "--now"},
                                                                                       {"alice", "--deny-only", "--warn", "x"},
                                                                                       {"--undo", "alice", "--now"},
                                                                                       {"--undo", "--all"},
                                                                                       {"--check", "alice", "--tty", "pts/1"},
                                                                                       {"--sessions", "--descendants"}}) {
        std::string complaint;
        std::string all;
        for (const std::string& word : words) all += word + " ";
        EXPECT_ROW(!parse(words, complaint) && !complaint.empty(), all);
    }
}

// T05, T06: what counts as logged in, for all classes logind has.
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
