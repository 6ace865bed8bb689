// Rock, paper, scissors between two scripts of any language. This program is itself the game: it embeds the broker.
// With --watch it plays match after match, and a script that is saved takes over in the middle of one.
#include <algorithm>
#include <array>
#include <broker/broker.hpp>
#include <broker/reload/reloader.hpp>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>

using dragoman::Json;

namespace {

constexpr std::array moves{"ROCK", "PAPER", "SCISSORS"};  // each is beaten by the next
constexpr int throws = 100;
constexpr std::chrono::milliseconds pace(50);  // of a throw, when somebody saves scripts meanwhile

/// 0, 1 or 2; nothing when there was no answer, or none that is a move.
std::optional<int> move_of(const dragoman::Broker& broker, std::size_t player) {
    const auto answer = broker.answer(player);
    if (!answer) return std::nullopt;
    const auto found = std::find(moves.begin(), moves.end(), Json::parse(*answer));
    if (found == moves.end()) return std::nullopt;
    return static_cast<int>(found - moves.begin());
}

bool beats(std::optional<int> mine, std::optional<int> theirs) {
    if (!mine || !theirs) return mine.has_value();
    return (*theirs + 1) % 3 == *mine;
}

Json shown(std::optional<int> move) { return move ? Json(moves[*move]) : Json(); }

struct Match {
    std::array<std::optional<int>, 2> last;
    std::array<int, 2> score{};

    std::string scene(int frame, std::size_t player) const {
        const std::size_t other = 1 - player;
        return dragoman::dumps({{"frame", frame},
                                {"status", frame < throws ? "GAME_ALIVE" : "GAME_OVER"},
                                {"mine", shown(last[player])},
                                {"theirs", shown(last[other])},
                                {"score", {score[player], score[other]}}});
    }
    void play(std::optional<int> first, std::optional<int> second) {
        last = {first, second};
        score[0] += beats(first, second);
        score[1] += beats(second, first);
    }
};

void report(const dragoman::Broker& broker, const Match& match, char** scripts) {
    for (std::size_t player = 0; player < 2; ++player) {
        const std::string script = std::filesystem::path(scripts[player]).filename();
        std::printf("%dP %-24s %3d", static_cast<int>(player) + 1, script.c_str(), match.score[player]);
        if (const auto& failure = broker.script(player).failure())
            std::printf("  %s: %s", name(failure->outcome).data(), failure->message.c_str());
        std::printf("\n");
    }
    std::fflush(stdout);
}

void tell(const dragoman::ReloadEvent& event) {
    std::printf("%s: version %d %s", event.seat.c_str(), event.version, name(event.step).data());
    if (event.failure) std::printf(": %s", event.failure->message.c_str());
    std::printf("\n");
    std::fflush(stdout);
}

Match play_match(dragoman::Broker& broker, dragoman::Reloader* reloader) {
    Match match;
    for (int frame = 0; frame <= throws; ++frame) {
        if (reloader) {
            reloader->wait_until(dragoman::Clock::now() + pace);
            reloader->between_ticks();  // seats change hands
        }
        const std::string first = match.scene(frame, 0), second = match.scene(frame, 1);
        const std::array scenes{dragoman::SceneFor{0, first}, dragoman::SceneFor{1, second}};
        broker.tick(scenes);
        if (reloader) reloader->after_tick(scenes);
        if (frame < throws) match.play(move_of(broker, 0), move_of(broker, 1));
    }
    return match;
}

int play(char** scripts, bool watch) {
    dragoman::Broker broker;
    for (std::size_t player = 0; player < 2; ++player) {
        const std::string seat = std::to_string(player + 1) + "P";
        broker.add({.source = scripts[player], .name = seat, .args = Json::array({seat})});
    }
    broker.start();
    std::optional<dragoman::Reloader> reloader;
    if (watch) {
        reloader.emplace(broker, dragoman::ReloadOptions{.on_event = tell});
        for (std::size_t player = 0; player < 2; ++player) reloader->watch(player);
        std::puts("watching");
        std::fflush(stdout);
        for (;;) report(broker, play_match(broker, &*reloader), scripts);
    }
    const Match match = play_match(broker, nullptr);
    broker.finish("the match is over");
    report(broker, match, scripts);
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    const bool watch = count == 4 && std::strcmp(arguments[1], "--watch") == 0;
    if (count != 3 && !watch) {
        std::fprintf(stderr, "usage: %s [--watch] SCRIPT SCRIPT\n", arguments[0]);
        return 2;
    }
    try {
        return play(arguments + count - 2, watch);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
