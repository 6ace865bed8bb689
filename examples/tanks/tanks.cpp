// Tanks: two to eight of them on a grid of walls. All move at the same time, and each sees only what is near.
#include "field.hpp"

#include <dragoman.hpp>

#include <tuple>

class Game : public dragoman::Game {
    static constexpr int crate_every = 12;  // ticks

public:
    void setup() override {
        world.component("Arena", {"width: i32", "height: i32", "cells: text", "tick: i32"});
        world.component("Tank", {"seat: text", "x: i32", "y: i32", "facing: i32", "armour: i32", "ammo: i32",
                                 "reload: i32", "hits: i32", "out: i32"});
        world.component("Shell", {"owner: text", "x: i32", "y: i32", "facing: i32"});
        world.component("Crate", {"x: i32", "y: i32"});

        const Arena arena = make_arena(players.size(), seed, round);
        create("Arena", {{"width", arena.width}, {"height", arena.height}, {"cells", arena.cells}});
        for (std::size_t seat = 0; seat < players.size(); ++seat) {
            Tank tank;
            tank.seat = players[seat];
            tank.x = arena.start(seat).x;
            tank.y = arena.start(seat).y;
            tank.facing = tank.y > arena.height / 2 ? 0 : 2;
            create("Tank", tank);
        }
    }

    bool update(const json& commands) override {
        Field field = look();
        ++field.tick;

        std::vector<Tank*> moving;
        for (Tank& tank : field.tanks) {
            if (!tank.alive()) continue;
            if (std::find(lost.begin(), lost.end(), tank.seat) != lost.end()) tank.out = field.tick;
            tank.reload = std::max(tank.reload - 1, 0);
            const json& answer = commands.at(tank.seat);
            const std::string command = answer.is_string() ? answer.get<std::string>() : "NONE";
            field.turn(tank, command);
            if (command == "SHOOT") field.shoot(tank);
            if (command == "FORWARD") moving.push_back(&tank);
        }
        field.drive(moving);
        field.collect();
        field.fly();
        if (field.tick % crate_every == 0) drop_crate(field);

        keep(field);
        return over(field);
    }

    json scenes() override {
        const Field field = look();
        json scenes = json::object();
        for (const Tank& tank : field.tanks) {
            if (tank.alive() || tank.out == field.tick) scenes[tank.seat] = scene(field, tank);
        }
        return scenes;
    }

    /// Who lived longest; among those who fell together or are left, who hit more; then who was hit less.
    json result() override {
        const Field field = look();
        auto strength = [](const Tank& tank) { return std::tuple(tank.alive(), tank.out, tank.hits, tank.armour); };
        json result;
        for (const Tank& tank : field.tanks) {
            const int better = std::count_if(field.tanks.begin(), field.tanks.end(),
                                             [&](const Tank& other) { return strength(other) > strength(tank); });
            result[tank.seat] = {{"rank", 1 + better}, {"score", tank.hits}, {"armour", std::max(tank.armour, 0)}};
        }
        return result;
    }

    json picture() override;

private:
    void create(const char* component, const json& values) { world.create({{component, values}}); }

    bool over(const Field& field) const { return field.alive() <= 1 || field.tick >= int(params["ticks"]); }

    void drop_crate(Field& field) {
        auto dice = die(seed, round, field.tick);
        const Cell cell = {int(dice() % field.arena.width), int(dice() % field.arena.height)};
        const bool taken = std::any_of(field.crates.begin(), field.crates.end(),
                                       [&](const Crate& crate) { return crate.cell() == cell; });
        if (!taken && !field.arena.wall(cell) && !field.tank_at(cell)) field.crates.push_back({0, cell.x, cell.y});
    }

