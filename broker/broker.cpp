#include "broker/broker.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <map>
#include <thread>

#include "broker/build/build_failure.hpp"
#include "broker/launch/runner.hpp"
#include "broker/plane/plane_signal.hpp"
#include "broker/reload/seen.hpp"
#include "broker/sandbox/sandbox.hpp"
#include "broker/schedule/asio_waiter.hpp"
#include "broker/schedule/spin_habit.hpp"
#include "compilers/program.hpp"
#include "protocol/format.hpp"

namespace dragoman {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// After goodbye and end of file; after SIGTERM; then by force.
constexpr auto goodbye_time = 200ms;
constexpr auto terminate_time = 150ms;
/// For an interpreter to start and load what it keeps ready.
constexpr auto warm_up_time = 10s;
/// From so many scripts of one kind on, waiting for that costs less than it saves.
constexpr int many_starts = 16;
/// Waiting for systems: some ten microseconds without a look at the clock; then with one, before sleeping. A system of
/// a million rows takes half a millisecond, and waking up costs a tenth of that.
constexpr int quick_looks = 1000;
constexpr auto poll_every = 1ms;

/// Each script takes up to five descriptors; the usual soft limit of 1024 would end at 200 scripts.
void raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max) return;
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 1 << 20);
    setrlimit(RLIMIT_NOFILE, &limit);
}

std::vector<fs::path> language_places(const BrokerOptions& options, const fs::path& home) {
    std::vector<fs::path> places = options.languages;
    const char* config = std::getenv("XDG_CONFIG_HOME");
    const char* user = std::getenv("HOME");
    if (config != nullptr && *config != '\0')
        places.push_back(fs::path(config) / "dragoman" / "languages");
    else if (user != nullptr && *user != '\0')
        places.push_back(fs::path(user) / ".config" / "dragoman" / "languages");
    places.push_back(home / "compilers");
    return places;
}

/// The build cache's folder, made where it can be: a cage that is built before it is there could not show it.
fs::path prepared_cache(const BrokerOptions& options) {
    fs::path cache = options.cache.empty() ? default_cache() : options.cache;
    std::error_code ignored;
    if (!cache.empty()) fs::create_directories(cache, ignored);
    return cache;
}

