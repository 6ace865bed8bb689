// The arena: a grid of walls, the same for everybody when turned upside down.
#pragma once
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

struct Cell {
    int x, y;
    bool operator==(const Cell&) const = default;
};

/// What facing means: 0 is up, 1 right, 2 down, 3 left.
inline Cell ahead(Cell from, int facing) {
    constexpr std::array<Cell, 4> steps = {{{0, -1}, {1, 0}, {0, 1}, {-1, 0}}};
    return {from.x + steps[facing].x, from.y + steps[facing].y};
}

/// A die that needs no memory: the same numbers always roll the same.
inline std::mt19937 die(std::uint64_t seed, std::uint32_t round, std::uint32_t tick) {
    std::seed_seq numbers = {std::uint32_t(seed), std::uint32_t(seed >> 32), round, tick};
    return std::mt19937(numbers);
}

struct Arena {
    int width, height;
    std::string cells;  // '#' is a wall, '.' is free

    explicit Arena(int players) : Arena(20 + 2 * players, 15 + players, {}) { cells.assign(width * height, '.'); }
    Arena(int width, int height, std::string cells) : width(width), height(height), cells(std::move(cells)) {}

    bool inside(Cell c) const { return c.x >= 0 && c.y >= 0 && c.x < width && c.y < height; }
    bool wall(Cell c) const { return !inside(c) || cells[c.y * width + c.x] == '#'; }
    void build(Cell c) { cells[c.y * width + c.x] = '#'; }

    /// Opposite corners first, so that two tanks begin far from each other.
    Cell start(int seat) const {
        const int right = width - 2, bottom = height - 2, middle = width / 2, centre = height / 2;
        const std::array<Cell, 8> starts = {{{1, 1},
                                             {right, bottom},
                                             {right, 1},
                                             {1, bottom},
                                             {middle, 1},
                                             {middle, bottom},
                                             {1, centre},
                                             {right, centre}}};
        return starts[seat];
    }

    bool near_a_start(Cell c) const {
        for (int seat = 0; seat < 8; ++seat) {
            const Cell s = start(seat);
            if (std::abs(c.x - s.x) <= 1 && std::abs(c.y - s.y) <= 1) return true;
        }
        return false;
    }

    /// The cells that a tank can get to from the first start.
    std::vector<bool> reachable() const {
        std::vector<bool> seen(cells.size());
        std::vector<Cell> open = {start(0)};
        while (!open.empty()) {
            const Cell c = open.back();
            open.pop_back();
            if (wall(c) || seen[c.y * width + c.x]) continue;
            seen[c.y * width + c.x] = true;
            for (int facing = 0; facing < 4; ++facing) open.push_back(ahead(c, facing));
        }
        return seen;
    }
};

/// Walls by chance, in pairs across the centre; what nobody can get to is wall as well.
inline Arena make_arena(int players, std::uint64_t seed, std::uint32_t round) {
    auto dice = die(seed, round, 0);
    Arena arena(players);
    for (int pieces = arena.width * arena.height / 22; pieces > 0; --pieces) {
        Cell c = {int(dice() % arena.width), int(dice() % arena.height)};
        const int facing = dice() % 4;
        for (int length = 1 + dice() % 3; length > 0; --length, c = ahead(c, facing)) {
            const Cell opposite = {arena.width - 1 - c.x, arena.height - 1 - c.y};
            if (!arena.inside(c) || arena.near_a_start(c) || arena.near_a_start(opposite)) continue;
            const Arena before = arena;
            arena.build(c);
            arena.build(opposite);
            const auto seen = arena.reachable();
            for (int seat = 0; seat < 8; ++seat) {
                const Cell s = arena.start(seat);
                if (!seen[s.y * arena.width + s.x]) arena = before;
            }
        }
    }
    const auto seen = arena.reachable();
    for (std::size_t i = 0; i < seen.size(); ++i) {
        if (!seen[i]) arena.cells[i] = '#';
    }
    return arena;
}
