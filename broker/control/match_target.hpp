#pragma once

#include <chrono>

#include "broker/control/target.hpp"
#include "broker/game/match.hpp"

namespace dragoman {

/// A match that is controlled.
class MatchTarget final : public ControlTarget {
public:
    explicit MatchTarget(Match& match) : match_(match) {}

    std::vector<std::string> seats() const override;
    Json status() override;
    Json versions(const std::string& seat) override;
    void rollback(const std::string& seat, std::optional<int> number) override;
    void reload(const std::string& seat) override;
    void pause(ControlDone done) override;
    void step(std::uint64_t ticks, ControlDone done) override;
    void resume() override;
    void stop() override;

private:
    Json seat_status(std::size_t script);
    std::size_t script_of(const std::string& seat);
    /// Throws where the run does not watch its scripts.
    Reloader& reloader();
    TickGate::Done told(ControlDone done, std::uint64_t from);

    Match& match_;
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace dragoman