fs::path temporary_folder() {
    std::error_code error;
    return fs::temp_directory_path(error);
}

}  // namespace

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

    explicit State(BrokerOptions given)
        : options(std::move(given)),
          home(options.home.empty() ? find_home() : options.home),
          languages(language_places(options, home), home / "clients"),
          waiter(io),
          cache(prepared_cache(options)),
          sandbox(io, options.sandbox,
                  {.launcher = home / "libexec" / "dragoman-launcher", .writable = {cache, temporary_folder()}},
                  options.warn),
          runner(sandbox),
          builder(languages, runner,
                  {.cache = cache,
                   .cores = std::max(1U, std::thread::hardware_concurrency()),
                   .on_event = options.on_build,
                   .warn = options.warn}),
          scheduler(waiter, options.deadlines) {
        if (options.tell_hidden_files) sandbox.tell_opens();
        sandbox.distrust(options.languages);
        // Failures that the script itself reports, or its process, do not know the tick; the broker does.
        options.events.failed = [this, told = options.events.failed](LiveScript& script, Failure& failure) {
            const bool is_overdue = failure.outcome == Outcome::late && failure.round != 0;  // the scheduler's word
            if (!is_overdue && failure.tick == 0) failure.tick = tick;
            if (failure.round == 0) failure.round = round;
            for (std::size_t i = 0; i < members.size(); ++i) {
                if (members[i].now.script.get() != &script) continue;
                if (seats[i].waiting_for == Phase::overdue) failure.tick = seats[i].asked;
                if (failure.used && !failure.allowed) failure.allowed = seats[i].allowed;
                // Its last tick ends with what cost it its seat; a late one was counted when it was late.
                if (!is_overdue) ++members[i].statistics.outcomes[static_cast<std::size_t>(failure.outcome)];
                if (members[i].on_probation) break;
                if (told) told(script, failure);
                return;
            }
            if (listener != nullptr) listener->on_version_failed(script, failure);
        };
        options.events.state = [this](LiveScript& script, std::string_view json) {
            if (listener != nullptr) listener->on_state(script, json);
        };
        options.events.no_state = [this](LiveScript& script, const ScriptError& why) {
            if (listener != nullptr) listener->on_no_state(script, why);
        };
        options.events.uses = [this](const LiveScript& script) {
            if (listener != nullptr) listener->on_uses(script);
        };
    }

    LiveVersion new_version(const ScriptSpec& spec);
    void launch(const ScriptSpec& spec, LiveVersion& version, Launcher& launcher, LaunchOrder order, Channel channel,
                const Json& reload);
    std::string init_line(const ScriptSpec& spec, const fs::path& path, const Json& reload) const;
    void start_command(Member& member, const ShellCommand& command);
    void start_runnable(const ScriptSpec& spec, LiveVersion& version, const Json& reload = {});
    void warm_up_for_many(const std::vector<std::size_t>& fresh);

    BrokerOptions options;
    fs::path home;
    Languages languages;
    boost::asio::io_context io{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
    /// An io_context that once had nothing to do serves nothing any more.
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
    AsioWaiter waiter;
    fs::path cache;
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

std::string Broker::State::init_line(const ScriptSpec& spec, const fs::path& path, const Json& reload) const {
    Json init{{"args", spec.args}, {"kwargs", spec.kwargs}};
    if (spec.extended) {
        Json about{{"protocol", format::version},
                   {"name", spec.name},
                   {"role", name(spec.role)},
                   {"script", valid_utf8(path.string())},
                   {"params", Json::object()},
                   {"capabilities", spec.role == Role::game ? Json{"world"} : Json::array()},
                   {"limits",
                    {{"line", spec.role == Role::game ? format::longest_game_line : format::longest_line},
                     {"depth", format::deepest_json},
                     {"call_depth", format::deepest_call},
                     {"tick_timeout", std::chrono::duration<double>(options.deadlines.tick).count()},
                     {"start_timeout", std::chrono::duration<double>(options.deadlines.start).count()}}}};
        about.update(spec.about);
        if (options.keep_attributes) about["keep_attributes"] = true;
        if (!reload.is_null()) about["reload"] = reload;
        init["dragoman"] = std::move(about);
    }
    return line_of(Header::init, dumps(init));
}

LiveVersion Broker::State::new_version(const ScriptSpec& spec) {
    LiveVersion version;
    version.confinement = spec.confinement;
    if (spec.role == Role::system) version.plane = std::make_unique<Plane>(io);
    version.script = std::make_unique<LiveScript>(LiveScript::Options{spec.name, spec.role, spec.confinement.limits},
                                                  decoder, options.events);
    return version;
}

void Broker::State::launch(const ScriptSpec& spec, LiveVersion& version, Launcher& launcher, LaunchOrder order,
                           Channel channel, const Json& reload) {
    const auto* path = std::get_if<fs::path>(&version.source);
    version.script->start(launcher, std::move(order), channel,
                          init_line(spec, path != nullptr ? fs::absolute(*path) : fs::path(), reload));
    if (version.plane != nullptr) version.plane->close_script_ends();
}

void Broker::State::start_command(Member& member, const ShellCommand& command) {
    LaunchOrder order;
    order.arguments = command.words;
    const char* path = std::getenv("PATH");
    // Found as a shell would find it: it is the user's own command.
    const std::string& program = command.words.front();
    if (program.find('/') == std::string::npos) {
        order.arguments.front().clear();
        std::string_view folders = path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
        while (!folders.empty()) {
            const auto colon = std::min(folders.find(':'), folders.size());
            const fs::path candidate = fs::path(folders.substr(0, colon)) / program;
            folders.remove_prefix(std::min(colon + 1, folders.size()));
            std::error_code error;
            if (::access(candidate.c_str(), X_OK) == 0 && fs::is_regular_file(candidate, error)) {
                order.arguments.front() = candidate.string();
                break;
            }
        }
    }
    if (order.arguments.front().empty()) {
        Failure failure;
        failure.outcome = Outcome::not_ready;
        failure.message = "could not be started: there is no program " + program + " on PATH";
        return member.now.script->fail(std::move(failure));
    }
    order.environment = own_environment({});
    if (member.now.plane != nullptr) order.plane = member.now.plane->script_ends();
    Launcher& launcher = sandbox.hold(order, member.spec.confinement);
    launch(member.spec, member.now, launcher, std::move(order), Channel::Stdio, {});
}

void Broker::State::start_runnable(const ScriptSpec& spec, LiveVersion& version, const Json& reload) {
    const Runnable& runnable = *version.runnable();
    LaunchOrder order;
    order.arguments = runnable.argv;
    order.directory = runnable.cwd;
    order.environment = small_environment(runnable.environment);
    if (version.plane != nullptr) order.plane = version.plane->script_ends();
    try {
        const Confinement& confinement = spec.confinement;
        Launcher& launcher = sandbox.hold(order, runnable, confinement);
        Clues clues{runnable.language->run.memory_errors, runnable.language->run.thread_errors, runnable.cwd, {}, {}};
        if (version.plane != nullptr)
            clues.wrote_readonly = [plane = version.plane.get()] { return plane->wrote_readonly(); };
        if (options.sandbox != SandboxMode::off && confinement.trust != Trust::trusted)
            clues.may_read = [order](const fs::path& path) { return Sandbox::shows(order, path); };
        if (!runnable.mirror.empty())
            clues.user_paths = [runnable](std::string text) { return runnable.user_paths(std::move(text)); };
        version.script->expect(std::move(clues));
        launch(spec, version, launcher, std::move(order), runnable.channel, reload);
    } catch (const std::runtime_error& error) {  // a launcher for the trusted, a filter
        Failure failure;
        failure.outcome = Outcome::not_ready;
        failure.message = std::string("could not be started: ") + error.what();
        version.script->fail(std::move(failure));
    }
}

void Broker::State::warm_up_for_many(const std::vector<std::size_t>& fresh) {
    std::map<std::pair<const Language*, Trust>, int> counts;
    for (const std::size_t i : fresh) {
        const auto* runnable = members[i].now.built ? std::get_if<Runnable>(&*members[i].now.built) : nullptr;
        const Trust trust = members[i].spec.confinement.trust;
        if (runnable != nullptr && ++counts[{runnable->language, trust}] == many_starts)
            sandbox.warm_up(*runnable->language, trust, warm_up_time);
    }
}

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

void Broker::start() {
    auto& members = state_->members;
    for (const auto& member : members)
        if (const auto* path = std::get_if<fs::path>(&member.spec.source); path != nullptr && !path->empty())
            state_->sandbox.add_script(*path, member.spec.confinement);
    std::vector<std::size_t> fresh;
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (members[i].started) continue;
        members[i].started = true;
        fresh.push_back(i);
        const auto* path = std::get_if<fs::path>(&members[i].spec.source);
        if (path == nullptr) continue;
        ++state_->building;
        members[i].now.began = file_clock_now();
        members[i].now.stamp = stamp_of(*path);
        // It may come after a stop, when this function has returned.
        state_->builder.build(*path, [state = state_.get(), i](Built built) {
            state->members[i].now.built = std::move(built);
            --state->building;
        });
    }
    run_until([this] { return state_->building == 0; });
    if (stopping()) return;
    state_->warm_up_for_many(fresh);
    // All are started before any is waited for; their READYs come in side by side.
    for (const std::size_t i : fresh) {
        State::Member& member = members[i];
        if (const auto* command = std::get_if<ShellCommand>(&member.spec.source))
            state_->start_command(member, *command);
        else if (member.now.runnable() != nullptr)
            state_->start_runnable(member.spec, member.now);
        else
            member.now.script->fail(failure_of(std::get<BuildFailure>(*member.now.built)));
    }
    state_->scheduler.start(state_->seats);
    state_->sandbox.begin_warm_starts();
}

