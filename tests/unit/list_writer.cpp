// The list is written in a child, and its result comes back.
#include "../../revoke_user/list_writer.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "unit.hpp"

using namespace pam_revoke;

Test(list_writer, a_result_and_an_error) {
    ListWriter writer([](int) -> Result<ListUpdate> { return ListUpdate{true, false}; });
    const auto update = writer.wait(10'000);
    cr_assert(update.ok() && update.value());
    cr_expect(update.value()->changed && !update.value()->durable);
    ListWriter failing([](int) -> Result<ListUpdate> {
        return make_error(Fault::io, "a.list", "cannot replace", ENOSPC);
    });
    const auto error = failing.wait(10'000);
    cr_assert(!error.ok());
    cr_expect(error.error().fault == Fault::io && error.error().os_error == ENOSPC &&
              error.error().object.view() == "a.list" &&
              std::string_view(error.error().reason) == "cannot replace");
}

Test(list_writer, a_result_that_is_late) {
    const TestDirectory directory;
    const std::string path = directory.path + "/lock";
    const Fd lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    cr_assert(flock(lock.get(), LOCK_EX) == 0);
    ListWriter writer([&](int) -> Result<ListUpdate> {
        const Fd own(open(path.c_str(), O_RDWR | O_CLOEXEC));
        return flock(own.get(), LOCK_EX) == 0 ? ListUpdate{true, true} : ListUpdate{};
    });
    const auto nothing = writer.wait(100);
    cr_assert(nothing.ok() && !nothing.value());
    cr_assert(flock(lock.get(), LOCK_UN) == 0);
    const auto late = writer.wait(10'000);
    cr_assert(late.ok() && late.value() && late.value()->changed);
}

Test(list_writer, a_child_that_was_killed) {
    ListWriter writer([](int) -> Result<ListUpdate> { _exit(1); });
    const auto lost = writer.wait(10'000);
    cr_expect(!lost.ok() && lost.error().fault == Fault::lost);
}
