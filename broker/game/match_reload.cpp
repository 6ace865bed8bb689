#include <algorithm>

#include "broker/game/match_state.hpp"

// What a match does so that saved scripts can take over in the middle of it.

namespace dragoman {

namespace fs = std::filesystem;

/// From here on saved scripts take over.
void Match::State::begin_reloading() {
    ReloadOptions given = std::move(*options.reload);
    given.why_no_shadow = [this](std::size_t script, const LiveVersion& version) {
        return systems.why_no_shadow(script, version);
    };
    given.seated = [this](std::size_t script, bool going_back) { return seated(script, going_back); };
    given.settled = [this](std::size_t script) {
        if (std::ranges::count(system_scripts, script) > 0) systems.settle(script);
    };
    if (!given.warn) given.warn = warn;
    reloader = std::make_unique<Reloader>(broker, std::move(given));
    if (!options.game.seats.empty())
        reloader->watch_folder(options.game.folder / "ml", {"*"}, [this](const fs::path& file) { join(file); });
    // What a version of systems lacked may come below their folder.
    if (const fs::path folder = options.game.folder / "systems"; !system_scripts.empty() && fs::is_directory(folder))
        reloader->watch_folder(folder, {"*"}, {});
    for (std::size_t script = 0; script < broker.size(); ++script) reloader->watch(script);
}

std::optional<std::string> Match::State::seated(std::size_t script, bool going_back) {
    if (std::ranges::count(system_scripts, script) == 0) return std::nullopt;
    if (!going_back) return systems.take_over(script);
    systems.give_back(script);
    return std::nullopt;
}

/// A script that nobody named takes an open seat. Players lie in ml/ itself, as at the start of a run.
void Match::State::join(const fs::path& file) {
    if (file.parent_path() != options.game.folder / "ml" || file.filename().native().starts_with('_') ||
        broker.languages().for_script(file) == nullptr)
        return;
    if (const auto seat = reloader->open_seat()) return reloader->replace(*seat, file);
    if (warn)
        warn(
            file.filename().string() + ": no seat is open" +
            (options.game.joining ? "" : " (joining = true in dragoman.toml lets scripts take seats that nobody has)"));
}

/// False where the run ends first.
bool Match::State::wait_for_save(std::size_t script) {
    if (warn) warn(broker.script(script).name() + " has failed; the match goes on when its file is saved");
    while (lost(script) && !broker.stopping()) reloader->wait_until(Clock::now() + std::chrono::milliseconds(100));
    return !lost(script);
}

/// Of systems that failed some are on probation: then the versions before them go on.
bool Match::State::take_back_systems() {
    bool some = false;
    for (const std::size_t script : system_scripts) some = reloader->take_back(script) || some;
    if (some) return true;
    const auto failed = std::ranges::find_if(system_scripts, [this](std::size_t script) { return lost(script); });
    return failed != system_scripts.end() && wait_for_save(*failed);
}

/// Where the game's next version is a shadow, its world is made what the world is before the game is asked.
void Match::State::prepare_game_shadow(const std::string& update) {
    if (reloader == nullptr || !reloader->is_shadow(game())) return game_shadow.reset();
    if (game_shadow == nullptr) game_shadow = std::make_unique<GameShadow>(options.game.seats, seat_count());
    try {
        game_shadow->prepare(world, update);
    } catch (const ecs::Error& error) {
        game_shadow.reset();
        reloader->end_shadow(game(), std::string("its world cannot be copied: ") + error.what());
    }
}

/// When the players have answered: they do not wait for a shadow.
void Match::State::run_game_shadow(bool start, const GameAnswer& done) {
    if (game_shadow == nullptr) return;
    reloader->run_shadow(game(), [&](LiveVersion& version) {
        return game_shadow->tick(broker, version, {world, frame, done, update_time(start)});
    });
}

/// Their systems have run in this tick already.
void Match::State::count_system_shadows() {
    if (reloader == nullptr) return;
    for (const std::size_t script : system_scripts) {
        if (!reloader->is_shadow(script)) continue;
        const SystemShadowTick did = systems.shadow_tick(script);
        if (!did.cannot.empty())
            reloader->end_shadow(script, did.cannot);
        else if (did.ran)
            reloader->run_shadow(script, [&](LiveVersion&) { return did.difference; });
    }
}

}  // namespace dragoman
