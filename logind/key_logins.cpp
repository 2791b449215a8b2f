#include "revoke/logind/key_logins.hpp"

#include <algorithm>

#include "revoke/list/match.hpp"
#include "revoke/logind/session_auth.hpp"

namespace pam_revoke {
namespace {

bool means_any(const Entry& entry, const std::vector<AuthKey>& keys) {
    const auto is_meant = [&entry](const AuthKey& key) { return means_key(entry, key.shown()); };
    return std::any_of(keys.begin(), keys.end(), is_meant);
}

bool has_session(const PidRef& login, const Result<std::vector<Session>>& listed) {
    if (!listed.ok()) return false;
    const auto is_led = [&login](const Session& session) {
        return session.leader == login.pid && session.state != "closing";
    };
    return std::any_of(listed.value().begin(), listed.value().end(), is_led);
}

}  // namespace

OpenedSessions opened_with(const std::vector<Session>& sessions, const Entry& entry,
                           const RecordDirectory& records) {
    OpenedSessions opened;
    for (const Session& session : sessions) {
        const SessionAuth auth = auth_of(session, records.path, records.owner);
        if (auth.by == AuthSource::unknown && auth.error) opened.unknown.push_back(*auth.error);
        if (means_any(entry, auth.keys))
            opened.sessions.push_back(session);
        else if (auth.by == AuthSource::record || auth.by == AuthSource::journal)
            opened.others.push_back(session.id);
    }
    return opened;
}

UnregisteredLogins unregistered_logins(const Result<std::vector<Session>>& listed,
                                       const Entry& entry, const RecordDirectory& records) {
    UnregisteredLogins unregistered;
    RecordedLogins recorded = recorded_logins(records.path, records.owner);
    unregistered.unknown = std::move(recorded.errors);
    for (const RecordedLogin& login : recorded.logins) {
        const auto keys = keys_in(login.auth_info);
        if (!keys.ok()) {
            const std::string object = "record of process " + std::to_string(login.process.pid);
            const Error& error = keys.error();
            unregistered.unknown.push_back(make_error(error.fault, object, error.reason));
        } else if (means_any(entry, keys.value()) && !has_session(login.process, listed)) {
            unregistered.logins.push_back(login.process);
        }
    }
    return unregistered;
}

}  // namespace pam_revoke
