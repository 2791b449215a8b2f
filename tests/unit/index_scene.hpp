// A directory of lists and one of indexes, and the gate's decisions with and without indexes.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "revoke/list/index.hpp"
#include "revoke/pam_revoke/gate.hpp"
#include "revoke/store/compile.hpp"
#include "unit.hpp"

namespace pam_revoke {

inline constexpr std::int64_t kNowSec = 1795226400;

struct Scene : TestDirectory {
    std::string lists = path + "/lists";
    std::string indexes = path + "/index";
    std::string list = lists + "/a.list";
    std::string index = indexes + "/" + index_name(list).c_str();

    Scene() {
        chmod(path.c_str(), 0755);
        mkdir(lists.c_str(), 0755);
        mkdir(indexes.c_str(), 0700);
    }
    void write(const std::string& text) const {
        std::ofstream(list) << text;
        chmod(list.c_str(), 0600);
    }
    [[nodiscard]] Result<std::uint64_t> compile() const {
        const auto directory = Directory::open(indexes, 0);
        return required(compile_index(list, directory.value(), 0), list);
    }
    [[nodiscard]] Decision ask(const std::string& user, bool indexed = true) const {
        Policy policy;
        (void)set_policy(policy, PolicyKey::lists, lists);
        return decide(policy, Request{user, std::nullopt, "sshd", kNowSec, 0,
                                      indexed ? indexes.c_str() : nullptr});
    }
    [[nodiscard]] Decision ask_uid(std::uint32_t uid, bool indexed = true) const {
        Policy policy;
        (void)set_policy(policy, PolicyKey::lists, lists);
        return decide(policy,
                      Request{"", uid, "sshd", kNowSec, 0, indexed ? indexes.c_str() : nullptr});
    }
    void overwrite(off_t offset, char change) const {
        const int fd = open(index.c_str(), O_RDWR | O_CLOEXEC);
        char byte = 0;
        cr_assert(pread(fd, &byte, 1, offset) == 1);
        byte = static_cast<char>(byte ^ change);
        cr_assert(pwrite(fd, &byte, 1, offset) == 1);
        close(fd);
    }
};

inline std::string users(int count, const std::string& more = "") {
    std::string text = "# pam_revoke list 1\n";
    for (int i = 0; i < count; ++i)
        text += "user:leaver" + std::to_string(i) + " ref=T" + std::to_string(i) + "\n";
    return text + more;
}

inline bool same(const Decision& a, const Decision& b) {
    const bool faults = a.error.has_value() == b.error.has_value() &&
                        (!a.error || a.error->fault == b.error->fault);
    return a.verdict == b.verdict && faults &&
           (a.verdict == Verdict::revoked || a.bad_lines == b.bad_lines);
}

}  // namespace pam_revoke
