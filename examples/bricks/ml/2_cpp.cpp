// The aimer: plays on in its head what happens after each of the three ways to hit the ball, and takes the best.
#include <dragoman.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

using Brick = std::array<int, 2>;

struct Ball {
    int x, y, dx, dy;
};

/// The rules of the game, as far as a ball in flight goes.
class Flight {
public:
    Flight(Ball ball, std::vector<Brick> bricks) : ball(ball), bricks(std::move(bricks)) {}

    /// Until the ball comes down onto the platform's line; false when it takes too long.
    bool lands() {
        for (frames = 0; frames < 400; ++frames) {
            if (ball.dy > 0 && ball.y + ball.dy >= 395) return true;
            step();
        }
        return false;
    }

    Ball ball;
    std::vector<Brick> bricks;
    int frames = 0, hits = 0, first_hit = 400;

private:
    static bool meets(Brick brick, int x, int y) {
        return x + 5 > brick[0] && x < brick[0] + 25 && y + 5 > brick[1] && y < brick[1] + 10;
    }

    void step() {
        int x = ball.x + ball.dx, y = ball.y + ball.dy;
        if (x < 0 || x > 195) x = x < 0 ? -x : 390 - x, ball.dx = -ball.dx;
        if (y < 0) y = -y, ball.dy = -ball.dy;
        const auto brick = std::find_if(bricks.begin(), bricks.end(), [&](auto b) { return meets(b, x, y); });
        if (brick != bricks.end()) {
            const bool along_x = meets(*brick, x, ball.y), along_y = meets(*brick, ball.x, y);
            if (along_x || !along_y) x = ball.x, ball.dx = -ball.dx;
            if (along_y || !along_x) y = ball.y, ball.dy = -ball.dy;
            bricks.erase(brick);
            if (hits++ == 0) first_hit = frames;
        }
        ball.x = x, ball.y = y;
    }
};

class MLPlay {
public:
    std::string update(const dragoman::Scene& scene) {
        const int me = scene["platform"][0];
        const int x = scene["ball"][0], y = scene["ball"][1];
        const Ball ball = {x, y, x - last_.x, y - last_.y};
        last_ = ball;
        if (scene.frame() == 0) return "NONE";
        if (ball.dy == 0 && y == 395) return towards(80 - me, x < 100 ? "SERVE_TO_RIGHT" : "SERVE_TO_LEFT");
        if (std::abs(ball.dy) != 7 || (std::abs(ball.dx) != 7 && std::abs(ball.dx) != 10)) return answer_;

        auto bricks = scene["bricks"].get<std::vector<Brick>>();
        for (const auto brick : scene["hard_bricks"]) bricks.push_back(brick.get<Brick>());
        Flight down(ball, bricks);
        if (!down.lands()) return answer_ = towards(80 - me, "NONE");
        const int target = down.ball.x + down.ball.dx / 2 - 18;
        if (down.frames > 1) return answer_ = towards(target - me, "NONE");
        return answer_ = best_hit(down);
    }

    void reset() { last_ = {}; }

private:
    static std::string towards(int distance, const char* there) {
        if (std::abs(distance) < 5) return there;
        return distance < 0 ? "MOVE_LEFT" : "MOVE_RIGHT";
    }

    /// Still: as it bounces. With the ball: steeper. Against it: back where it came from.
    static std::string best_hit(const Flight& down) {
        const int side = down.ball.dx < 0 ? -1 : 1;
        struct Way {
            const char* command;
            int dx;
        };
        const Way ways[] = {{"NONE", 7 * side},
                            {side < 0 ? "MOVE_LEFT" : "MOVE_RIGHT", 10 * side},
                            {side < 0 ? "MOVE_RIGHT" : "MOVE_LEFT", -down.ball.dx}};
        const char* best = "NONE";
        int most = -1;
        for (const Way& way : ways) {
            Flight up({down.ball.x + down.ball.dx, 395, way.dx, -7}, down.bricks);
            up.lands();
            const bool reachable = std::abs(up.ball.x - down.ball.x) < 5 * up.frames;
            const int worth = (reachable ? 100000 : 0) + up.hits * 1000 - up.first_hit;
            if (worth > most) best = way.command, most = worth;
        }
        return best;
    }

    Ball last_ = {};
    std::string answer_ = "NONE";
};
