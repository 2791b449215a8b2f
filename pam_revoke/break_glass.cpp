#include "revoke/break_glass.hpp"

#include <fcntl.h>

#include <array>
#include <charconv>
#include <ctime>

#include "revoke/file.hpp"

namespace pam_revoke {
namespace {

constexpr std::string_view kHead = "pam_revoke break-glass 1 ";

}  // namespace

FixedText<64> print_break_glass(std::int64_t until_sec) { return FixedText<64>(kHead).append_number(until_sec).append('\n'); }

std::int64_t since_boot_sec() {
    timespec now{};
    return clock_gettime(CLOCK_BOOTTIME, &now) == 0 ? now.tv_sec : 0;
}

std::int64_t broken_for_sec(std::string_view run_dir, uid_t owner, std::int64_t most_sec) {
    if (most_sec <= 0) return 0;
    const auto path = FixedText<256>(run_dir).append('/').append(kBreakGlassName);
    const auto file = open_trusted_file(AT_FDCWD, path.c_str(), path.view(), 64, owner);
    std::array<char, 65> buffer;
    const auto size = file.ok() ? read_whole(file.value().get(), buffer, path.view()) : Result<std::size_t>(file.error());
    const std::string_view text(buffer.data(), size.ok() ? size.value() : 0);
    if (!text.starts_with(kHead) || !text.ends_with('\n')) return 0;
    std::int64_t until_sec = 0;
    const char* end = text.data() + text.size() - 1;
    const auto read = std::from_chars(text.data() + kHead.size(), end, until_sec);
    const std::int64_t left_sec = until_sec - since_boot_sec();
    return read.ec == std::errc() && read.ptr == end && left_sec > 0 && left_sec <= most_sec ? left_sec : 0;
}

}  // namespace pam_revoke
