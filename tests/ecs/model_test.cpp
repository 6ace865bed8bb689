#include <functional>
#include <map>
#include <optional>
#include <random>

#include "command_support.hpp"

using namespace dragoman::ecs;

namespace {

// The world as simple as it can be: components by name, values by field, for each handle.
using Fields = std::map<std::string, Value>;
using Model = std::map<Entity, std::map<std::string, Fields>>;

const std::map<std::string, Fields> defaults{
    {"P", {{"x", 0.0}, {"n", std::int64_t{4}}}}, {"T", {{"t", std::string("none")}, {"b", false}}}, {"Tag", {}}};

struct P {
    double x;
    std::int16_t n;
};

struct Run : NamedWorld {
    Run() {
        declare("P", {"x: f64", "n: i16 = 4"});
        declare("T", {"t: text = none", "b: bool"});
        declare("Tag");
        world.bind<P>("P", field("x", &P::x), field("n", &P::n));
    }

    void shift() {
        world.for_each<P>([](P& p) { p.x += 1; });
    }

    /// As a script does in the mode `replace`: every row into the second buffer, then swapped. Where a transaction is
    /// open, in place.
    void shift_by_swapping() {
        if (world.in_transaction()) return shift();
        const auto id = world.component("P");
        for (auto* table : world.query({{id}, {}}).tables()) {
            auto& column = *table->column(id);
            world.make_back(*table, column);
            for (std::size_t row = 0; row < table->rows(); ++row) {
                P p;
                std::memcpy(&p, column.row(row), sizeof(p));
                p.x += 1;
                std::memcpy(column.back_row(row), &p, sizeof(p));
            }
            world.swap_buffers(*table, column);
        }
        world.publish();
    }

    /// Reserves handles, creates two entities by command, adds to one of them, and gives back a third handle.
    std::pair<Entity, Entity> command(double x) {
        const std::vector<Entity> handles{world.reserve(), world.reserve(), world.reserve()};
        const auto p = world.component("P"), tag = world.component("Tag");
        CommandBuffer commands;
        commands.write(DRAGOMAN_CREATE_MANY, handles[0],
                       {CommandBuffer::part(p, P{x, 7}, P{x + 1, 8}), CommandBuffer::part(world.component("T"))}, 2);
        commands.write(DRAGOMAN_ADD, handles[0], {CommandBuffer::part(tag)});
        const auto counts = apply_commands(world, commands.bytes, handles);
        CHECK(counts.handles_used == 2);
        world.release(handles[2]);
        return {handles[0], handles[1]};
    }

    bool agrees(const Model& model) const {
        if (world.statistics().entities != model.size()) return false;
        for (const auto& [entity, components] : model) {
            if (!world.alive(entity)) return false;
            for (const auto& [name, fields] : defaults) {
                const auto found = components.find(name);
                if (has(entity, name) != (found != components.end())) return false;
                if (found == components.end()) continue;
                for (const auto& [field, value] : found->second)
                    if (get(entity, name, field) != value) return false;
            }
        }
        return true;
    }
};

struct Player {
    std::mt19937 random;
    Run run;
    Model model;
    std::vector<Entity> ever;  // handles, some of them stale
    std::vector<std::function<void(Run&)>> done;

    std::uint32_t below(std::uint32_t limit) { return random() % limit; }
    Entity somebody() { return ever.empty() ? Entity{3, 9} : ever[below(static_cast<std::uint32_t>(ever.size()))]; }
    std::string some_name() { return std::vector<std::string>{"P", "T", "Tag"}[below(3)]; }
    NamedWorld::Values some_values(const std::string& name) {
        NamedWorld::Values values;
        if (name == "P" && below(2)) values.push_back({"x", static_cast<double>(below(1000)) / 8});
        if (name == "P" && below(2)) values.push_back({"n", std::int64_t{below(30000)}});
        if (name == "T" && below(2)) values.push_back({"t", std::string(below(40), 'a' + char(below(26)))});
        if (name == "T" && below(2)) values.push_back({"b", below(2) == 1});
        return values;
    }