bool Broker::warm_up(const fs::path& script, Trust trust) {
    const Language* const language = state_->languages.for_script(script);
    return language != nullptr && state_->sandbox.warm_up(*language, trust, warm_up_time);
}

void Broker::expect_restarts(std::size_t script) {
    const State::Member& member = state_->members[script];
    if (const Runnable* const runnable = member.now.runnable())
        state_->sandbox.begin_warm_start(*runnable->language, member.spec.confinement.trust);
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
}

void Broker::run_systems(std::span<const SystemRun> runs, std::uint64_t tick, int round, Clock::duration allowed,
                         std::span<const std::size_t> next) {
    state_->tick = tick;
    state_->round = round;
    const auto now = Clock::now();
    PlaneSignal& signal = state_->signal;
    signal.clear();
    for (const auto& [number, run] : runs) {
        State::Member& member = state_->members[number];
        if (member.now.script->phase() != Phase::idle) continue;  // lost
        member.now.script->open_exchange(now);
        member.now.plane->go(run);
        signal.await(*member.now.script, *member.now.plane);
    }
    // One core each for who computes and for who waits for that; on the others the next ones may wake up meanwhile.
    for (std::size_t i = 0; i < next.size() && runs.size() + 1 + i < state_->cores; ++i)
        state_->members[next[i]].now.plane->wake();
    // Scripts that compute have the cores; who waits for them looks on only where one is left.
    SpinHabit& habit = state_->spin_habit;
    const bool looks_on = runs.size() < state_->cores && habit.is_worth_it();
    if (looks_on) signal.look_for(quick_looks);
    if (!signal.all_happened()) {
        state_->waiter.watch(&signal, looks_on ? habit.longest() : Clock::duration::zero());
        state_->scheduler.await(state_->seats, tick, round, now, allowed);
        if (looks_on && state_->waiter.slept()) habit.came_later();
        if (looks_on && !state_->waiter.slept()) habit.came(Clock::now() - now);
        state_->waiter.watch(nullptr);
    } else if (looks_on) {
        habit.came({});
    }
    for (const auto& [number, run] : runs) {
        State::Member& member = state_->members[number];
        Seat& seat = state_->seats[number];
        const Phase phase = member.now.script->phase();
        if (phase == Phase::overdue) {
            ++member.statistics.outcomes[static_cast<std::size_t>(Outcome::late)];
            give_up(number);
        }
        if (phase == Phase::lost || phase == Phase::overdue || stopping()) continue;
        seat.outcome = Outcome::ok;
        ++member.statistics.outcomes[static_cast<std::size_t>(Outcome::ok)];
        if (const auto latency = member.now.script->latency()) member.statistics.latency.add(*latency);
    }
    // What scripts print between two waits is read even where nothing ever needs to be waited for.
    if (now >= state_->next_poll) {
        state_->waiter.poll();
        state_->next_poll = now + poll_every;
    }
}

