// session_ending.hpp - ending sessions one by one, and nothing else of their users.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ending_engine.hpp"

namespace pam_revoke {

class SessionEnding : public Ending {
public:
    // As Ending(); nothing is to be ended yet.
    // Errors: none; EndReport::troubles will say that there was no bus.
    SessionEnding(Result<Bus>& bus, const EndOptions& options, const OnProgress& progress);

    // Ends this session, too. One's own comes last.
    // Errors: none; a session that is gone by then needs no ending.
    void add(const Session& session);

protected:
    bool scan() override;
    bool wait_for_change(std::uint64_t deadline_usec) const override;
    bool nothing_to_end() const override { return left_.empty() && !broke_off(); }
    void kill_first() override { kill_groups(); }
    void ask() override;
    void kill_groups() override;
    void kill() override { kill_groups(); }
    Progress seen() const override;
    void conclude(EndReport& report) override;
    void set_bus_deadline(std::uint64_t usec) override;

    // All sessions of the host, by the last look.
    [[nodiscard]] const Result<std::vector<Session>>& listed() const { return listed_; }
    [[nodiscard]] bool is_anything_left() const { return !left_.empty(); }
    // True when the session is to be ended, or was.
    [[nodiscard]] bool is_taken(const Session& session) const;
    // Our own session, or the login that we are in, is to be ended.
    void own_is_meant() { own_left_ = true; }
    // Since when what is seen now is there to be ended. Units: CLOCK_MONOTONIC.
    [[nodiscard]] std::uint64_t seen_usec() const;
    // True when what is seen since then has had the time to end by itself.
    [[nodiscard]] bool is_due(std::uint64_t since_usec) const;

private:
    struct Taken {
        Session session;
        std::uint64_t since_usec = 0;  // CLOCK_MONOTONIC
        bool is_asked = false;
    };

    [[nodiscard]] bool is_there(const Session& session) const;
    [[nodiscard]] bool broke_off() const;

    bool had_bus_;
    std::uint64_t bus_until_usec_;
    int scans_ = 0;
    std::optional<std::string> own_session_ = own_session();
    bool own_left_ = false;
    std::vector<Taken> taken_;   // all that were to be ended
    std::vector<Session> left_;  // of these, by the last look
    std::set<pid_t> known_;      // all processes seen in them
    Result<std::vector<Session>> listed_{std::vector<Session>()};
};

}  // namespace pam_revoke
