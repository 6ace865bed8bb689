// Random calls against a map that does the same in the simplest way; then the commands are made as the broker makes
// them, and what comes out must be the map.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/clients/plane/fake_broker_support.hpp"

using namespace dragoman::test;

namespace {

using Bytes = std::vector<unsigned char>;
using Row = std::map<std::uint32_t, Bytes>;
using World = std::map<std::uint64_t, Row>;

std::uint64_t number(dragoman_entity entity) { return std::uint64_t{entity.generation} << 32 | entity.index; }
dragoman_entity handle(std::uint64_t number) {
    return {static_cast<std::uint32_t>(number), static_cast<std::uint32_t>(number >> 32)};
}

const std::vector<FakeComponent> components = {
    {"A", 4, {1, 2, 3, 4}}, {"B", 12}, {"C", 5, {5, 5, 5, 5, 5}}, {"Tag", 0}, {"D", 8}, {"E", 64}, {"Parked", 0}};
constexpr std::uint64_t creates = 60;

class Game {
public:
    explicit Game(std::uint32_t seed) : random_(seed) {
        plane_ = broker_.connect();
        model_ = world_of_columns(false);
        for (const auto& [entity, row] : model_) known_.push_back(entity);
        broker_.go(0, creates);
        REQUIRE(dragoman_plane_poll(plane_) == DRAGOMAN_WAIT_RUN);
    }
    ~Game() { dragoman_plane_close(plane_); }

    void play(int calls) {
        for (int i = 0; i < calls; ++i) {
            call();
            look_at(any_entity());
            if (i % 8 == 0) ask();
        }
        for (const auto entity : known_) look_at(entity);
        dragoman_plane_done(plane_);
        World world = world_of_columns(true);
        make_commands(world);
        CHECK(world == model_);
    }

private:
    std::uint32_t below(std::uint64_t limit) { return static_cast<std::uint32_t>(random_() % limit); }
    std::uint64_t any_entity() {
        if (known_.empty() || below(30) == 0) return number({below(100), below(3)});
        return known_[below(known_.size())];
    }
    std::uint32_t any_component() { return below(components.size()); }

    std::vector<std::string> any_components() {
        std::vector<std::string> some;
        for (const auto& component : components)
            if (below(2) == 0) some.push_back(component.name);
        return some;
    }

    std::unique_ptr<FakeBroker> make_broker() {
        FakeSystem system{"random", {}};
        for (const auto& component : components)
            system.access[component.name] = static_cast<dragoman_access>(below(DRAGOMAN_ACCESS_STAGED + 1));
        std::vector<std::vector<std::string>> tables(1 + below(6));
        for (std::uint32_t i = 0; i < tables.size(); ++i) {
            tables[i] = any_components();
            if (below(2) == 0) system.tables.push_back(i);
        }
        access_ = system.access;
        shown_ = system.tables;
        auto broker =
            std::make_unique<FakeBroker>(components, std::vector{system}, FakeOptions{.most_handles = creates});
        for (const auto& table : tables) broker->add_table(table, below(8));
        return broker;
    }

    bool is_shown(std::uint32_t table) const { return std::ranges::count(shown_, table) > 0; }

    /// The world as its columns have it; `after` the run the second buffers count where they are marked.
    World world_of_columns(bool after) {
        World world;
        for (std::uint32_t table = 0; table < broker_.directory().tables; ++table)
            for (std::uint32_t row = 0; row < broker_.table(table).rows; ++row) {
                Row& values = world[number(broker_.entity(table, row))];
                for (std::uint32_t id = 0; id < components.size(); ++id) {
                    const auto& [name, size, defaults] = components[id];
                    if (broker_.column(name, table).front == DRAGOMAN_NOWHERE) continue;
                    const unsigned char* column = broker_.front(name, table);
                    const bool marked = after && broker_.mark(name, table) != 0;
                    if (marked) {
                        CHECK(is_shown(table));
                        column = access_.at(name) == DRAGOMAN_ACCESS_STAGED
                                     ? broker_.staging[id]->data() + broker_.column(name, table).front
                                     : broker_.back(name, table);
                    }
                    values[id] = Bytes(column + row * size, column + (row + 1) * size);
                }
            }
        return world;
    }

    Bytes defaults(std::uint32_t id) const {
        Bytes values = components[id].defaults;
        values.resize(components[id].size);
        return values;
    }

