// What processes are is read before they are killed.
#include "../../logind/evidence.hpp"

#include <arpa/inet.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake_tree.hpp"
#include "revoke/base/file.hpp"
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
        evidence.gather({child, child, 999'999'999}, 7);
        const auto gathered = evidence.gathered();
        cr_assert(gathered.processes.size() == 1);
        cr_expect(gathered.left_out == 1 && gathered.processes.front().owner_uid == 7);
        record = gathered.processes.front().json;
    }
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    for (const std::string& part :
         {std::string("\"pid\": ") + std::to_string(child),
          std::string("\"parent\": ") + std::to_string(getpid()),
          std::string("\"arguments\": \"sleep 60\""), std::string("/sleep\""),
          std::string("\"started\": \"20"), std::string("\"connections\": []")})
        EXPECT_ROW(record.find(part) != std::string::npos, part + " in " + record);
    Evidence gone;
    gone.gather({child}, 7);
    cr_expect(gone.gathered().processes.empty() && gone.gathered().left_out == 1);
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
    evidence.gather({getpid()}, 7);
    const auto processes = evidence.gathered().processes;
    cr_assert(processes.size() == 1);
    const std::string remote = " 127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "\"";
    cr_expect(processes.front().json.find(remote) != std::string::npos, "%s in %s", remote.c_str(),
              processes.front().json.c_str());
}

// Arguments that cannot be read cost a part of a second, and nothing else.
Test(evidence, arguments_that_cannot_be_read) {
    FakeTree tree;
    for (int i = 0; i < 3; ++i) tree.add(process_of(1000, kFakePid + i, "/user.slice"));
    const std::string blocked = tree.path + "/proc/" + std::to_string(kFakePid + 1) + "/cmdline";
    std::filesystem::remove(blocked);
    cr_assert(mkfifo(blocked.c_str(), 0600) == 0);
    Evidence evidence;
    const std::uint64_t begun_usec = monotonic_usec();
    evidence.gather({kFakePid, kFakePid + 1}, 1000);
    cr_expect(monotonic_usec() - begun_usec >= kEvidenceUsec / 2);
    evidence.gather({kFakePid + 2}, 1000);  // in half of what is left
    const auto gathered = evidence.gathered();
    cr_assert(gathered.processes.size() == 3 && gathered.left_out == 1);
    const auto has_arguments = [&gathered](std::size_t i) {
        return gathered.processes[i].json.find("\"arguments\": \"bash\"") != std::string::npos;
    };
    cr_expect(has_arguments(0) && !has_arguments(1) && has_arguments(2));
    cr_expect(gathered.processes[1].json.find("/user.slice") != std::string::npos);
}

// What a process chooses is cut, and a process that ends meanwhile leaves no half of a record.
Test(evidence, is_bounded) {
    FakeTree tree;
    std::string group;
    for (int i = 0; i < 5; ++i) group += "/" + std::string(200, 'g');
    FakeProcess loud = process_of(1000, kFakePid, group);
    loud.title = std::string(4000, '\xff');
    tree.add(loud);
    tree.add(process_of(1000, kFakePid + 1, "/user.slice"));
    std::filesystem::remove(tree.path + "/proc/" + std::to_string(kFakePid + 1) + "/stat");
    std::vector<pid_t> pids = {kFakePid, kFakePid + 1};
    for (pid_t i = 0; i < 2000; ++i) pids.push_back(900'000'000 + i);
    Evidence evidence;
    evidence.gather(pids, 1000);
    const auto gathered = evidence.gathered();
    cr_assert(gathered.processes.size() == 1);
    cr_expect(gathered.left_out == pids.size() - 1);
    cr_expect(gathered.processes.front().json.size() < 4000);
}
