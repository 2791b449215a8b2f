// list_writer.hpp - changes the list in a child: a disk that does not answer must not keep the
// command from ending sessions.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>

#include "list_change.hpp"
#include "revoke/base/file.hpp"

namespace pam_revoke {

class ListWriter {
public:
    using Write = std::function<Result<ListUpdate>(int lock_msec)>;

    // Starts `write` in a child. It goes on if this process ends: a late entry is written, too.
    // Errors: none; without a child, wait() writes, and waits for the lock within its limit.
    explicit ListWriter(Write write);
    ListWriter(const ListWriter&) = delete;
    ListWriter& operator=(const ListWriter&) = delete;
    ~ListWriter();

    // Returns the result of `write`, or no value at the limit.
    // Units:  limit_msec: from now on.
    // Errors: as `write`; io (object: the list) if the child ended without a result.
    [[nodiscard]] Result<std::optional<ListUpdate>> wait(int limit_msec);

private:
    Write write_;
    pid_t child_ = -1;
    Fd results_{-1};
};

}  // namespace pam_revoke
