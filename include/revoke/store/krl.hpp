// krl.hpp - OpenSSH's key revocation lists, as ssh-keygen prints and reads them, and ours.
//
// Pure: text in, text out.
// Source: ssh-keygen(1), KEY REVOCATION LISTS, -Q -l.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "revoke/list/list.hpp"
#include "revoke/store/list_edit.hpp"

namespace pam_revoke {

// What a KRL says, as a list of ours. A KRL means by a key also what it has signed, as ca: does.
struct ListOfKrl {
    std::string text;
    std::vector<BadLine> bad;  // lines that no entry says the same as; the number is that of the
                               // line as ssh-keygen prints it
};

// Units:  printed: by ssh-keygen -Q -l -f FILE.
// Errors: none; what is not understood is a BadLine.
[[nodiscard]] ListOfKrl list_of_krl(std::string_view printed);

// Entries of ours, as ssh-keygen reads what it is to put into a KRL.
struct KrlOfList {
    std::string hashes;  // of keys and authorities
    std::map<std::string, std::string>
        by_authority;  // what is revoked of an authority's certificates, by its SHA256:...
};

// Adds `entry`, of a key, certificate or authority. Says why a KRL cannot say the same, or nothing.
// Errors: none.
[[nodiscard]] const char* add_to_krl(const Entry& entry, KrlOfList& krl);

}  // namespace pam_revoke