    void act() {
        const auto entity = somebody();
        const auto name = some_name();
        const auto values = some_values(name);
        const auto there = model.find(entity);
        const bool alive = there != model.end();
        const bool has = alive && there->second.contains(name);
        const auto fill = [&](Fields fields) {
            for (const auto& [field, value] : values) fields[field] = value;
            return fields;
        };
        switch (below(9)) {
            case 0:
            case 1: {
                const auto made = run.create({{name, values}});
                REQUIRE_FALSE(model.contains(made));
                model[made][name] = fill(defaults.at(name));
                ever.push_back(made);
                done.push_back([=](Run& other) { CHECK(other.create({{name, values}}) == made); });
                break;
            }
            case 2:
                REQUIRE((refusal([&] { run.world.destroy(entity); }) == "nothing") == alive);
                if (!alive) break;
                model.erase(entity);
                done.push_back([=](Run& other) { other.world.destroy(entity); });
                break;
            case 3:
                REQUIRE((refusal([&] { run.add(entity, name, values); }) == "nothing") == alive);
                if (!alive) break;
                there->second[name] = fill(defaults.at(name));
                done.push_back([=](Run& other) { other.add(entity, name, values); });
                break;
            case 4:
                REQUIRE((refusal([&] { run.remove(entity, name); }) == "nothing") == has);
                if (!has) break;
                there->second.erase(name);
                done.push_back([=](Run& other) { other.remove(entity, name); });
                break;
            case 5:
                REQUIRE((refusal([&] { run.set(entity, name, values); }) == "nothing") == has);
                if (!has) break;
                there->second[name] = fill(there->second[name]);
                done.push_back([=](Run& other) { other.set(entity, name, values); });
                break;
            case 6:
                run.shift();
                for (auto& [one, components] : model)
                    if (const auto p = components.find("P"); p != components.end())
                        p->second["x"] = std::get<double>(p->second["x"]) + 1;
                done.push_back([](Run& other) { other.shift(); });
                break;
            case 7:
                run.shift_by_swapping();
                for (auto& [one, components] : model)
                    if (const auto p = components.find("P"); p != components.end())
                        p->second["x"] = std::get<double>(p->second["x"]) + 1;
                done.push_back([](Run& other) { other.shift_by_swapping(); });
                break;
            case 8: {
                const auto x = static_cast<double>(below(100));
                const auto made = run.command(x);
                model[made.first]["P"] = {{"x", x}, {"n", std::int64_t{7}}};
                model[made.second]["P"] = {{"x", x + 1}, {"n", std::int64_t{8}}};
                model[made.first]["Tag"] = {};
                for (const auto entity : {made.first, made.second}) {
                    model[entity]["T"] = defaults.at("T");
                    ever.push_back(entity);
                }
                done.push_back([=](Run& other) { CHECK(other.command(x) == made); });
                break;
            }
        }
    }

    /// Random changes with transactions inside, each committed or rolled back.
    void play(int steps, int depth) {
        for (int i = 0; i < steps; ++i) {
            if (depth < 3 && below(12) == 0) {
                const auto kept_model = model;
                const auto kept_done = done.size();
                const auto before = below(2) ? std::optional(run.world.hash()) : std::nullopt;
                run.world.begin();
                play(static_cast<int>(below(15)), depth + 1);
                if (below(2)) {
                    run.world.commit();
                } else {
                    run.world.rollback();
                    model = kept_model;
                    done.resize(kept_done);
                    if (before) CHECK(run.world.hash() == *before);
                    REQUIRE(run.agrees(model));
                }
            } else {
                act();
            }
        }
    }
};

}  // namespace

TEST_CASE("whatever was rolled back, the world is the model's, and that of a world where it never happened") {
    for (std::uint32_t seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        Player player{std::mt19937(seed), {}, {}, {}, {}};
        player.play(300, 0);
        REQUIRE(player.run.agrees(player.model));

        Run straight;
        for (const auto& act : player.done) act(straight);
        CHECK(straight.agrees(player.model));
        CHECK(straight.world.hash() == player.run.world.hash());
        CHECK(player.run.world.statistics().reserved == 0);
        CHECK(straight.query({"P"}) == player.run.query({"P"}));
        CHECK(straight.query({}, {"T"}) == player.run.query({}, {"T"}));
    }
}
