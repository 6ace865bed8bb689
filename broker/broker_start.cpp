#include <unistd.h>

#include <cstdlib>
#include <map>

#include "broker/broker_state.hpp"
#include "broker/build/build_failure.hpp"
#include "broker/build/source.hpp"
#include "broker/reload/seen.hpp"
#include "compilers/program.hpp"
#include "protocol/format.hpp"

// From a script's file to its process.

namespace dragoman {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// For an interpreter to start and load what it keeps ready.
constexpr auto warm_up_time = 10s;
/// From so many scripts of one kind on, waiting for that costs less than it saves.
constexpr int many_starts = 16;

}  // namespace

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
    const Runnable* const runnable = version.runnable();
    fs::path script = path != nullptr ? place_of(*path) : fs::path();
    // Data files are looked for beside it.
    if (runnable != nullptr && !runnable->mirror.empty()) script = runnable->mirror / script.relative_path();
    version.script->start(launcher, std::move(order), channel, init_line(spec, script, reload));
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

}  // namespace dragoman
