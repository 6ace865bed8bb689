// A player. The loop around it is the client's; what it gets and what it may answer is the game's business.
// These scenes are pong's: try it with `dragoman run examples/pong -i this_file.cpp`.
#include <dragoman.hpp>

#include <cstdlib>
#include <string>

class MLPlay {
public:
    // init.args: what the game's dragoman.toml says for this seat; here the seat's name.
    MLPlay(const dragoman::Init& init) {
        const std::string seat = init.args.empty() ? "1P" : init.args[0].get<std::string>();
        platform_ = "platform_" + seat;
    }

    // Once for each tick. What is returned is the command: text, a number, json, or a dragoman::Command where it may be
    // any of them. The scene is a view of the text that came; `json scene_info` as parameter gives all of it as
    // nlohmann's json.
    const char* update(const dragoman::Scene& scene) {
        const auto ball = scene.find("ball"), platform = scene.find(platform_);
        if (!ball || !platform) return "NONE";  // another game than pong

        const auto speed = scene.find("ball_speed");
        if (speed && int((*speed)[1]) == 0) return "SERVE_TO_LEFT";

        const int distance = int((*ball)[0]) - (int((*platform)[0]) + 20);
        if (std::abs(distance) < 5) return "NONE";
        return distance < 0 ? "MOVE_LEFT" : "MOVE_RIGHT";
    }

    // After the last scene of a round, before the next round begins.
    void reset() {}

private:
    std::string platform_;
};
