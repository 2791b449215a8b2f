#include "revoke/pam_revoke/login_record.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>

#include "revoke/base/file.hpp"
#include "revoke/base/proc_stat.hpp"
#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr std::string_view kHead = "pam_revoke session 1 ";

FixedText<32> name_of_process(std::string_view before = {}) {
    return FixedText<32>(before).append_number(getpid());
}

Result<std::uint64_t> own_start() {
    constexpr const char* kStat = "/proc/self/stat";
    const Fd fd(openat(AT_FDCWD, kStat, O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) return io_error(kStat, "cannot open");
    std::array<char, 1024> buffer;
    const auto size = TRY(read_all(fd.get(), buffer, kStat));
    const auto start = start_in({buffer.data(), size});
    return start ? Result<std::uint64_t>(*start)
                 : make_error(Fault::malformed, kStat, "no start time of the process");
}

bool write_record(int fd, std::string_view head, std::string_view text) {
    const iovec parts[] = {{const_cast<char*>(head.data()), head.size()},
                           {const_cast<char*>(text.data()), text.size()}};
    ssize_t count = -1;
    do count = writev(fd, parts, 2);
    while (count < 0 && errno == EINTR);
    return count == static_cast<ssize_t>(head.size() + text.size());
}

}  // namespace

Result<void> record_session(const char* path, uid_t owner, std::string_view auth_info) {
    if (auth_info.size() + 64 > kMaxRecordBytes)
        return make_error(Fault::too_large, "SSH_AUTH_INFO_0", "too large for a record");
    const auto start = TRY(own_start());
    const auto directory = TRY(required(open_trusted_directory(path, owner), path));
    const int at = directory.get();
    const auto name = name_of_process();
    const auto fresh = name_of_process(".");
    // Left by a killed process with the same PID.
    if (unlinkat(at, fresh.c_str(), 0) != 0 && errno != ENOENT)
        return io_error(path, "cannot remove an old file");
    const Fd fd(
        openat(at, fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (fd.get() < 0) return io_error(path, "cannot create a file");
    const auto head =
        FixedText<64>(kHead).append_number(static_cast<std::int64_t>(start)).append('\n');
    if (write_record(fd.get(), head.view(), auth_info) &&
        renameat(at, fresh.c_str(), at, name.c_str()) == 0)
        return {};
    const Error error = io_error(path, "cannot write");
    unlinkat(at, fresh.c_str(), 0);
    return error;
}

void forget_session(const char* path, uid_t owner) {
    const auto directory = open_trusted_directory(path, owner);
    if (directory.ok() && directory.value())
        unlinkat(directory.value()->get(), name_of_process().c_str(), 0);
}

std::optional<std::string_view> credentials_in(std::string_view record, std::uint64_t start_ticks) {
    if (!record.starts_with(kHead)) return std::nullopt;
    record.remove_prefix(kHead.size());
    if (take_number<std::uint64_t>(record) != start_ticks || !record.starts_with('\n'))
        return std::nullopt;
    record.remove_prefix(1);
    return record;
}

}  // namespace pam_revoke
