// The slicer: plays the ball forward frame by frame, and hits it while moving, so that it leaves at another angle.
#include <ml_play.hpp>

#include <cstdlib>
#include <string>

class MLPlay : public AbstractMLPlay {
public:
    MLPlay(json init_args) : side_(init_args["args"][0].get<std::string>()) {}

    json update(json scene_info) override {
        const int me = scene_info["platform_" + side_][0];
        int x = scene_info["ball"][0], y = scene_info["ball"][1];
        int dx = scene_info["ball_speed"][0], dy = scene_info["ball_speed"][1];
        if (dy == 0) return scene_info["frame"] >= 20 ? "SERVE_TO_LEFT" : "MOVE_RIGHT";

        const bool comes = (dy > 0) == (side_ == "1P");
        if (!comes) return towards(80 - me);

        int frames = 0;
        for (; side_ == "1P" ? y + dy < 415 : y + dy > 80; y += dy, ++frames) {
            x += dx;
            if (x < 0 || x > 195) dx = -dx;
        }
        const int target = x - 18;
        if (frames > 0) return towards(target - me);
        return target - me < 0 ? "MOVE_RIGHT" : "MOVE_LEFT";    // the hit: a step across
    }

    void reset() override {}

private:
    static json towards(int distance) {
        if (std::abs(distance) < 5) return "NONE";
        return distance < 0 ? "MOVE_LEFT" : "MOVE_RIGHT";
    }

    std::string side_;
};
