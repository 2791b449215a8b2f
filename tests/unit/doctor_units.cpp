#include <filesystem>
#include <fstream>
#include <string>

#include "revoke/doctor/doctor.hpp"
#include "unit.hpp"

using namespace pam_revoke;

// Findings name the services of users whose processes an ending would find, and no others.
Test(doctor_units, services_of_users_are_named) {
    const TestDirectory tree;
    const std::string units = tree.path + "/etc/systemd/system/";
    std::filesystem::create_directories(units);
    const struct {
        const char* user;
        bool is_named;
    } rows[] = {
        {"999", false},   {"1000", true},    {"61183", true},    {"61184", false}, {"61500", false},
        {"65519", false}, {"65533", true},   {"65534", false},   {"65536", true},  {"100042", true},
        {"alice", true},  {"daemon", false}, {"unknown", false},
    };
    std::ofstream(tree.path + "/etc/passwd")
        << "daemon:x:1:1::/:/bin/sh\nalice:x:1042:1042::/:/bin/sh\n";
    for (const auto& row : rows) {
        std::ofstream(units + "job.service") << "[Service]\nUser=" << row.user << "\n";
        Findings findings;
        examine_units(tree.path, findings);
        EXPECT_ROW(findings.size() == (row.is_named ? 1U : 0U), row.user);
    }
}
