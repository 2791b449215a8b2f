#include "selection.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstring>

#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr unsigned kBitsOfV6 = 128;
constexpr unsigned kBitsOfV4 = 32;

struct Network {
    std::array<unsigned char, 16> bytes{};
    unsigned bits = kBitsOfV6;
};

// IPv4 is stored as IPv4-mapped IPv6, ::ffff:192.0.2.7.
std::optional<Network> parse_address(std::string_view text) {
    Network network;
    const std::size_t slash = text.find('/');
    const std::string address(text.substr(0, slash));
    unsigned most = kBitsOfV6;
    in_addr v4{};
    if (inet_pton(AF_INET, address.c_str(), &v4) == 1) {
        network.bytes[10] = network.bytes[11] = 0xff;
        std::memcpy(&network.bytes[12], &v4, sizeof v4);
        most = kBitsOfV4;
    } else if (inet_pton(AF_INET6, address.c_str(), network.bytes.data()) != 1) {
        return std::nullopt;
    }
    if (slash == std::string_view::npos) return network;
    const auto bits = parse_number<unsigned>(text.substr(slash + 1));
    if (!bits || *bits > most) return std::nullopt;
    network.bits = *bits + (kBitsOfV6 - most);
    return network;
}

std::string_view without_zone(std::string_view host) { return host.substr(0, host.find('%')); }

}  // namespace

bool is_address(std::string_view text) { return parse_address(text).has_value(); }

bool address_matches(std::string_view pattern, std::string_view host) {
    const auto wanted = parse_address(pattern);
    const auto found = parse_address(without_zone(host));
    if (!wanted || !found) return false;
    for (unsigned bit = 0; bit < wanted->bits; ++bit) {
        const unsigned mask = 0x80U >> (bit % 8);
        if (((wanted->bytes[bit / 8] ^ found->bytes[bit / 8]) & mask) != 0) return false;
    }
    return true;
}

bool Selection::matches(const Session& each) const {
    if (!service.empty() && each.service != service) return false;
    if (!tty.empty() && each.tty != (tty.starts_with("/dev/") ? tty.substr(5) : tty)) return false;
    if (!address.empty() && !address_matches(address, each.remote_host)) return false;
    return session.empty() || each.id == session;
}

std::optional<Error> Selection::doubt(const Session& each) const {
    if (address.empty() || each.remote_host.empty()) return std::nullopt;
    Selection rest = *this;
    rest.address.clear();
    if (is_address(without_zone(each.remote_host)) || !rest.matches(each)) return std::nullopt;
    return make_error(Fault::malformed, "session " + each.id + " of " + each.user,
                      "its remote host is a name, which cannot be compared with an address");
}

}  // namespace pam_revoke
