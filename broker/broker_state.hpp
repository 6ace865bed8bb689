#pragma once
// The Broker's inside, for its own files only.

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "broker/broker.hpp"
#include "broker/launch/runner.hpp"
#include "broker/plane/plane_signal.hpp"
#include "broker/sandbox/sandbox.hpp"
#include "broker/schedule/asio_waiter.hpp"
#include "broker/schedule/spin_habit.hpp"

namespace dragoman {

struct Broker::State {
    struct Member {
        ScriptSpec spec;
        LiveVersion now;
        ScriptStatistics statistics;
        bool started = false;
        bool on_probation = false;
        /// In the last tick, by a version that has been swapped since.
        std::optional<std::string> kept_answer = {};
    };

    explicit State(BrokerOptions given);
    void heed_events();

    // broker_start.cpp
    LiveVersion new_version(const ScriptSpec& spec);
    void launch(const ScriptSpec& spec, LiveVersion& version, Launcher& launcher, LaunchOrder order, Channel channel,
                const Json& reload);
    std::string init_line(const ScriptSpec& spec, const std::filesystem::path& path, const Json& reload) const;
    void start_command(Member& member, const ShellCommand& command);
    void start_runnable(const ScriptSpec& spec, LiveVersion& version, const Json& reload = {});
    void warm_up_for_many(const std::vector<std::size_t>& fresh);

    BrokerOptions options;
    std::filesystem::path home;
    Languages languages;
    boost::asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
    /// An io_context that once had nothing to do serves nothing any more.
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
    AsioWaiter waiter;
    std::filesystem::path cache;
    Sandbox sandbox;
    LauncherRunner runner;
    Builder builder;
    Decoder decoder;
    Scheduler scheduler;
    std::vector<Member> members;
    std::vector<Seat> seats;
    std::size_t building = 0;
    const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
    VersionListener* listener = nullptr;
    PlaneSignal signal;
    SpinHabit spin_habit;
    Clock::time_point next_poll{};
    std::uint64_t tick = 0;
    int round = 1;
};

}  // namespace dragoman
