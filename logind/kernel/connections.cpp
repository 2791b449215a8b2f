#include "revoke/kernel/connections.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "revoke/base/file.hpp"
#include "revoke/base/text.hpp"
#include "revoke/kernel/procfs.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMaxTableBytes = std::size_t{4} << 20U;
constexpr std::size_t kMaxDescriptors = 1024;
constexpr std::size_t kWordDigits = 8;

std::optional<std::uint32_t> parse_hex(std::string_view text) {
    std::uint32_t number = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
    return fault == std::errc() && end == text.data() + text.size() ? std::optional(number)
                                                                    : std::nullopt;
}

// Reads ADDRESS:PORT. The kernel prints each four bytes of the address as a number of this machine.
std::string parse_end(std::string_view text) {
    const std::string_view address = take_until(text, ':');
    const auto port = parse_hex(text);
    std::array<std::uint32_t, 4> words{};
    const std::size_t count = address.size() / kWordDigits;
    if (!port || address.size() % kWordDigits != 0 || (count != 1 && count != words.size()))
        return {};
    for (std::size_t i = 0; i < count; ++i) {
        const auto word = parse_hex(address.substr(i * kWordDigits, kWordDigits));
        if (!word) return {};
        words.at(i) = *word;
    }
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    inet_ntop(count == 1 ? AF_INET : AF_INET6, words.data(), buffer.data(), buffer.size());
    const std::string host(buffer.data());
    return (count == 1 ? host : "[" + host + "]") + ":" + std::to_string(*port);
}

// Returns the inode in "socket:[INODE]".
std::optional<std::uint64_t> parse_socket(std::string_view link) {
    constexpr std::string_view kBegin = "socket:[";
    if (!link.starts_with(kBegin) || !link.ends_with(']')) return std::nullopt;
    return parse_number<std::uint64_t>(link.substr(kBegin.size(), link.size() - kBegin.size() - 1));
}

}  // namespace

// Fields: number, local, remote, state, queues, timer, retransmits, UID, timeout, inode.
std::map<std::uint64_t, std::string> parse_connections(std::string_view table) {
    constexpr int kBetween = 6;  // fields between remote and inode
    std::map<std::uint64_t, std::string> connections;
    for_each_line(table, [&](std::string_view line, std::uint64_t number) {
        if (number == 1) return;
        (void)take_word(line);
        const std::string local = parse_end(take_word(line));
        const std::string_view remote_word = take_word(line);
        const std::string remote = parse_end(remote_word);
        for (int i = 0; i < kBetween; ++i) (void)take_word(line);
        const auto inode = parse_number<std::uint64_t>(take_word(line));
        const bool has_peer = remote_word.find_first_not_of("0:") != std::string_view::npos;
        if (inode && has_peer && !local.empty() && !remote.empty())
            connections.emplace(*inode, local + " " + remote);
    });
    return connections;
}

std::vector<std::string> ConnectionTables::connections_of(int directory) {
    std::vector<std::string> found;
    const Fd descriptors(openat(directory, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (descriptors.get() < 0) return found;
    const std::string space = read_link(directory, "ns/net");
    auto table = tables_.find(space);
    if (table == tables_.end()) {
        Table read = parse_connections(read_small(directory, "net/tcp", kMaxTableBytes));
        read.merge(parse_connections(read_small(directory, "net/tcp6", kMaxTableBytes)));
        table = tables_.emplace(space, std::move(read)).first;
    }
    DirectoryReader names(descriptors.get());
    for (std::size_t seen = 0; seen < kMaxDescriptors; ++seen) {
        const auto name = names.next();
        if (!name.ok() || name.value() == nullptr) break;
        const auto inode = parse_socket(read_link(descriptors.get(), name.value()));
        const auto connection = inode ? table->second.find(*inode) : table->second.end();
        if (connection != table->second.end()) found.push_back(connection->second);
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace pam_revoke