    void make_commands(World& world) {
        const auto* at = broker_.control_page.data() + broker_.view().commands;
        const auto* const end = at + broker_.control().command_bytes;
        std::uint64_t used = 0;
        while (at < end) {
            const auto& command = *reinterpret_cast<const dragoman_command*>(at);
            const auto* next = at + command.bytes;
            CHECK(command.bytes % 8 == 0);
            at += sizeof command;
            const bool makes = command.kind <= DRAGOMAN_CREATE_MANY;
            if (makes) CHECK(number(command.entity) == number(broker_.handles()[used]));
            for (std::uint32_t i = 0; makes && i < command.count; ++i) world[number(broker_.handles()[used + i])];
            for (int i = 0; i < command.parts; ++i) {
                const auto& part = *reinterpret_cast<const dragoman_part*>(at);
                at += sizeof part;
                const auto size = components[part.component].size;
                CHECK((part.bytes == 0 || part.bytes == std::uint64_t{size} * command.count));
                for (std::uint32_t row = 0; row < command.count; ++row) {
                    const auto entity = makes ? broker_.handles()[used + row] : command.entity;
                    REQUIRE(world.contains(number(entity)));
                    Row& values = world[number(entity)];
                    if (command.kind == DRAGOMAN_REMOVE || command.kind == DRAGOMAN_SET)
                        REQUIRE(values.contains(part.component));
                    if (command.kind == DRAGOMAN_REMOVE)
                        values.erase(part.component);
                    else
                        values[part.component] =
                            part.bytes == 0 ? defaults(part.component) : Bytes(at + row * size, at + (row + 1) * size);
                }
                at += (part.bytes + 7) / 8 * 8;
            }
            CHECK(at == next);
            if (makes) used += command.count;
            if (command.kind == DRAGOMAN_DESTROY) {
                REQUIRE(world.contains(number(command.entity)));
                world.erase(number(command.entity));
            }
            at = next;
        }
        CHECK(used == broker_.control().handles_used);
    }

    Bytes any_values(std::uint32_t id) {
        Bytes values(components[id].size);
        for (auto& byte : values) byte = static_cast<unsigned char>(below(256));
        return values;
    }

    void call() {
        const auto entity = any_entity();
        const auto id = any_component();
        switch (below(7)) {
            case 0:
                return below(4) == 0 ? create_many() : create();
            case 1: {
                const bool lives = model_.erase(entity) > 0;
                CHECK((dragoman_plane_destroy(plane_, handle(entity)) == 0) == lives);
                return;
            }
            case 2: {
                const bool there = model_.contains(entity) && model_[entity].erase(id) > 0;
                CHECK((dragoman_plane_remove(plane_, handle(entity), id) == 0) == there);
                return;
            }
            case 3:
                return write_row(entity, id);
            default:
                return put(entity, id, below(2) == 0);
        }
    }

    void put(std::uint64_t entity, std::uint32_t id, bool adds) {
        const bool given = below(4) > 0;
        const Bytes values = given ? any_values(id) : defaults(id);
        const bool works = model_.contains(entity) && (adds || model_[entity].contains(id));
        const void* data = given ? values.data() : nullptr;
        const int done = adds ? dragoman_plane_add(plane_, handle(entity), id, data)
                              : dragoman_plane_set(plane_, handle(entity), id, data);
        CHECK((done == 0) == works);
        if (works) model_[entity][id] = values;
    }

    void write_row(std::uint64_t entity, std::uint32_t id) {
        void* row = dragoman_plane_row(plane_, handle(entity), id, 1);
        if (row == nullptr) return;
        REQUIRE(model_.contains(entity));
        REQUIRE(model_[entity].contains(id));
        const Bytes values = any_values(id);
        if (!values.empty()) std::memcpy(row, values.data(), values.size());
        model_[entity][id] = values;
    }

    void create() {
        std::vector<std::uint32_t> ids;
        std::vector<Bytes> values;
        for (std::uint32_t id = 0; id < components.size(); ++id)
            if (below(3) == 0) ids.push_back(id);
        std::vector<const void*> rows;
        Row row;
        for (const auto id : ids) {
            const bool given = below(3) > 0;
            values.push_back(given ? any_values(id) : defaults(id));
            rows.push_back(given ? values.back().data() : nullptr);
            row[id] = values.back();
        }
        dragoman_entity created{};
        const int done = dragoman_plane_create_with(plane_, static_cast<std::uint32_t>(ids.size()), ids.data(),
                                                    rows.data(), &created);
        CHECK((done == 0) == (created_ < creates));
        if (done == 0) enter(created, row);
    }

