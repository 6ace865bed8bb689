// The dodger: steps out of the way of shells first, shoots second, and otherwise wanders where it has been least.
#include <ml_play.hpp>

#include <array>
#include <map>
#include <set>
#include <utility>

class MLPlay : public AbstractMLPlay {
    using Cell = std::pair<int, int>;

public:
    MLPlay(json) {}

    json update(json scene_info) override {
        x_ = scene_info["x"], y_ = scene_info["y"], facing_ = scene_info["facing"];
        width_ = scene_info["size"][0], height_ = scene_info["size"][1];
        for (const json& wall : scene_info["walls"]) walls_.insert({wall[0], wall[1]});
        std::set<Cell> tanks;
        for (const json& tank : scene_info["tanks"]) tanks.insert({tank[0], tank[1]});
        ++visits_[{x_, y_}];

        // A shell that comes along my line: leave the line, by turning out of it if need be.
        for (const json& shell : scene_info["shells"]) {
            const int flies = shell[2];
            if (line({shell[0], shell[1]}, {x_, y_}) != flies) continue;
            if (facing_ % 2 != flies % 2 && free(ahead(facing_), tanks)) return "FORWARD";
        }

        int wanted = -1;
        for (const Cell& tank : tanks) {
            const int direction = line({x_, y_}, tank);
            if (direction < 0 || scene_info["ammo"] == 0) continue;
            if (direction == facing_ && scene_info["reload"] <= 1) return "SHOOT";
            wanted = direction;
        }
        if (wanted >= 0 && wanted != facing_) return turn(wanted);

        for (const json& crate : scene_info["crates"]) {
            const int direction = line({x_, y_}, {crate[0], crate[1]});
            if (direction >= 0) wanted = direction;
        }
        if (wanted < 0 || !free(ahead(wanted), tanks)) wanted = least_visited(tanks);
        return wanted == facing_ ? json("FORWARD") : turn(wanted);
    }

    void reset() override {
        walls_.clear();
        visits_.clear();
    }

private:
    static constexpr int dx[] = {0, 1, 0, -1}, dy[] = {-1, 0, 1, 0};

    Cell ahead(int facing) const { return {x_ + dx[facing], y_ + dy[facing]}; }

    bool open(Cell c) const {
        return c.first >= 0 && c.second >= 0 && c.first < width_ && c.second < height_ && !walls_.count(c);
    }
    bool free(Cell c, const std::set<Cell>& tanks) const { return open(c) && !tanks.count(c); }

    /// Where to face to see `to` from `from`, or -1.
    int line(Cell from, Cell to) const {
        for (int facing = 0; facing < 4; ++facing) {
            for (Cell c = from; open(c); c = {c.first + dx[facing], c.second + dy[facing]}) {
                if (c == to && c != from) return facing;
            }
        }
        return -1;
    }

    int least_visited(const std::set<Cell>& tanks) {
        int best = facing_, fewest = 1 << 30;
        for (int i = 0; i < 4; ++i) {
            const int facing = (facing_ + i) % 4; // straight on before turning
            if (!free(ahead(facing), tanks)) continue;
            const auto visits = visits_.find(ahead(facing));
            const int count = 2 * (visits == visits_.end() ? 0 : visits->second) + (i > 0);
            if (count < fewest) best = facing, fewest = count;
        }
        return best;
    }

    json turn(int wanted) const { return (wanted - facing_ + 4) % 4 == 3 ? "TURN_LEFT" : "TURN_RIGHT"; }

    int x_, y_, facing_, width_, height_;
    std::set<Cell> walls_;
    std::map<Cell, int> visits_;
};
