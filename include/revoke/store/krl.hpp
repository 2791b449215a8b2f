// krl.hpp - converts OpenSSH's key revocation lists, as ssh-keygen prints and reads them.
//
// Source: ssh-keygen(1), KEY REVOCATION LISTS, -Q -l.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/list/list.hpp"
#include "revoke/store/list_edit.hpp"

namespace pam_revoke {

// A KRL as a list of ours. A key in a KRL also covers what it has signed, as ca: does.
struct ListOfKrl {
    std::string text;
    // Lines without an equivalent entry; the number is that of the line in ssh-keygen's output.
    std::vector<BadLine> bad;
};

// Converts a KRL to a list of ours.
// Units:  printed: by ssh-keygen -Q -l -f FILE.
// Errors: none; an unsupported line is a BadLine.
[[nodiscard]] ListOfKrl list_of_krl(std::string_view printed);

// Entries of ours, as input for ssh-keygen to make a KRL.
struct KrlOfList {
    std::string hashes;  // of keys and CAs
    // What is revoked of a CA's certificates, by the CA's SHA256:...
    std::map<std::string, std::string> by_authority;
};

// Adds `entry`, of a key, certificate or CA; returns why a KRL cannot contain it, or nullptr.
// Errors: none.
[[nodiscard]] const char* add_to_krl(const Entry& entry, KrlOfList& krl);

}  // namespace pam_revoke
