// doctor_units.cpp - services that run as a person and do not ask PAM: neither denial nor lingering keeps them from starting.

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <set>

#include "doctor.hpp"

namespace pam_revoke {
namespace {

constexpr std::uint32_t kFirstPerson = 1000;  // Source: login.defs(5), UID_MIN of every distribution we know
constexpr std::uint32_t kNobody = 65534;

bool is_person(std::uint32_t uid) { return uid >= kFirstPerson && uid < kNobody; }

std::optional<std::uint32_t> number_in(std::string_view text) {
    std::uint32_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc() && read.ptr == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// People by name, as the tree's own files have them: who comes from a directory service is not among them.
std::map<std::string, std::uint32_t> people_in(const std::string& root) {
    std::map<std::string, std::uint32_t> people;
    for (const std::string& line : plain_lines(tree_file(root + "/etc/passwd").value_or(""), "#")) {
        const std::size_t name = line.find(':');
        const std::size_t word = line.find(':', name + 1);
        const std::size_t end = line.find(':', word + 1);
        if (end == std::string::npos) continue;
        if (const auto uid = number_in(std::string_view(line).substr(word + 1, end - word - 1))) people[line.substr(0, name)] = *uid;
    }
    return people;
}

// User= and PAMName= of a unit with its drop-ins; the last word counts, and an empty one takes it back.
struct Unit {
    std::string user;
    std::string pam_name;
    void read(const std::string& text) {
        for (const std::string& line : plain_lines(text, "#;")) {
            if (line.starts_with("User=")) user = line.substr(5);
            if (line.starts_with("PAMName=")) pam_name = line.substr(8);
        }
    }
};

}  // namespace

void examine_units(const std::string& root, Findings& findings) {
    constexpr const char* kFolders[] = {"/etc/systemd/system/", "/run/systemd/system/", "/usr/lib/systemd/system/", "/lib/systemd/system/"};
    const auto people = people_in(root);
    std::set<std::string> seen;  // what stands in an earlier folder hides the same name in a later one
    for (const char* folder : kFolders)
        for (const std::string& name : tree_names(root + folder)) {
            if (!name.ends_with(".service") || !seen.insert(name).second) continue;
            Unit unit;
            unit.read(tree_file(root + folder + name).value_or(""));
            for (const char* other : kFolders)
                for (const std::string& drop_in : tree_names(root + other + name + ".d"))
                    if (drop_in.ends_with(".conf")) unit.read(tree_file(root + other + name + ".d/" + drop_in).value_or(""));
            if (unit.user.empty() || !unit.pam_name.empty()) continue;
            const auto known = people.find(unit.user);
            const auto uid = known != people.end() ? std::optional(known->second) : number_in(unit.user);
            if (!uid || !is_person(*uid)) continue;
            findings.push_back({"unit", name,
                                fmt::format("runs as {} and does not ask PAM: it starts also when they are revoked", unit.user),
                                "add PAMName=login, or another account"});
        }
}

}  // namespace pam_revoke
