// What processes are is read before they are killed.
#include "../../logind/evidence.hpp"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_tree.hpp"
#include "revoke/base/file.hpp"
#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/kernel/connections.hpp"

using namespace pam_revoke;

Test(evidence, connections_by_inode) {
    const auto found = parse_connections(
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
        "timeout inode\n"
        "   0: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        "
        "0 "
        "11 1 0 100 0 0 10 0\n"
        "   1: 0100007F:0016 070200C0:9C40 01 00000000:00000000 02:000A0000 00000000     0        "
        "0 "
        "12 4 0 20 4 30 10 -1\n"
        "   2: 00000000000000000000000001000000:0016 0000000000000000FFFF0000070200C0:9C40 01 "
        "00000000:00000000 02:000A0000 00000000  1000        0 13 4 0 20 4 30 10 -1\n"
        "   3: nonsense\n"
        "   4: 0100007F:XY 070200C0:9C40 01 0:0 0:0 0 0 0 14\n");
    cr_assert(found.size() == 2);
    cr_expect(found.at(12) == "127.0.0.1:22 192.0.2.7:40000");
    cr_expect(found.at(13) == "[::1]:22 [::ffff:192.0.2.7]:40000");
}

Test(evidence, a_process_and_its_arguments) {
    const pid_t child = fork();
    if (child == 0) {
        execl("/bin/sleep", "sleep", "60", nullptr);
        _exit(1);
    }
    std::string record;
    // Until it is executed, the child has our own arguments.
    for (int i = 0; i < 200 && record.find("\"sleep 60\"") == std::string::npos; ++i) {
        usleep(10'000);
        Evidence evidence;
        evidence.gather({child, child, 999'999'999});
        cr_assert(evidence.records().size() == 1);
        cr_expect(evidence.records().front().uid == getuid());
        record = evidence.records().front().json;
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    for (const std::string& part :
         {std::string("\"pid\": ") + std::to_string(child),
          std::string("\"parent\": ") + std::to_string(getpid()),
          std::string("\"arguments\": \"sleep 60\""), std::string("/sleep\""),
          std::string("\"started\": \"20"), std::string("\"connections\": []")})
        EXPECT_ROW(record.find(part) != std::string::npos, part + " in " + record);
    auto fields = parse_json_object(record);
    cr_assert(fields && (*fields)["connections"] == "[]");
    Evidence gone;
    gone.gather({child});
    cr_expect(gone.records().empty());
}

Test(evidence, the_peer_of_a_connection) {
    const Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const place = reinterpret_cast<sockaddr*>(&address);
    cr_assert(bind(listener.get(), place, size) == 0 && listen(listener.get(), 1) == 0 &&
              getsockname(listener.get(), place, &size) == 0);
    const Fd client(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    cr_assert(connect(client.get(), place, size) == 0);
    Evidence evidence;
    evidence.gather({getpid()});
    cr_assert(evidence.records().size() == 1);
    const std::string remote = " 127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "\"";
    cr_expect(evidence.records().front().json.find(remote) != std::string::npos, "%s in %s",
              remote.c_str(), evidence.records().front().json.c_str());
}

// Arguments in a file system that does not answer cost a part of a second, and nothing else.
Test(evidence, arguments_that_cannot_be_read) {
    FakeTree tree;
    tree.add(process_of(1000, kFakePid, "/user.slice"));
    tree.add(process_of(1000, kFakePid + 1, "/user.slice"));
    const std::string blocked = tree.path + "/proc/" + std::to_string(kFakePid + 1) + "/cmdline";
    std::filesystem::remove(blocked);
    cr_assert(mkfifo(blocked.c_str(), 0600) == 0);
    Evidence evidence;
    const std::uint64_t begun_usec = monotonic_usec();
    evidence.gather({kFakePid, kFakePid + 1});
    cr_expect(monotonic_usec() - begun_usec >= kEvidenceUsec);
    const auto records = evidence.records();
    cr_assert(records.size() == 2);
    for (const ProcessRecord& record : records)
        cr_expect(record.uid == 1000 && record.json.find("/user.slice") != std::string::npos);
    cr_expect(records[0].json.find("\"arguments\": \"bash\"") != std::string::npos);
    cr_expect(records[1].json.find("arguments") == std::string::npos);
    tree.add(process_of(1000, kFakePid + 2, "/user.slice"));
    evidence.gather({kFakePid + 2});
    cr_expect(evidence.records().size() == 2);  // the time is used up
}

Test(evidence, is_bounded) {
    std::vector<pid_t> many(2000, 0);
    for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<pid_t>(900'000'000 + i);
    many.push_back(getpid());
    Evidence evidence;
    evidence.gather(many);
    cr_expect(evidence.records().empty());  // the limit comes before the last
}
