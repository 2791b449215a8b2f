// The index against its text: for any list, both give the same verdict for every user, even with
// changed bytes in the index.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "../directory.hpp"
#include "revoke/list/index.hpp"
#include "revoke/pam_revoke/gate.hpp"
#include "revoke/store/compile.hpp"

using namespace pam_revoke;

namespace {

struct Scene : TestDirectory {
    std::string list;
    std::string index;
    Policy policy;

    Scene() {
        list = path + "/a.list";
        index = path + "/" + index_name(list).c_str();
        (void)set_policy(policy, PolicyKey::lists, path);
    }
    [[nodiscard]] Decision ask(std::string_view name, std::optional<std::uint32_t> uid,
                               bool indexed) const {
        return decide(policy, Request{name, uid, "sshd", 1795226400, geteuid(),
                                      indexed ? path.c_str() : nullptr});
    }
    void expect_the_same(std::string_view name, std::optional<std::uint32_t> uid) const {
        const Decision with = ask(name, uid, true);
        const Decision without = ask(name, uid, false);
        if (with.verdict != without.verdict) std::abort();
        if (with.verdict != Verdict::revoked && with.bad_lines != without.bad_lines) std::abort();
        if (with.error.has_value() != without.error.has_value() && with.verdict != Verdict::revoked)
            std::abort();
    }
    void expect_all_the_same(std::string_view text) const {
        for (const char* name : {"alice", "daemon", "nobody"}) expect_the_same(name, std::nullopt);
        expect_the_same("", 1);
        const std::size_t colon = text.find(':');
        const std::string_view rest =
            colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
        const std::string_view name = rest.substr(0, rest.find_first_of(" \t\r\n"));
        if (!name.empty()) expect_the_same(name, std::nullopt);
    }
};

int create(const std::string& path) {
    return open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Scene scene;
    // The input: the list, a NUL, the changes to its index.
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const std::size_t split = std::min(input.find('\0'), input.size());
    const std::string text =
        std::string(input.substr(0, split)) + "\n#" + std::string(kUnindexedBytes, '.') + "\n";
    const int list = create(scene.list);
    const int index = create(scene.index);
    if (!write_all(list, text)) std::abort();
    const bool made = write_index(list, scene.list, identity_of(list, "").value(), index).ok();
    if (made) scene.expect_all_the_same(text);
    for (std::size_t i = split + 1; made && i + 2 < size; i += 3) {
        const off_t at = (data[i] << 8U | data[i + 1]) % 8192;
        if (pwrite(index, &data[i + 2], 1, at) != 1) std::abort();
    }
    if (made) scene.expect_all_the_same(text);
    close(list);
    close(index);
    return 0;
}
