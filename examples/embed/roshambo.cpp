// Rock, paper, scissors between two scripts of any language. This program is itself the game: it embeds the broker.
#include <algorithm>
#include <array>
#include <broker/broker.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>

using dragoman::Json;

namespace {

constexpr std::array moves{"ROCK", "PAPER", "SCISSORS"};  // each is beaten by the next
constexpr int throws = 100;

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
}

int play(char** scripts) {
    dragoman::Broker broker;
    for (std::size_t player = 0; player < 2; ++player) {
        const std::string seat = std::to_string(player + 1) + "P";
        broker.add({.source = scripts[player], .name = seat, .args = Json::array({seat})});
    }
    broker.start();

    Match match;
    for (int frame = 0; frame <= throws; ++frame) {
        const std::string first = match.scene(frame, 0), second = match.scene(frame, 1);
        broker.tick({{0, first}, {1, second}});
        if (frame < throws) match.play(move_of(broker, 0), move_of(broker, 1));
    }
    broker.finish("the match is over");
    report(broker, match, scripts);
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        std::fprintf(stderr, "usage: %s SCRIPT SCRIPT\n", arguments[0]);
        return 2;
    }
    try {
        return play(arguments + 1);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
