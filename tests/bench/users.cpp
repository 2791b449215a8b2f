// users COUNT - prints a list of COUNT users in no order.
#include <cstdint>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
    const std::uint64_t count = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 0;
    std::puts("# pam_revoke list 1");
    for (std::uint64_t i = 0; i < count; ++i) {
        // An odd factor permutes all numbers, so names are unique.
        const std::uint64_t name = (i * 0x9e3779b97f4a7c15U) >> 16U;
        std::printf("user:p%012llx ref=\"INC%07llu\" reason=\"contract over\"\n",
                    static_cast<unsigned long long>(name), static_cast<unsigned long long>(i));
    }
    return std::ferror(stdout) != 0 || std::fflush(stdout) != 0 ? 1 : 0;
}
