#include "revoke/logind/account_queries.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>

#include "revoke/base/file.hpp"
#include "revoke/base/text.hpp"
#include "revoke/base/time.hpp"
#include "revoke/kernel/child.hpp"
#include "revoke/pam_revoke/nss.hpp"

namespace pam_revoke {
namespace {

bool is_limited = false;

enum class Query : std::uint8_t { name, uid, gids, gid, group, members };

// Requests and the headers of answers are structures: both ends are one program.
struct Request {
    Query query = Query::name;
    std::uint32_t uid = 0;            // or the GID
    PasswdEntry user{};               // for gids
    FixedText<kMaxNameBytes> name{};  // for name, group and members
};
struct Answer {
    bool is_ok = false;
    std::uint32_t size_bytes = 0;
    Error error{};
};
static_assert(std::is_trivially_copyable_v<Request> && std::is_trivially_copyable_v<Answer> &&
              std::is_trivially_copyable_v<PasswdEntry>);

bool send_all(int fd, const void* bytes, std::size_t size) {
    const auto* at = static_cast<const char*>(bytes);
    while (size > 0) {
        const ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        at += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

bool send_answer(int fd, const Error* error, std::string_view bytes) {
    Answer answer{error == nullptr, static_cast<std::uint32_t>(bytes.size()), {}};
    if (error != nullptr) answer.error = *error;
    return send_all(fd, &answer, sizeof answer) && send_all(fd, bytes.data(), bytes.size());
}

bool send_answer(int fd, const Result<PasswdEntry>& found) {
    if (!found.ok()) return send_answer(fd, &found.error(), {});
    const PasswdEntry& user = found.value();
    return send_answer(fd, nullptr, {reinterpret_cast<const char*>(&user), sizeof user});
}

bool send_answer(int fd, const Result<GidList>& found) {
    if (!found.ok()) return send_answer(fd, &found.error(), {});
    const GidList& list = found.value();
    return send_answer(fd, nullptr,
                       {reinterpret_cast<const char*>(list.gids.get()), list.size * sizeof(gid_t)});
}

bool send_answer(int fd, const Result<std::optional<gid_t>>& found) {
    if (!found.ok()) return send_answer(fd, &found.error(), {});
    const gid_t gid = found.value().value_or(0);
    return send_answer(fd, nullptr,
                       {reinterpret_cast<const char*>(&gid), found.value() ? sizeof gid : 0});
}

bool send_answer(int fd, const Result<NameList>& found) {
    return found.ok() ? send_answer(fd, nullptr, found.value().view())
                      : send_answer(fd, &found.error(), {});
}

bool answer_one(int fd, const Request& request) {
    switch (request.query) {
        case Query::name:
            return send_answer(fd, find_name(request.name.c_str()));
        case Query::uid:
            return send_answer(fd, find_uid(request.uid));
        case Query::gids:
            return send_answer(fd, gids_of(request.user));
        case Query::group:
            return send_answer(fd, find_group(request.name.c_str()));
        case Query::gid:
            return send_answer(fd, name_of_group(request.uid));
        case Query::members:
            return send_answer(fd, members_of(request.name.c_str()));
    }
    return false;
}

// The child: it ends with its parent, and not before.
int answer_queries(int fd, pid_t parent) {
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) (void)std::signal(signal, SIG_IGN);
    is_limited = false;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) return 1;
    Request request;
    while (recv(fd, &request, sizeof request, MSG_WAITALL) == sizeof request)
        if (!answer_one(fd, request)) return 1;
    return 0;
}

class AccountChild {
public:
    AccountChild() = default;
    AccountChild(const AccountChild&) = delete;
    AccountChild& operator=(const AccountChild&) = delete;
    ~AccountChild() { stop(); }

    void limit(int total_msec, int each_msec) {
        left_usec_ = static_cast<std::uint64_t>(total_msec) * 1000;
        each_usec_ = static_cast<std::uint64_t>(each_msec) * 1000;
    }

    Result<std::string> ask(const Request& request, std::string_view asked) {
        if (left_usec_ == 0) return late(asked);
        const std::uint64_t begun_usec = monotonic_usec();
        deadline_usec_ = begun_usec + std::min(left_usec_, each_usec_);
        auto answer = exchange(request, asked);
        left_usec_ -= std::min(left_usec_, monotonic_usec() - begun_usec);
        if (!answer.ok() && answer.error().fault == Fault::busy) {
            left_usec_ = 0;
            stop();
        }
        return answer;
    }

private:
    static Error late(std::string_view asked) {
        return make_error(Fault::busy, asked, "the account database did not answer in time",
                          ETIMEDOUT);
    }
    static Error gone(std::string_view asked) {
        return io_error(asked, "cannot query the account database");
    }

    Result<std::string> exchange(const Request& request, std::string_view asked) {
        if (child_ < 0 && !start()) return gone(asked);
        Answer answer;
        if (!send_all(socket_.get(), &request, sizeof request)) return lost(asked);
        TRY(receive(&answer, sizeof answer, asked));
        std::string bytes(answer.size_bytes, '\0');
        TRY(receive(bytes.data(), bytes.size(), asked));
        if (!answer.is_ok) return answer.error;
        return bytes;
    }

