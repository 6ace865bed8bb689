// The ambusher: lets others drive into its line of fire, and otherwise wanders where it has been least.
#include <dragoman.hpp>

#include <cstdlib>
#include <map>
#include <set>
#include <utility>

class MLPlay {
    using Cell = std::pair<int, int>;

public:
    std::string update(const dragoman::Scene& scene) {
        x_ = scene["x"], y_ = scene["y"], facing_ = scene["facing"];
        width_ = scene["size"][0], height_ = scene["size"][1];
        for (const auto wall : scene["walls"]) walls_.insert(cell(wall));
        std::set<Cell> tanks;
        for (const auto tank : scene["tanks"]) tanks.insert(cell(tank));
        ++visits_[{x_, y_}];

        int wanted = -1;
        for (const Cell& tank : tanks) {
            const int direction = line({x_, y_}, tank);
            if (direction < 0 || scene["ammo"].to_int() == 0) continue;
            if (direction == facing_ && scene["reload"].to_int() <= 1) return "SHOOT";
            wanted = direction;
        }

        // A shell that comes from the side: drive out of its line. From the front the armour is thickest.
        for (const auto shell : scene["shells"]) {
            const int flies = shell[2];
            const bool aside = facing_ % 2 != flies % 2 && line(cell(shell), {x_, y_}) == flies;
            if (aside && free(ahead(facing_), tanks)) return "FORWARD";
        }
        if (wanted >= 0) return wanted == facing_ ? "NONE" : turn(wanted);

        // Somebody is near, but not in line: let them come, and be the first to shoot.
        waited_ = tanks.empty() ? 0 : waited_ + 1;
        if (waited_ > 0 && waited_ < 15) {
            const int right = tanks.begin()->first - x_, down = tanks.begin()->second - y_;
            wanted = std::abs(right) > std::abs(down) ? (right > 0 ? 1 : 3) : (down > 0 ? 2 : 0);
            return wanted == facing_ ? "NONE" : turn(wanted);
        }

        for (const auto crate : scene["crates"]) {
            const int direction = line({x_, y_}, cell(crate));
            if (direction >= 0) wanted = direction;
        }
        if (wanted < 0 || !free(ahead(wanted), tanks)) wanted = least_visited(tanks);
        return wanted == facing_ ? "FORWARD" : turn(wanted);
    }

    void reset() {
        walls_.clear();
        visits_.clear();
    }

private:
    static constexpr int dx[] = {0, 1, 0, -1}, dy[] = {-1, 0, 1, 0};

    static Cell cell(const dragoman::Value& thing) { return {thing[0], thing[1]}; }
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
            const int facing = (facing_ + i) % 4;  // straight on before turning
            if (!free(ahead(facing), tanks)) continue;
            const auto visits = visits_.find(ahead(facing));
            const int count = 2 * (visits == visits_.end() ? 0 : visits->second) + (i > 0);
            if (count < fewest) best = facing, fewest = count;
        }
        return best;
    }

    std::string turn(int wanted) const { return (wanted - facing_ + 4) % 4 == 3 ? "TURN_LEFT" : "TURN_RIGHT"; }

    int x_ = 0, y_ = 0, facing_ = 0, width_ = 0, height_ = 0;
    int waited_ = 0;
    std::set<Cell> walls_;
    std::map<Cell, int> visits_;
};
