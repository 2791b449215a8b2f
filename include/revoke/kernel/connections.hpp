// connections.hpp - the TCP connections of a process.
//
// Source: proc_pid_fd(5), proc_net(5).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pam_revoke {

// Returns the connections in the text of /proc/PID/net/tcp or tcp6, by inode, as
// "192.0.2.7:22 198.51.100.3:40112": local, remote. Sockets without a peer are left out.
// Errors: none; invalid lines are left out.
[[nodiscard]] std::map<std::uint64_t, std::string> parse_connections(std::string_view table);

// Reads the tables of each network namespace once.
class ConnectionTables {
public:
    // Returns the connections of a process, sorted.
    // Units:  directory: /proc/PID, open.
    // Errors: none; what cannot be read is missing.
    [[nodiscard]] std::vector<std::string> connections_of(int directory);

private:
    using Table = std::map<std::uint64_t, std::string>;
    std::map<std::string, Table> tables_;  // by namespace
};

}  // namespace pam_revoke
