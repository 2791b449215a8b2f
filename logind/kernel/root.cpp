#include "revoke/kernel/root.hpp"

namespace pam_revoke {
namespace {

std::string kernel_root;  // empty: that of the host

}  // namespace

void set_kernel_root(std::string_view root) { kernel_root = root; }

std::string kernel_path(std::string_view path) { return kernel_root + std::string(path); }

std::string process_path(pid_t pid, std::string_view name) {
    return kernel_path("/proc/" + std::to_string(pid) + "/" + std::string(name));
}

}  // namespace pam_revoke