void Broker::revoke_ok(std::size_t script) {
    --state_->members[script].statistics.outcomes[static_cast<std::size_t>(Outcome::ok)];
}

Plane* Broker::plane(std::size_t script) { return state_->members[script].now.plane.get(); }

DataTier Broker::data_tier(std::size_t script) const {
    return data_tier_of(state_->sandbox.tier(), state_->members[script].spec.confinement.trust, ::geteuid() == 0);
}

DataTier Broker::data_tier() const { return data_tier_of(state_->sandbox.tier(), Trust::untrusted, ::geteuid() == 0); }

std::unique_ptr<LiveVersion> Broker::prepare(std::size_t script, const Runnable& runnable, const Json& reload,
                                             const Confinement& confinement) {
    ScriptSpec spec = state_->members[script].spec;
    spec.confinement = confinement;
    auto next = std::make_unique<LiveVersion>(state_->new_version(spec));
    next->source = fs::path(runnable.user_paths(runnable.script.string()));
    next->built = runnable;
    state_->sandbox.add_script(runnable.script, spec.confinement);
    state_->start_runnable(spec, *next, reload);
    state_->sandbox.begin_warm_starts();
    return next;
}

std::unique_ptr<LiveVersion> Broker::swap(std::size_t script, std::unique_ptr<LiveVersion> next) {
    State::Member& member = state_->members[script];
    Seat& seat = state_->seats[script];
    if (const auto last = answer(script)) member.kept_answer = std::string(*last);
    std::swap(member.now, *next);
    member.spec.source = member.now.source;
    member.spec.confinement = member.now.confinement;
    seat = Seat(*member.now.script, seat.outcome);
    return next;
}

std::unique_ptr<LiveVersion> Broker::vacate(std::size_t script) {
    auto nobody = std::make_unique<LiveVersion>(state_->new_version(state_->members[script].spec));
    nobody->script->stay_away();
    return swap(script, std::move(nobody));
}

void Broker::set_probation(std::size_t script, bool on_probation) {
    state_->members[script].on_probation = on_probation;
}

std::optional<Outcome> Broker::exchange(LiveVersion& version, Header header, std::string_view json,
                                        Clock::duration allowed) {
    Seat seat(*version.script);
    seat.header = header;
    seat.json = json;
    state_->scheduler.tick({&seat, 1}, state_->tick, state_->round, allowed);
    return seat.outcome;
}

bool Broker::wait_for(const std::function<bool()>& done, Clock::time_point until) {
    while (!done()) {
        if (stopping() || Clock::now() >= until) return false;
        state_->waiter.wait(until);
    }
    return true;
}

void Broker::set_version_listener(VersionListener* listener) { state_->listener = listener; }
const LiveVersion& Broker::live_version(std::size_t script) const { return state_->members[script].now; }
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
const KnownScripts& Broker::known_scripts() const { return state_->sandbox.known_scripts(); }
const fs::path& Broker::home() const { return state_->home; }

Languages find_languages(const BrokerOptions& options) {
    const fs::path home = options.home.empty() ? find_home() : options.home;
    return Languages(language_places(options, home), home / "clients");
}

fs::path find_home() {
    if (const char* home = std::getenv("DRAGOMAN_HOME"); home != nullptr && *home != '\0') return home;
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    for (const fs::path& candidate :
         {program.parent_path() / "share" / "dragoman", program.parent_path().parent_path() / "share" / "dragoman",
          fs::path(DRAGOMAN_INSTALLED_HOME), fs::path(DRAGOMAN_BUILT_HOME)})
        if (fs::exists(candidate / "libexec" / "dragoman-launcher", error)) return candidate;
    return DRAGOMAN_INSTALLED_HOME;
}

}  // namespace dragoman
