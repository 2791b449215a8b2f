#include "revoke/logind/audit.hpp"

// Entries need no source file and line.
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <sys/syslog.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>

#include <array>
#include <vector>

namespace pam_revoke {
namespace {

// In the order of Event. The catalog explains them.
constexpr std::array<std::string_view, 7> kMessageIds = {
    "31c3c4475237450993fced101c139c33", "34b155ec64bf46079f01698758e8bd51",
    "a5368d37579a4d0f9a083ae43ab6b2d2", "0c2fee4e31e8412b915ec63ba174dec7",
    "08f7c907362c438589c71a5805dd2a28", "5c12fc332cf84cb8aa10dd6831705a17",
    "3e0f4d5a9c7b4c3a8d21f6b07e9a5c14"};

}  // namespace

std::string_view message_id(Event event) { return kMessageIds[static_cast<std::size_t>(event)]; }

void log_journal(Event event, bool is_alarming, const std::string& message,
                 std::initializer_list<AuditField> fields) {
    std::vector<std::string> lines = {
        "MESSAGE=" + message, "MESSAGE_ID=" + std::string(message_id(event)),
        "PRIORITY=" + std::to_string(is_alarming ? LOG_WARNING : LOG_NOTICE),
        "SYSLOG_IDENTIFIER=revoke-user"};
    for (const AuditField& field : fields)
        if (!field.value.empty())
            lines.push_back(std::string(field.name) + "=" + std::string(field.value));
    std::vector<iovec> parts;
    for (std::string& line : lines) parts.push_back({line.data(), line.size()});
    (void)sd_journal_sendv(parts.data(), static_cast<int>(parts.size()));
}

}  // namespace pam_revoke
