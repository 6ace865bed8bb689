// The slicer: thinks one hit further than the others, and hits while moving, so that the ball leaves at another angle.
#include <ml_play.hpp>

#include <cstdlib>
#include <string>

class MLPlay : public AbstractMLPlay {
public:
    MLPlay(json init_args) : side_(init_args["args"][0].get<std::string>()) {}

    json update(json scene_info) override {
        const int me = scene_info["platform_" + side_][0];
        int x = scene_info["ball"][0], dx = scene_info["ball_speed"][0];
        const int y = scene_info["ball"][1], dy = scene_info["ball_speed"][1];
        if (dy == 0) return scene_info["frame"] >= 20 ? "SERVE_TO_LEFT" : "MOVE_RIGHT";

        const int gap = dy > 0 ? 415 - y : y - 80;  // what is left to the platform that the ball flies to
        const int frames = gap / std::abs(dy) + 1;
        fly(x, dx, frames);
        const bool comes = (dy > 0) == (side_ == "1P");
        if (!comes) {  // and back, if the other one holds still
            dx = dx < 0 ? -std::abs(dy) : std::abs(dy);
            fly(x, dx, 335 / std::abs(dy) + 1);
        }
        if (comes && frames == 1) return dx > 0 ? "MOVE_RIGHT" : "MOVE_LEFT";  // the hit: along with the ball
        return towards(x - 18 - me);
    }

    void reset() override {}

private:
    static void fly(int& x, int& dx, int frames) {
        for (; frames > 0; --frames) {
            x += dx;
            if (x < 0 || x > 195) x = x < 0 ? -x : 390 - x, dx = -dx;
        }
    }

    static json towards(int distance) {
        if (std::abs(distance) < 5) return "NONE";
        return distance < 0 ? "MOVE_LEFT" : "MOVE_RIGHT";
    }

    std::string side_;
};