    Result<void> receive(void* bytes, std::size_t size, std::string_view asked) {
        auto* at = static_cast<char*>(bytes);
        while (size > 0) {
            const std::uint64_t now_usec = monotonic_usec();
            if (now_usec >= deadline_usec_) return late(asked);
            pollfd ready{socket_.get(), POLLIN, 0};
            const int wait_msec = static_cast<int>((deadline_usec_ - now_usec) / 1000 + 1);
            const int count = poll(&ready, 1, wait_msec);
            if (count == 0 || (count < 0 && errno == EINTR)) continue;
            const ssize_t got = count < 0 ? -1 : recv(socket_.get(), at, size, 0);
            if (got <= 0) return lost(asked);
            at += got;
            size -= static_cast<std::size_t>(got);
        }
        return {};
    }

    Error lost(std::string_view asked) {
        const Error error = gone(asked);
        stop();
        return error;
    }

    bool start() {
        std::array<int, 2> ends{};
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return false;
        socket_ = Fd(ends[0]);
        const Fd other(ends[1]);
        const pid_t parent = getpid();
        child_ = start_child([&] {
            socket_ = Fd(-1);
            return answer_queries(other.get(), parent);
        });
        return child_ > 0;
    }

    void stop() {
        if (child_ > 0) abandon_child(child_);
        child_ = -1;
        socket_ = Fd(-1);
    }

    pid_t child_ = -1;
    Fd socket_{-1};
    std::uint64_t left_usec_ = 0;
    std::uint64_t each_usec_ = 0;
    std::uint64_t deadline_usec_ = 0;
};

AccountChild& child() {
    static AccountChild only;
    return only;
}

Result<PasswdEntry> entry_of(const Result<std::string>& answer, std::string_view asked) {
    if (!answer.ok()) return answer.error();
    PasswdEntry user;
    if (answer.value().size() != sizeof user)
        return make_error(Fault::io, asked, "cannot query the account database");
    std::memcpy(&user, answer.value().data(), sizeof user);
    return user;
}

Result<NameList> names_in(const Result<std::string>& answer, std::string_view asked) {
    if (!answer.ok()) return answer.error();
    NameList names;
    for (std::string_view rest = answer.value(); !rest.empty();)
        if (!names.append(take_until(rest, '\0')))
            return make_error(Fault::io, asked, "cannot read the names", ENOMEM);
    return names;
}

Result<PasswdEntry> ask_name(const char* name) {
    Request request;
    request.name.append(name);
    // No account has such a name.
    if (request.name.was_truncated()) return PasswdEntry();
    return entry_of(child().ask(request, name), name);
}

Result<PasswdEntry> ask_uid(uid_t uid) {
    Request request{Query::uid, uid, {}, {}};
    FixedText<16> asked;
    asked.append_number(uid);
    return entry_of(child().ask(request, asked.view()), asked.view());
}

Result<GidList> ask_gids(const PasswdEntry& user) {
    const auto bytes = TRY(child().ask({Query::gids, 0, user, {}}, user.name.view()));
    GidList list;
    list.gids.reset(static_cast<gid_t*>(std::malloc(bytes.size() + 1)));
    if (list.gids == nullptr)
        return make_error(Fault::io, user.name.view(), "cannot read the groups", ENOMEM);
    std::memcpy(list.gids.get(), bytes.data(), bytes.size());
    list.size = bytes.size() / sizeof(gid_t);
    return list;
}

Result<std::optional<gid_t>> ask_group(const char* group) {
    Request request{Query::group, 0, {}, {}};
    request.name.append(group);
    std::optional<gid_t> gid;
    if (request.name.was_truncated()) return gid;
    const auto bytes = TRY(child().ask(request, group));
    if (bytes.empty()) return gid;
    if (bytes.size() != sizeof(gid_t))
        return make_error(Fault::io, group, "cannot query the account database");
    std::memcpy(&gid.emplace(), bytes.data(), bytes.size());
    return gid;
}

Result<NameList> ask_gid(gid_t gid) {
    FixedText<32> asked("gid ");
    asked.append_number(gid);
    return names_in(child().ask({Query::gid, gid, {}, {}}, asked.view()), asked.view());
}

Result<NameList> ask_members(const char* group) {
    Request request{Query::members, 0, {}, {}};
    request.name.append(group);
    if (request.name.was_truncated()) return NameList();
    return names_in(child().ask(request, group), group);
}

constexpr AccountQueries kInChild = {ask_name, ask_uid, ask_gids, ask_gid, ask_group, ask_members};

}  // namespace

void limit_account_queries(int total_msec, int each_msec) {
    child().limit(total_msec, each_msec);
    is_limited = true;
}

void unlimit_account_queries() { is_limited = false; }

const AccountQueries* account_queries() { return is_limited ? &kInChild : nullptr; }

}  // namespace pam_revoke
