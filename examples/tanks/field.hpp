// What is on the field: the components of the world, and how one tick changes them.
#pragma once
#include "arena.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

struct Tank {
    std::int64_t entity = 0;
    std::string seat;
    int x = 0, y = 0, facing = 0, armour = 8, ammo = 12, reload = 0, hits = 0;
    int out = -1;  // the tick in which it was destroyed

    Cell cell() const { return {x, y}; }
    bool alive() const { return out < 0; }
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(Tank, seat, x, y, facing, armour, ammo, reload, hits, out)
};

struct Shell {
    std::int64_t entity = 0;  // 0: fired in this tick
    std::string owner;
    int x = 0, y = 0, facing = 0;
    bool gone = false;

    Cell cell() const { return {x, y}; }
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(Shell, owner, x, y, facing)
};

struct Crate {
    std::int64_t entity = 0;  // 0: fallen in this tick
    int x = 0, y = 0;
    bool gone = false;

    Cell cell() const { return {x, y}; }
    NLOHMANN_DEFINE_TYPE_INTRUSIVE(Crate, x, y)
};

/// Everything at once. The order of the tanks never matters for what a tick does.
struct Field {
    static constexpr int full_armour = 8, crate_ammo = 4, most_ammo = 16, reload_ticks = 4, shell_steps = 2;

    std::int64_t entity = 0;  // the arena's
    Arena arena;
    int tick = 0;
    std::vector<Tank> tanks;
    std::vector<Shell> shells;
    std::vector<Crate> crates;

    int alive() const {
        return std::count_if(tanks.begin(), tanks.end(), [](const Tank& tank) { return tank.alive(); });
    }

    Tank* tank_at(Cell cell) {
        for (Tank& tank : tanks) {
            if (tank.alive() && tank.cell() == cell) return &tank;
        }
        return nullptr;
    }

    Tank* named(const std::string& seat) {
        for (Tank& tank : tanks) {
            if (tank.seat == seat) return &tank;
        }
        return nullptr;
    }

    void turn(Tank& tank, const std::string& command) {
        if (command == "TURN_LEFT") tank.facing = (tank.facing + 3) % 4;
        if (command == "TURN_RIGHT") tank.facing = (tank.facing + 1) % 4;
    }

    void shoot(Tank& tank) {
        if (tank.ammo == 0 || tank.reload > 0) return;
        --tank.ammo;
        tank.reload = reload_ticks;
        shells.push_back({0, tank.seat, tank.x, tank.y, tank.facing});
    }

    /// All at once: nobody gets into a wall, a cell that was taken when the tick began, or one that two want.
    void drive(const std::vector<Tank*>& moving) {
        std::map<Tank*, Cell> goals;
        for (Tank* tank : moving) goals[tank] = ahead(tank->cell(), tank->facing);
        std::vector<std::pair<Tank*, Cell>> free;
        for (const auto& [tank, goal] : goals) {
            auto same = [goal = goal](const auto& other) { return other.second == goal; };
            const bool alone = std::count_if(goals.begin(), goals.end(), same) == 1;
            if (alone && !arena.wall(goal) && !tank_at(goal)) free.push_back({tank, goal});
        }
        for (const auto& [tank, goal] : free) tank->x = goal.x, tank->y = goal.y;
    }

    void collect() {
        for (Crate& crate : crates) {
            if (Tank* tank = tank_at(crate.cell())) {
                tank->ammo = std::min(tank->ammo + crate_ammo, most_ammo);
                tank->armour = std::min(tank->armour + 1, full_armour);
                crate.gone = true;
            }
        }
    }

    /// A shell first meets who has driven into it, then what it flies into. Tanks fall when all shells have flown.
    void fly() {
        for (Shell& shell : shells) {
            for (int step = 0; step <= shell_steps && !shell.gone; ++step) {
                const Cell cell = step == 0 ? shell.cell() : ahead(shell.cell(), shell.facing);
                shell.x = cell.x, shell.y = cell.y;
                Tank* target = tank_at(cell);
                if (target && target->seat != shell.owner) {
                    const int damage = target->facing == (shell.facing + 2) % 4 ? 1 : 2;  // armour is thickest in front
                    target->armour -= damage;
                    named(shell.owner)->hits += damage;
                    shell.gone = true;
                }
                if (arena.wall(cell)) shell.gone = true;
            }
        }
        for (Tank& tank : tanks) {
            if (tank.alive() && tank.armour <= 0) tank.out = tick;
        }
    }
};
