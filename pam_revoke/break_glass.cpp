#include "revoke/pam_revoke/break_glass.hpp"

#include <fcntl.h>

#include <array>
#include <ctime>

#include "revoke/base/file.hpp"
#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr std::string_view kHead = "pam_revoke break-glass 1 ";
constexpr std::size_t kBootIdBytes = 36;

// Units:  seconds since boot, including suspended time.
std::int64_t since_boot_sec() {
    timespec now{};
    return clock_gettime(CLOCK_BOOTTIME, &now) == 0 ? now.tv_sec : 0;
}

FixedText<kBootIdBytes> boot_id() {
    constexpr const char* kPath = "/proc/sys/kernel/random/boot_id";
    const Fd file(open(kPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    std::array<char, kBootIdBytes> buffer;
    const auto size = file.get() >= 0 ? read_at(file.get(), buffer, 0, kPath)
                                      : Result<std::size_t>(std::size_t{0});
    return size.ok() && size.value() == kBootIdBytes
               ? FixedText<kBootIdBytes>(std::string_view(buffer.data(), kBootIdBytes))
               : FixedText<kBootIdBytes>();
}

// Reads a number and the byte `end` after it; returns false if they are missing.
bool take_field(std::string_view& text, char end, std::int64_t& number) {
    const auto found = take_number<std::int64_t>(text);
    if (!found || !text.starts_with(end)) return false;
    text.remove_prefix(1);
    number = *found;
    return true;
}

}  // namespace

FixedText<128> print_break_glass(std::int64_t for_sec) {
    const auto boot = boot_id();
    FixedText<128> text;
    if (!boot.empty())
        text.append(kHead)
            .append(boot.view())
            .append(' ')
            .append_number(since_boot_sec())
            .append(' ')
            .append_number(for_sec)
            .append('\n');
    return text;
}

std::int64_t break_glass_left_sec(std::string_view run_dir, uid_t owner, std::int64_t most_sec) {
    if (most_sec <= 0) return 0;
    const auto directory = open_trusted_directory(FixedText<256>(run_dir).c_str(), owner);
    if (!directory.ok() || !directory.value()) return 0;
    const auto file =
        open_trusted_file(directory.value()->get(), kBreakGlassFile, kBreakGlassFile, 128, owner);
    if (!file.ok() || !file.value()) return 0;
    std::array<char, 129> buffer;
    const auto size = read_all(file.value()->get(), buffer, kBreakGlassFile);
    std::string_view text(buffer.data(), size.ok() ? size.value() : 0);
    const auto boot = boot_id();
    const auto head = FixedText<128>(kHead).append(boot.view()).append(' ');
    if (boot.empty() || !text.starts_with(head.view())) return 0;
    text.remove_prefix(head.view().size());
    std::int64_t begin_sec = 0;
    std::int64_t for_sec = 0;
    if (!take_field(text, ' ', begin_sec) || !take_field(text, '\n', for_sec)) return 0;
    if (!text.empty() || begin_sec < 0) return 0;
    const std::int64_t passed_sec = since_boot_sec() - begin_sec;
    return passed_sec >= 0 && for_sec <= most_sec && passed_sec < for_sec ? for_sec - passed_sec
                                                                          : 0;
}

}  // namespace pam_revoke
