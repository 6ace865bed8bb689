#pragma once

#include <functional>
#include <map>

#include "broker/schedule/scheduler.hpp"

namespace dragoman::test {

/// A clock that is moved by hand: waiting until a time makes it that time, and what was planned on the way happens.
class FakeTime final : public Waiter {
public:
    Clock::time_point now() override { return now_; }
    void wait(Clock::time_point until) override {
        ++waits;
        const auto next = plans_.begin();
        if (next != plans_.end() && next->first <= until) {
            now_ = std::max(now_, next->first);
            const auto happens = std::move(next->second);
            plans_.erase(next);
            happens();
        } else {
            now_ = std::max(now_, until);
        }
    }
    void poll() override {
        while (!plans_.empty() && plans_.begin()->first <= now_) wait(now_);
    }
    bool stopping() const override { return stopping_; }

    /// Has something happen that long after now.
    void after(Clock::duration time, std::function<void()> happens) { plans_.emplace(now_ + time, std::move(happens)); }
    void stop() { stopping_ = true; }
    /// Since the test began.
    double ms() const { return Milliseconds(now_ - Clock::time_point{}).count(); }

    int waits = 0;

private:
    Clock::time_point now_{};
    std::multimap<Clock::time_point, std::function<void()>> plans_;
    bool stopping_ = false;
};

/// A script that does what `on_scene` says when a scene reaches it.
class FakeScript final : public Script {
public:
    Phase phase() const override { return phase_; }
    const std::optional<Failure>& failure() const override { return failure_; }
    void send(Header, std::string_view json) override {
        phase_ = Phase::owing;
        scenes.emplace_back(json);
        answer_.clear();
        if (on_scene) on_scene(*this);
    }
    std::string_view answer() const override { return answer_; }
    std::optional<Clock::duration> latency() const override { return std::nullopt; }
    void mark_cpu() override { marked = true; }
    std::optional<Clock::duration> cpu_in_exchange() const override { return cpu; }
    char state() const override { return letter; }
    bool starved() const override { return is_starved; }
    void overdue() override { phase_ = Phase::overdue; }
    void fail(Failure failure) override {
        phase_ = Phase::lost;
        failure_ = std::move(failure);
    }

    void becomes(Phase phase) { phase_ = phase; }
    /// As a session does with a command: in time it is the answer, late it is dropped.
    void answers(const std::string& command) {
        if (phase_ == Phase::owing) answer_ = command;
        if (phase_ == Phase::owing || phase_ == Phase::overdue) phase_ = Phase::idle;
    }
    void says_reset() { phase_ = Phase::resetting; }
    void says_ready() { phase_ = Phase::idle; }
    void crashes() {
        Failure failure;
        failure.outcome = Outcome::crashed;
        fail(std::move(failure));
    }

    std::function<void(FakeScript&)> on_scene;
    std::vector<std::string> scenes;
    std::optional<Clock::duration> cpu;
    bool is_starved = false;
    bool marked = false;
    char letter = '?';

private:
    Phase phase_ = Phase::idle;
    std::optional<Failure> failure_;
    std::string answer_;
};

}  // namespace dragoman::test