    void create_many() {
        const auto id = any_component();
        const std::uint32_t count = 1 + below(5);
        Bytes values;
        for (std::uint32_t i = 0; i < count; ++i)
            for (const auto byte : any_values(id)) values.push_back(byte);
        const bool given = below(2) == 0;
        const void* rows[] = {given ? values.data() : nullptr};
        dragoman_entity created[5];
        const int done = dragoman_plane_create_many(plane_, count, 1, &id, rows, created);
        CHECK((done == 0) == (created_ + count <= creates));
        const auto size = components[id].size;
        for (std::uint32_t i = 0; done == 0 && i < count; ++i)
            enter(created[i],
                  {{id, given ? Bytes(values.begin() + i * size, values.begin() + (i + 1) * size) : defaults(id)}});
    }

    void enter(dragoman_entity entity, const Row& row) {
        ++created_;
        model_[number(entity)] = row;
        known_.push_back(number(entity));
    }

    void look_at(std::uint64_t entity) {
        const auto found = model_.find(entity);
        const bool lives = found != model_.end();
        CHECK(dragoman_plane_alive(plane_, handle(entity)) == lives);
        for (std::uint32_t id = 0; id < components.size(); ++id) {
            const bool there = lives && found->second.contains(id);
            CHECK(dragoman_plane_has(plane_, handle(entity), id) == there);
            const auto* row = static_cast<const unsigned char*>(dragoman_plane_row(plane_, handle(entity), id, 0));
            if (!there) CHECK(row == nullptr);
            if (there && access_.at(components[id].name) != DRAGOMAN_ACCESS_NONE) REQUIRE(row != nullptr);
            if (row != nullptr) CHECK(Bytes(row, row + components[id].size) == found->second.at(id));
        }
    }

    /// The order in which the commands first name each entity.
    std::vector<std::uint64_t> named() {
        std::vector<std::uint64_t> order;
        std::uint64_t used = 0;
        const auto* at = broker_.control_page.data() + broker_.view().commands;
        for (;; at += reinterpret_cast<const dragoman_command*>(at)->bytes) {
            const auto& command = *reinterpret_cast<const dragoman_command*>(at);
            if (command.bytes == 0) return order;
            const bool makes = command.kind <= DRAGOMAN_CREATE_MANY;
            for (std::uint32_t i = 0; i < (makes ? command.count : 1); ++i) {
                const auto entity = number(makes ? broker_.handles()[used++] : command.entity);
                if (std::ranges::count(order, entity) == 0) order.push_back(entity);
            }
        }
    }

    void ask() {
        std::vector<std::uint32_t> with, without;
        for (std::uint32_t id = 0; id < components.size(); ++id)
            if (const auto which = below(5); which < 2) (which == 0 ? with : without).push_back(id);
        auto left_out = without;
        const auto parked = broker_.id("Parked");
        if (std::ranges::count(with, parked) == 0) left_out.push_back(parked);
        const auto matches = [&](const auto& has) {
            return std::ranges::all_of(with, has) && std::ranges::none_of(left_out, has);
        };
        const auto matches_now = [&](std::uint64_t entity) {
            return model_.contains(entity) && matches([&](std::uint32_t id) { return model_[entity].contains(id); });
        };
        std::vector<std::uint64_t> expected;
        for (std::uint32_t table = 0; table < broker_.directory().tables; ++table) {
            const auto has = [&](std::uint32_t id) {
                return broker_.column(components[id].name, table).front != DRAGOMAN_NOWHERE;
            };
            for (std::uint32_t row = 0; matches(has) && row < broker_.table(table).rows; ++row)
                if (const auto entity = number(broker_.entity(table, row)); matches_now(entity))
                    expected.push_back(entity);
        }
        const auto of_tables = expected;
        for (const auto entity : named())
            if (matches_now(entity) && std::ranges::count(of_tables, entity) == 0) expected.push_back(entity);

        std::vector<std::uint64_t> visited;
        const auto visit = [](void* context, dragoman_entity entity) {
            static_cast<std::vector<std::uint64_t>*>(context)->push_back(number(entity));
            return 0;
        };
        CHECK(dragoman_plane_query(plane_, with.data(), static_cast<std::uint32_t>(with.size()), without.data(),
                                   static_cast<std::uint32_t>(without.size()), visit, &visited) == 0);
        CHECK(visited == expected);
    }

    std::mt19937 random_;
    std::map<std::string, dragoman_access> access_;
    std::vector<std::uint32_t> shown_;
    std::unique_ptr<FakeBroker> made_ = make_broker();
    FakeBroker& broker_ = *made_;
    dragoman_plane* plane_ = nullptr;
    World model_;
    std::vector<std::uint64_t> known_;
    std::uint64_t created_ = 0;
};

}  // namespace

TEST_CASE("the script sees its own changes, and the commands say the same") {
    for (std::uint32_t seed = 1; seed <= 400; ++seed) {
        CAPTURE(seed);
        Game game(seed);
        game.play(40 + static_cast<int>(seed % 5) * 60);
    }
}
