// The value of SSH_AUTH_INFO_0: parsing is safe and unambiguous.
#include <cstdint>
#include <cstdlib>

#include "revoke/pam_revoke/ssh_auth.hpp"

using namespace pam_revoke;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    SshAuth identity(std::string_view(reinterpret_cast<const char*>(data), size));
    for (Credential credential;;) {
        const auto more = identity.next(credential);
        if (!more.ok() || !more.value()) return 0;
        if (credential.method.empty()) std::abort();
        if (credential.certificate && !credential.key) std::abort();
        if (credential.key && credential.key->view().size() != 50) std::abort();
        if (credential.certificate && credential.certificate->ca.view().size() != 50) std::abort();
    }
}