    json scene(const Field& field, const Tank& me) const {
        const int sight = params["sight"];
        auto near = [&](Cell c) { return std::abs(c.x - me.x) <= sight && std::abs(c.y - me.y) <= sight; };
        json tanks = json::array(), shells = json::array(), crates = json::array(), walls = json::array();
        for (const Tank& tank : field.tanks) {
            const bool other = tank.alive() && tank.seat != me.seat;
            if (other && near(tank.cell())) tanks.push_back({tank.x, tank.y, tank.facing});
        }
        for (const Shell& shell : field.shells) {
            if (near(shell.cell())) shells.push_back({shell.x, shell.y, shell.facing});
        }
        for (const Crate& crate : field.crates) {
            if (near(crate.cell())) crates.push_back({crate.x, crate.y});
        }
        for (int y = me.y - sight; y <= me.y + sight; ++y) {
            for (int x = me.x - sight; x <= me.x + sight; ++x) {
                if (field.arena.inside({x, y}) && field.arena.wall({x, y})) walls.push_back({x, y});
            }
        }
        const char* status = !me.alive() ? "GAME_OVER" : !over(field) ? "GAME_ALIVE" : "GAME_PASS";
        return {{"frame", field.tick}, {"status", status},
                {"x", me.x},           {"y", me.y},
                {"facing", me.facing}, {"armour", me.armour},
                {"ammo", me.ammo},     {"reload", me.reload},
                {"tanks", tanks},      {"shells", shells},
                {"crates", crates},    {"walls", walls},
                {"sight", sight},      {"size", {field.arena.width, field.arena.height}}};
    }

    // the world

    template <class Thing>
    static std::vector<Thing> things(const json& rows) {
        std::vector<Thing> things;
        for (const json& row : rows) {
            things.push_back(row[1].get<Thing>());
            things.back().entity = row[0];
        }
        return things;
    }

    /// Everything there is, in one round trip.
    Field look() {
        auto all = [](const char* component) -> std::pair<std::string, json> {
            return {"query", {{"components", {component}}}};
        };
        const json found = world.batch({all("Arena"), all("Tank"), all("Shell"), all("Crate")});
        const json& arena = found[0][0][1];
        return {found[0][0][0],          {arena["width"], arena["height"], arena["cells"]},
                arena["tick"],           things<Tank>(found[1]),
                things<Shell>(found[2]), things<Crate>(found[3])};
    }

    void keep(const Field& field) {
        world.set(field.entity, "Arena", {{"tick", field.tick}});
        for (const Tank& tank : field.tanks) world.set(tank.entity, "Tank", tank);
        for (const Shell& shell : field.shells) keep(shell, "Shell");
        for (const Crate& crate : field.crates) keep(crate, "Crate");
    }

    template <class Thing>
    void keep(const Thing& thing, const char* component) {
        if (thing.entity == 0 && !thing.gone) create(component, thing);
        if (thing.entity != 0 && !thing.gone) world.set(thing.entity, component, thing);
        if (thing.entity != 0 && thing.gone) world.destroy(thing.entity);
    }
};

/// Ten units to a cell, and a line of text above.
json Game::picture() {
    static constexpr std::array colors = {"#4f9dff", "#ff6b5e", "#9fd66b", "#ffe08a",
                                          "#a58bff", "#5ec8e5", "#ff9ad5", "#ffb454"};
    static constexpr int cell = 10, top = 20;
    const Field field = look();
    json shapes = json::array();
    auto box = [&](int x, int y, int w, int h, const char* color) {
        shapes.push_back({{"rect", {x, y + top, w, h}}, {"color", color}});
    };
    box(0, 0, field.arena.width * cell, field.arena.height * cell, "#1b2029");
    for (int y = 0; y < field.arena.height; ++y) {
        for (int x = 0; x < field.arena.width; ++x) {
            if (field.arena.wall({x, y})) box(x * cell, y * cell, cell, cell, "#59616e");
        }
    }
    for (const Crate& crate : field.crates) box(crate.x * cell + 2, crate.y * cell + 2, 6, 6, "#c8945a");
    for (const Shell& shell : field.shells) box(shell.x * cell + 3, shell.y * cell + 3, 4, 4, "#ffffff");
    for (std::size_t seat = 0; seat < field.tanks.size(); ++seat) {
        const Tank& tank = field.tanks[seat];
        const std::string state = tank.seat + " " + (tank.alive() ? std::to_string(tank.armour) : "-");
        shapes.push_back({{"text", {int(seat) * 42 + 4, 6}}, {"value", state}, {"color", colors[seat]}});
        if (!tank.alive()) continue;
        const Cell muzzle = ahead({0, 0}, tank.facing);
        box(tank.x * cell, tank.y * cell, cell, cell, colors[seat]);
        box(tank.x * cell + 3 + 3 * muzzle.x, tank.y * cell + 3 + 3 * muzzle.y, 4, 4, "#10131a");
    }
    return {{"width", field.arena.width * cell},
            {"height", field.arena.height * cell + top},
            {"background", "#10131a"},
            {"shapes", shapes}};
}
