// session_ending.hpp - ends selected sessions only.
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
    // As Ending(), with no sessions yet.
    // Errors: none; see EndReport::errors for an unavailable bus.
    SessionEnding(Result<Bus>& bus, const EndOptions& options, const OnProgress& progress);

    // Adds a session to end. Our own is ended last.
    // Errors: none; a session may be gone by then.
    void add(const Session& session);

protected:
    bool scan() override;
    bool wait_for_change(std::uint64_t deadline_usec) const override;
    bool nothing_to_end() const override { return left_.empty() && !broke_off(); }
    void kill_first() override { kill_groups(); }
    void ask() override;
    void kill_groups() override;
    void kill() override {
        kill_groups();
        if (!is_last_kill()) ask();  // sessions that the last scan found
    }
    bool has_unkilled() const override;
    Progress seen() const override;
    void conclude(EndReport& report) override;
    void set_bus_deadline(std::uint64_t usec) override;

    // All sessions of the host, from the last scan.
    [[nodiscard]] const Result<std::vector<Session>>& listed() const { return listed_; }
    [[nodiscard]] bool is_anything_left() const { return !left_.empty(); }
    // True if the session was added.
    [[nodiscard]] bool is_taken(const Session& session) const;
    // Marks our own session, or our own login without a session, to be ended last.
    void own_is_meant() { own_left_ = true; }
    // The start of the grace for what is requested now. Units: CLOCK_MONOTONIC.
    [[nodiscard]] std::uint64_t since_usec() const;
    // True if the grace since `since_usec` is over; always with --now and at the last kill.
    // Units: CLOCK_MONOTONIC; no value before the request.
    [[nodiscard]] bool is_due(std::optional<std::uint64_t> since_usec) const;

private:
    struct Taken {
        Session session;
        std::optional<std::uint64_t> since_usec{};  // the first request; CLOCK_MONOTONIC
        bool is_asked = false;                      // a request succeeded
        bool is_killed = false;
    };

    [[nodiscard]] bool is_there(const Session& session) const;
    [[nodiscard]] bool broke_off() const;

    bool had_bus_;
    std::uint64_t bus_until_usec_;
    std::optional<std::string> own_session_ = own_session();
    bool own_left_ = false;
    std::vector<Taken> taken_;   // all sessions added
    std::vector<Session> left_;  // those that the last scan still saw
    std::set<pid_t> known_;      // all processes seen in them
    Result<std::vector<Session>> listed_{std::vector<Session>()};
};

}  // namespace pam_revoke
