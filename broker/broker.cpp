#include "broker/broker.hpp"

#include <signal.h>
#include <sys/resource.h>

#include <algorithm>

#include "broker/broker_state.hpp"

namespace dragoman {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// After goodbye and end of file; after SIGTERM; then by force.
constexpr auto goodbye_time = 200ms;
constexpr auto terminate_time = 150ms;

/// Each script takes up to five descriptors; the usual soft limit of 1024 would end at 200 scripts.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 1 << 20);
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Broker::Broker(BrokerOptions options) {
    ::signal(SIGPIPE, SIG_IGN);
    fill_standard_descriptors();
    raise_descriptor_limit();
    state_ = std::make_unique<State>(std::move(options));
}

Broker::~Broker() {
    if (state_ != nullptr) finish("the broker ends");
}

std::size_t Broker::add(ScriptSpec spec) {
    if (std::holds_alternative<ShellCommand>(spec.source) && spec.confinement.trust == Trust::untrusted)
        spec.confinement = own_command(spec.confinement.limits);
    State::Member member{std::move(spec), {}, {}};
    member.now = state_->new_version(member.spec);
    member.now.source = member.spec.source;
    state_->seats.emplace_back(*member.now.script);
    state_->members.push_back(std::move(member));
    return state_->members.size() - 1;
}

std::size_t Broker::add_open(ScriptSpec spec) {
    const std::size_t number = add(std::move(spec));
    state_->members[number].started = true;
    state_->members[number].now.script->stay_away();
    return number;
}

void Broker::tick(std::span<const SceneFor> scenes, int round, Clock::duration patience) {
    state_->round = round;
    for (Seat& seat : state_->seats) seat.json = {};
    for (const SceneFor& scene : scenes) {
        state_->seats[scene.script].json = scene.json;
        state_->seats[scene.script].header = Header::scene_info;
        state_->members[scene.script].kept_answer.reset();
    }
    state_->scheduler.tick(state_->seats, state_->tick, round, state_->scheduler.deadlines().tick, patience);
    for (const SceneFor& scene : scenes) {
        State::Member& member = state_->members[scene.script];
        const auto outcome = state_->seats[scene.script].outcome;
        if (!outcome || member.now.script->phase() == Phase::lost) continue;  // who is lost was counted then
        ++member.statistics.outcomes[static_cast<std::size_t>(*outcome)];
        if (const auto latency = member.now.script->latency(); latency && outcome == Outcome::ok)
            member.statistics.latency.add(*latency);
    }
    ++state_->tick;
}

void Broker::exchange(std::size_t script, Header header, std::string_view json, std::uint64_t tick, int round,
                      Clock::duration allowed) {
    state_->tick = tick;
    state_->round = round;
    Seat& seat = state_->seats[script];
    seat.header = header;
    seat.json = json;
    state_->members[script].kept_answer.reset();
    state_->scheduler.tick({&seat, 1}, tick, round, allowed);
    // What systems do is counted in run_systems(); who is lost was counted then.
    State::Member& member = state_->members[script];
    if (member.spec.role != Role::game || !seat.outcome || member.now.script->phase() == Phase::lost) return;
    ++member.statistics.outcomes[static_cast<std::size_t>(*seat.outcome)];
    if (const auto latency = member.now.script->latency(); latency && seat.outcome == Outcome::ok)
        member.statistics.latency.add(*latency);
}

bool Broker::wait_for(const std::function<bool()>& done, Clock::time_point until) {
    while (!done()) {
        if (stopping() || Clock::now() >= until) return false;
        state_->waiter.wait(until);
    }
    return true;
}

const ScriptSpec& Broker::spec(std::size_t script) const { return state_->members[script].spec; }

void Broker::give_up(std::size_t script) { state_->scheduler.give_up(state_->seats[script]); }

const Deadlines& Broker::deadlines() const { return state_->scheduler.deadlines(); }

std::optional<Outcome> Broker::outcome(std::size_t script) const { return state_->seats[script].outcome; }

std::optional<std::string_view> Broker::answer(std::size_t script) const {
    const auto& seat = state_->seats[script];
    if (const auto& kept = state_->members[script].kept_answer; kept && seat.outcome == Outcome::ok)
        return std::string_view(*kept);
    if (seat.outcome != Outcome::ok || seat.script->answer().empty()) return std::nullopt;
    return seat.script->answer();
}

std::size_t Broker::size() const { return state_->members.size(); }
const LiveScript& Broker::script(std::size_t number) const { return *state_->members[number].now.script; }
LiveScript& Broker::script(std::size_t number) { return *state_->members[number].now.script; }
const ScriptStatistics& Broker::statistics(std::size_t script) const { return state_->members[script].statistics; }
std::uint64_t Broker::ticks() const { return state_->tick; }

const Runnable* Broker::runnable(std::size_t script) const {
    const auto& built = state_->members[script].now.built;
    return built ? std::get_if<Runnable>(&*built) : nullptr;
}

const BuildFailure* Broker::build_failure(std::size_t script) const {
    const auto& built = state_->members[script].now.built;
    return built ? std::get_if<BuildFailure>(&*built) : nullptr;
}

void Broker::finish(std::string_view reason) {
    for (auto& member : state_->members) member.now.script->finish(reason);
    const auto all_gone = [&] {
        return std::all_of(state_->members.begin(), state_->members.end(),
                           [](const auto& member) { return member.now.script->gone(); });
    };
    const auto wait = [&](Clock::duration time) {
        const auto until = Clock::now() + time;
        while (!all_gone() && Clock::now() < until) state_->io.run_one_until(until);
    };
    if (!stopping()) wait(goodbye_time);
    for (auto& member : state_->members) member.now.script->terminate();
    wait(terminate_time);
    for (auto& member : state_->members) member.now.script->kill();
    wait(2s);  // bounded: the launcher's end takes along what the kernel has not reaped by then
}

void Broker::stop() { state_->waiter.stop(); }
bool Broker::stopping() const { return state_->waiter.stopping(); }

void Broker::wait_until(Clock::time_point until) {
    while (!stopping() && Clock::now() < until) state_->waiter.wait(until);
}

void Broker::run_until(const std::function<bool()>& done) {
    while (!done() && !stopping()) state_->io.run_one();
}

void Broker::stood_still(Clock::duration time) {
    for (std::size_t i = 0; i < size(); ++i) {
        if (state_->seats[i].waiting_for != Phase::idle) state_->seats[i].loses_at += time;
        script(i).stood_still(time);
    }
}

boost::asio::io_context& Broker::io() { return state_->io; }
const Languages& Broker::languages() const { return state_->languages; }
CommandRunner& Broker::runner() { return state_->runner; }
Builder& Broker::builder() { return state_->builder; }
std::string Broker::sandbox_tier() const { return std::string(name(state_->sandbox.tier())); }
SandboxMode Broker::sandbox_mode() const { return state_->options.sandbox; }
std::shared_ptr<const KnownScripts> Broker::known_scripts() const { return state_->sandbox.known_scripts(); }
const fs::path& Broker::home() const { return state_->home; }

}  // namespace dragoman
