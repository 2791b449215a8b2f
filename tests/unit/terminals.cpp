#include "revoke/logind/terminals.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "revoke/base/file.hpp"
#include "unit.hpp"

using namespace pam_revoke;

Test(terminals, a_line_on_a_terminal_of_the_user_and_on_no_other) {
    const Fd main_end(posix_openpt(O_RDWR | O_NOCTTY));
    cr_assert(main_end.get() >= 0 && grantpt(main_end.get()) == 0 && unlockpt(main_end.get()) == 0);
    std::array<char, 64> path{};
    cr_assert(ptsname_r(main_end.get(), path.data(), path.size()) == 0);
    const std::string tty = std::string(path.data()).substr(std::string_view("/dev/").size());
    const Fd user_end(open(path.data(), O_RDWR | O_NOCTTY));  // needed for output
    const auto other = write_on_terminal(tty, getuid() + 1, "no");
    cr_expect(!other.ok() && other.error().fault == Fault::refused);
    cr_expect(write_on_terminal(tty, getuid(), "access revoked").ok());
    std::array<char, 64> bytes{};
    const ssize_t size = read(main_end.get(), bytes.data(), bytes.size());
    const std::string written(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    cr_expect(written.find("access revoked") != std::string::npos, "%s", written.c_str());
    cr_expect(written.find("no") == std::string::npos);
}

Test(terminals, what_is_no_terminal) {
    const struct {
        const char* tty;
        Fault fault;
    } rows[] = {
        {"null", Fault::refused}, {"../etc/passwd", Fault::refused}, {"nonexistent", Fault::io}};
    for (const auto& row : rows) {
        const auto written = write_on_terminal(row.tty, 0, "x");
        EXPECT_ROW(!written.ok() && written.error().fault == row.fault, row.tty);
    }
}
