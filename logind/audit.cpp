#include "revoke/logind/audit.hpp"

#include <syslog.h>
#include <unistd.h>

#include <array>

#include "revoke/base/json.hpp"
#include "revoke/base/time.hpp"
#include "revoke/pam_revoke/journal_socket.hpp"

namespace pam_revoke {
namespace {

// In the order of Event. The catalog explains them.
constexpr std::array<std::string_view, 7> kMessageIds = {
    "31c3c4475237450993fced101c139c33", "34b155ec64bf46079f01698758e8bd51",
    "a5368d37579a4d0f9a083ae43ab6b2d2", "0c2fee4e31e8412b915ec63ba174dec7",
    "08f7c907362c438589c71a5805dd2a28", "5c12fc332cf84cb8aa10dd6831705a17",
    "3e0f4d5a9c7b4c3a8d21f6b07e9a5c14"};

constexpr std::size_t kMaxValueBytes = 1024;
constexpr std::uint64_t kPatienceUsec = 1'000'000;

bool has_journal() { return access("/run/systemd/journal/socket", F_OK) == 0; }

std::size_t lost = 0;
std::uint64_t waited_usec = 0;

void send(const JournalEntry& entry) {
    if (!has_journal()) return;
    const std::uint64_t begun_usec = monotonic_usec();
    if (waited_usec < kPatienceUsec && entry.send()) return;
    ++lost;
    waited_usec += monotonic_usec() - begun_usec;
}

}  // namespace

std::string_view message_id(Event event) { return kMessageIds[static_cast<std::size_t>(event)]; }

void log_journal(Event event, bool is_alarming, const std::string& message,
                 std::initializer_list<AuditField> fields) {
    JournalEntry entry(message_id(event), is_alarming ? LOG_WARNING : LOG_NOTICE, "revoke-user");
    for (const AuditField& field : fields) entry.add(field.name, field.value, kMaxValueBytes);
    send(entry.say(display(message)));
}

std::size_t lost_journal_entries() { return lost; }

void log_line(std::string_view program, int priority, const std::string& line) {
    if (has_journal()) return send(JournalEntry("", priority, program).say(display(line)));
    const std::string name(program);
    openlog(name.c_str(), LOG_PID, LOG_AUTHPRIV);
    syslog(priority, "%s", line.c_str());
    closelog();
}

}  // namespace pam_revoke
