#include "revoke/pam_revoke/journal_socket.hpp"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syslog.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "revoke/base/file.hpp"
#include "revoke/base/text.hpp"

namespace pam_revoke {
namespace {

constexpr std::size_t kMaxJournalValueBytes = 1024;
constexpr char kSocket[] = "/run/systemd/journal/socket";

// The sender. By default the kernel sends the real UID, which is that of the caller under su or
// sudo.
struct Speaker {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(ucred))> bytes{};

    explicit Speaker(msghdr& header) {
        header.msg_control = bytes.data();
        header.msg_controllen = bytes.size();
        const ucred own{getpid(), geteuid(), getegid()};
        cmsghdr* message = CMSG_FIRSTHDR(&header);
        message->cmsg_level = SOL_SOCKET;
        message->cmsg_type = SCM_CREDENTIALS;
        message->cmsg_len = CMSG_LEN(sizeof own);
        std::memcpy(CMSG_DATA(message), &own, sizeof own);
    }
};

}  // namespace

JournalEntry::JournalEntry(std::string_view message_id, int priority, std::string_view program) {
    std::array<char, 17> own{};  // sshd overwrites its arguments, but not the kernel's name
    (void)prctl(PR_GET_NAME, own.data());
    add("MESSAGE_ID", message_id);
    add("SYSLOG_IDENTIFIER", program.empty() ? std::string_view(own.data()) : program);
    text_.append("PRIORITY=")
        .append_number(priority)
        .append("\nSYSLOG_FACILITY=")
        .append_number(LOG_AUTHPRIV >> 3);
    text_.append("\nSYSLOG_PID=").append_number(getpid()).append('\n');
}

JournalEntry& JournalEntry::add(std::string_view name, std::string_view value,
                                std::size_t max_bytes) {
    if (value.empty()) return *this;
    FixedText<kMaxJournalValueBytes> printable;
    if (value.size() <= max_bytes && is_clean_utf8(value))
        printable.append(value);
    else
        append_printable(printable, value);
    text_.append(name).append('=').append(printable.view().substr(0, max_bytes)).append('\n');
    return *this;
}

JournalEntry& JournalEntry::say(std::string_view message) {
    text_.append("MESSAGE=").append(message).append('\n');
    return *this;
}

bool JournalEntry::send() const {
    const Fd end(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    // If another process floods the journal, wait only briefly.
    const timeval patience{0, 200'000};
    if (end.get() < 0 || text_.was_truncated() ||
        setsockopt(end.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0)
        return false;
    sockaddr_un address{AF_UNIX, {}};
    std::memcpy(static_cast<char*>(address.sun_path), kSocket, sizeof kSocket);
    iovec part{const_cast<char*>(text_.view().data()), text_.view().size()};
    msghdr header{};
    header.msg_name = &address;
    header.msg_namelen = sizeof address;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    const Speaker speaker(header);
    return sendmsg(end.get(), &header, MSG_NOSIGNAL) == static_cast<ssize_t>(part.iov_len);
}

}  // namespace pam_revoke
