#include "list_writer.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <type_traits>
#include <utility>

#include "revoke/base/time.hpp"
#include "revoke/kernel/child.hpp"
#include "revoke/store/store.hpp"

namespace pam_revoke {
namespace {

// A structure: both ends are one program.
struct Written {
    bool is_ok = false;
    ListUpdate update{};
    Error error{};
};
static_assert(std::is_trivially_copyable_v<Written>);

int write_and_send(const ListWriter::Write& write, int fd) {
    const auto update = write(kPatientLockMsec);
    Written written{update.ok(), {}, {}};
    if (update.ok())
        written.update = update.value();
    else
        written.error = update.error();
    const bool sent = write_all(fd, {reinterpret_cast<const char*>(&written), sizeof written});
    return sent ? 0 : 1;
}

}  // namespace

ListWriter::ListWriter(Write write) : write_(std::move(write)) {
    auto pipe = open_pipe("list");
    if (!pipe.ok()) return;
    child_ = start_child([&] {
        keep_only(pipe.value().writing.get());
        return write_and_send(write_, pipe.value().writing.get());
    });
    if (child_ > 0) results_ = std::move(pipe.value().reading);
}

ListWriter::~ListWriter() {
    if (child_ > 0) waitpid(child_, nullptr, WNOHANG);
}

Result<std::optional<ListUpdate>> ListWriter::wait(int limit_msec) {
    if (child_ < 0) {
        const auto update = write_(limit_msec);
        if (update.ok()) return std::optional(update.value());
        return update.error().fault == Fault::busy ? Result<std::optional<ListUpdate>>(std::nullopt)
                                                   : update.error();
    }
    const std::uint64_t deadline_usec =
        monotonic_usec() + static_cast<std::uint64_t>(limit_msec) * 1000;
    std::string answer;
    // A result is at most one write of a pipe, and never read in part.
    const auto fault =
        read_to_end(results_.get(), {limit_msec, deadline_usec, 2 * sizeof(Written)}, answer);
    if (fault == Fault::busy && answer.empty()) return std::optional<ListUpdate>();
    if (answer.size() != sizeof(Written))
        return make_error(Fault::lost, "the process that writes", "ended without a result");
    Written written;
    std::copy_n(answer.data(), sizeof written, reinterpret_cast<char*>(&written));
    return written.is_ok ? Result<std::optional<ListUpdate>>(std::optional(written.update))
                         : written.error;
}

}  // namespace pam_revoke
