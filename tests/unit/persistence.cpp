// A user controls the home directory: links, FIFOs and endless directories must not be followed or
// block.
#include "revoke/logind/persistence.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>

#include "unit.hpp"

using namespace pam_revoke;

namespace {

struct Home : TestDirectory {
    void run(const std::string& script) const {
        cr_assert(std::system(("cd " + path + " && " + script).c_str()) == 0);
    }
    [[nodiscard]] Persistence find(std::int64_t now_sec = std::time(nullptr)) const {
        return find_persistence("nobody-at-all", {4242424}, path, now_sec);
    }
    [[nodiscard]] bool finds(const std::string& kind) const {
        const Persistence persistence = find();
        return std::any_of(persistence.found.begin(), persistence.found.end(),
                           [&](const PersistenceHook& hook) { return hook.kind == kind; });
    }
};

}  // namespace

Test(persistence, an_empty_home_has_no_hooks) {
    const Home home;
    cr_expect(home.find().found.empty() && home.find().errors.empty());
    cr_expect(find_persistence("../../etc/passwd", {4242424}, "", 0).found.empty());
    cr_expect(find_persistence("x", {4242424}, home.path + "/nowhere", 0).errors.empty());
}

Test(persistence, keys_changed_within_a_day) {
    const Home home;
    home.run("mkdir .ssh && touch .ssh/authorized_keys");
    cr_expect(home.finds("authorized_keys"));
    cr_expect(home.find(std::time(nullptr) + 200'000).found.empty());
    home.run("touch -d 2001-01-01 .ssh/authorized_keys");
    cr_expect(home.finds("authorized_keys"), "a date that was set back");
    home.run("mv .ssh elsewhere && ln -s elsewhere .ssh");
    cr_expect(!home.finds("authorized_keys"));
}

Test(persistence, programs_started_by_mail) {
    const Home home;
    home.run("touch .forward");
    cr_expect(home.finds("mail"));
    home.run("rm .forward && ln -s /nowhere .procmailrc");
    cr_expect(home.finds("mail"));
}

Test(persistence, enabled_units) {
    const Home home;
    home.run(
        "mkdir -p .config/systemd/user/default.target.wants && ln -s /nowhere "
        ".config/systemd/user/default.target.wants/evil.service");
    cr_expect(home.finds("user unit"));
    home.run(
        "mkdir -p other && mv .config/systemd other/ && ln -s ../other/systemd .config/systemd");
    cr_expect(!home.finds("user unit"));
}

Test(persistence, links_and_fifos_do_not_block, .timeout = 180) {
    const Home home;
    home.run("mkfifo .ssh && mkdir -p .config/systemd && mkfifo .config/systemd/user");
    cr_expect(home.find().found.empty());
    home.run(
        "rm .config/systemd/user && mkdir -p .config/systemd/user/a.wants && cd "
        ".config/systemd/user/a.wants && seq 3000 | xargs touch");
    cr_expect(home.find().found.size() > 500 && home.find().found.size() <= 3000);
}
