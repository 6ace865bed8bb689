#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/clients/plane/fake_broker_support.hpp"

using namespace dragoman::test;

namespace {

std::string shown(dragoman_entity entity) {
    return std::to_string(std::uint64_t{entity.generation} << 32 | entity.index);
}

/// One system over three tables: 0 is shown, 1 has what it may write but is another's, 2 has only Read.
struct Scene {
    explicit Scene(dragoman_access how = DRAGOMAN_ACCESS_WRITE, FakeOptions options = {}, std::uint64_t creates = 100)
        : broker({{"Read"},
                  {"Write", 12, {1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0}},
                  {"None", 5, {9, 8, 7, 6, 5}},
                  {"Tag", 0},
                  {"Parked", 0}},
                 {{"system_a", {{"Read", DRAGOMAN_ACCESS_READ}, {"Write", how}}, {0}}}, options) {
        broker.add_table({"Read", "Write"}, 4);
        broker.add_table({"Write", "None"}, 3);
        broker.add_table({"Read"}, 2);
        plane = broker.connect();
        broker.go(0, creates);
        REQUIRE(dragoman_plane_poll(plane) == DRAGOMAN_WAIT_RUN);
    }
    ~Scene() { dragoman_plane_close(plane); }

    std::string error() const { return dragoman_plane_error(plane); }
    void* row(dragoman_entity entity, const char* component, bool to_write = false) const {
        return dragoman_plane_row(plane, entity, broker.id(component), to_write);
    }
    std::uint32_t read(dragoman_entity entity, const char* component) const {
        const void* found = row(entity, component);
        REQUIRE_MESSAGE(found != nullptr, error());
        std::uint32_t value = 0;
        std::memcpy(&value, found, 4);
        return value;
    }
    std::string refusal(dragoman_entity entity, const char* component, bool to_write = false) const {
        return row(entity, component, to_write) == nullptr ? error() : "given";
    }
    int set(dragoman_entity entity, const char* component, std::uint32_t value) const {
        std::uint32_t data[3] = {value, value, value};
        return dragoman_plane_set(plane, entity, broker.id(component), data);
    }
    int add(dragoman_entity entity, const char* component, std::uint32_t value) const {
        std::uint32_t data[3] = {value, value, value};
        return dragoman_plane_add(plane, entity, broker.id(component), data);
    }
    dragoman_entity create() const {
        dragoman_entity created{};
        REQUIRE(dragoman_plane_create(plane, &created) == 0);
        return created;
    }
    /// The commands' kinds, by a letter each.
    std::string commands() {
        dragoman_plane_done(plane);
        std::string kinds;
        const auto* at = broker.control_page.data() + broker.view().commands;
        for (std::uint64_t offset = 0; offset < broker.control().command_bytes;) {
            const auto* command = reinterpret_cast<const dragoman_command*>(at + offset);
            kinds += "?CMDARS"[command->kind];
            offset += command->bytes;
        }
        return kinds;
    }
    std::vector<std::uint32_t> query(const std::vector<std::string>& with,
                                     const std::vector<std::string>& without = {}) {
        std::vector<std::uint32_t> with_ids, without_ids, found;
        for (const auto& name : with) with_ids.push_back(broker.id(name));
        for (const auto& name : without) without_ids.push_back(broker.id(name));
        const auto visit = [](void* context, dragoman_entity entity) {
            static_cast<std::vector<std::uint32_t>*>(context)->push_back(entity.index);
            return 0;
        };
        REQUIRE(dragoman_plane_query(plane, with_ids.data(), static_cast<std::uint32_t>(with_ids.size()),
                                     without_ids.data(), static_cast<std::uint32_t>(without_ids.size()), visit,
                                     &found) == 0);
        return found;
    }

    FakeBroker broker;
    dragoman_plane* plane = nullptr;
};

using Indices = std::vector<std::uint32_t>;
constexpr dragoman_access modes[] = {DRAGOMAN_ACCESS_WRITE, DRAGOMAN_ACCESS_REPLACE, DRAGOMAN_ACCESS_STAGED};

}  // namespace

TEST_CASE("an entity of the world is where the index says") {
    Scene scene;
    const auto entity = scene.broker.entity(0, 2);
    CHECK(dragoman_plane_alive(scene.plane, entity) == 1);
    CHECK(dragoman_plane_alive(scene.plane, {entity.index, 2}) == 0);
    CHECK(dragoman_plane_alive(scene.plane, {99999999, 1}) == 0);
    CHECK(dragoman_plane_has(scene.plane, entity, scene.broker.id("Read")) == 1);
    CHECK(dragoman_plane_has(scene.plane, entity, scene.broker.id("None")) == 0);
    CHECK(dragoman_plane_has(scene.plane, {entity.index, 2}, 0) == 0);
    CHECK(dragoman_plane_has(scene.plane, entity, 77) == -1);
    CHECK(scene.read(entity, "Read") == 2);
}

TEST_CASE("errors name the entity and the component") {
    Scene scene;
    const auto entity = scene.broker.entity(0, 1);
    const auto other = scene.broker.entity(1, 1);
    const dragoman_entity stale{entity.index, 3};
    CHECK(scene.refusal(stale, "Read") ==
          "entity " + shown(stale) + " does not live: it was destroyed or never created");
    CHECK(scene.refusal(entity, "None") == "entity " + shown(entity) + " has no component None");
    CHECK(scene.refusal(other, "None") ==
          "system system_a may not read None of entity " + shown(other) + ": it declares no access to it");
    CHECK(scene.refusal(entity, "Read", true) ==
          "system system_a may not write Read of entity " + shown(entity) + ": it declares it as read");
    CHECK(dragoman_plane_row(scene.plane, entity, 44, 0) == nullptr);
    CHECK(scene.error() == "there is no component with the number 44");
    CHECK(scene.set(entity, "None", 1) == -1);
    CHECK(scene.error() == "entity " + shown(entity) + " has no component None");
    CHECK(dragoman_plane_remove(scene.plane, entity, scene.broker.id("Tag")) == -1);
    CHECK(scene.error() == "entity " + shown(entity) + " has no component Tag");
    CHECK(dragoman_plane_destroy(scene.plane, entity) == 0);
    CHECK(dragoman_plane_destroy(scene.plane, entity) == -1);
    CHECK(scene.error() == "entity " + shown(entity) + " does not live: it was destroyed in this tick");
    CHECK(scene.add(entity, "None", 1) == -1);
    CHECK(scene.commands() == "D");

    const std::string outside = "the world can only be reached while one of the script's systems runs";
    CHECK(dragoman_plane_alive(scene.plane, entity) == -1);
    CHECK(dragoman_plane_has(scene.plane, entity, 0) == -1);
    CHECK(scene.refusal(entity, "Read") == outside);
    CHECK(dragoman_plane_create(scene.plane, nullptr) == -1);
    CHECK(dragoman_plane_create_many(scene.plane, 0, 0, nullptr, nullptr, nullptr) == -1);
    CHECK(dragoman_plane_query(scene.plane, nullptr, 0, nullptr, 0, nullptr, nullptr) == -1);
    CHECK(scene.error() == outside);
}

TEST_CASE("a row that is written is the column's, in each mode") {
    for (const auto mode : modes) {
        Scene scene(mode);
        const auto entity = scene.broker.entity(0, 2);
        CHECK(scene.read(entity, "Write") == 2);
        CHECK(scene.broker.mark("Write", 0) == 0);
        auto* row = static_cast<std::uint32_t*>(scene.row(entity, "Write", true));
        REQUIRE(row != nullptr);
        CHECK(row[0] == 2);
        row[0] = 50;
        CHECK(scene.read(entity, "Write") == 50);
        CHECK(scene.set(scene.broker.entity(0, 3), "Write", 60) == 0);
        CHECK(dragoman_plane_set(scene.plane, scene.broker.entity(0, 0), scene.broker.id("Write"), nullptr) == 0);
        CHECK(scene.read(scene.broker.entity(0, 3), "Write") == 60);
        CHECK(scene.read(scene.broker.entity(0, 0), "Write") == 1);
        CHECK(scene.broker.mark("Write", 0) == (mode == DRAGOMAN_ACCESS_WRITE ? 0 : 1));
        CHECK(reinterpret_cast<std::uint32_t*>(scene.broker.front("Write", 0))[6] ==
              (mode == DRAGOMAN_ACCESS_WRITE ? 50 : 2));
        CHECK(scene.commands().empty());
    }
}

TEST_CASE("what the system was not shown is written by a command") {
    for (const auto mode : modes) {
        Scene scene(mode);
        const auto entity = scene.broker.entity(1, 2);
        auto* row = static_cast<std::uint32_t*>(scene.row(entity, "Write", true));
        REQUIRE(row != nullptr);
        CHECK(row[0] == 2);
        row[0] = 70;
        CHECK(scene.read(entity, "Write") == 70);
        CHECK(scene.row(entity, "Write", true) == row);
        CHECK(scene.set(entity, "Write", 71) == 0);
        CHECK(row[0] == 71);
        CHECK(scene.broker.mark("Write", 1) == 0);
        CHECK(reinterpret_cast<std::uint32_t*>(scene.broker.front("Write", 1))[6] == 2);
        CHECK(scene.commands() == "S");
    }
}

TEST_CASE("values that the system did not declare travel as commands; the last one wins") {
    Scene scene;
    const auto entity = scene.broker.entity(0, 1);
    const auto other = scene.broker.entity(1, 0);
    CHECK(scene.set(entity, "Read", 10) == 0);
    CHECK(scene.set(entity, "Read", 11) == 0);
    CHECK(scene.read(entity, "Read") == 11);
    CHECK(reinterpret_cast<std::uint32_t*>(scene.broker.front("Read", 0))[1] == 1);
    CHECK(scene.refusal(entity, "Read", true).find("declares it as read") != std::string::npos);
    CHECK(scene.set(other, "None", 12) == 0);
    CHECK(scene.read(other, "None") == 12);  // its own word
    CHECK(scene.refusal(other, "None", true).find("declares no access") != std::string::npos);
    CHECK(dragoman_plane_set(scene.plane, other, scene.broker.id("None"), nullptr) == 0);
    CHECK(scene.read(other, "None") == 0x06070809);
    CHECK(scene.commands() == "SS");
}

TEST_CASE("components come and go") {
    Scene scene;
    const auto entity = scene.broker.entity(0, 1);
    const auto none = scene.broker.id("None");
    CHECK(dragoman_plane_add(scene.plane, entity, none, nullptr) == 0);
    CHECK(dragoman_plane_has(scene.plane, entity, none) == 1);
    CHECK(scene.read(entity, "None") == 0x06070809);
    auto* row = static_cast<unsigned char*>(scene.row(entity, "None", true));  // what it added is its own
    REQUIRE(row != nullptr);
    row[0] = 1;
    CHECK(scene.read(entity, "None") == 0x06070801);
    CHECK(dragoman_plane_remove(scene.plane, entity, none) == 0);
    CHECK(dragoman_plane_has(scene.plane, entity, none) == 0);
    CHECK(scene.refusal(entity, "None") == "entity " + shown(entity) + " has no component None");
    CHECK(dragoman_plane_remove(scene.plane, entity, none) == -1);

    CHECK(dragoman_plane_remove(scene.plane, entity, scene.broker.id("Read")) == 0);
    CHECK(scene.refusal(entity, "Read") == "entity " + shown(entity) + " has no component Read");
    CHECK(scene.add(entity, "Read", 5) == 0);
    CHECK(scene.read(entity, "Read") == 5);
    CHECK(scene.add(entity, "Read", 6) == 0);  // there already: its values are replaced
    CHECK(scene.read(entity, "Read") == 6);

    const auto tag = scene.broker.id("Tag");
    CHECK(dragoman_plane_add(scene.plane, entity, tag, nullptr) == 0);
    CHECK(dragoman_plane_add(scene.plane, entity, tag, nullptr) == 0);
    CHECK(scene.row(entity, "Tag", true) != nullptr);
    CHECK(scene.commands() == "ASRRAA");
}

TEST_CASE("an entity of this tick is as good as any") {
    Scene scene;
    const auto plain = scene.create();
    CHECK(plain.index == scene.broker.handles()[0].index);
    CHECK(dragoman_plane_alive(scene.plane, plain) == 1);
    CHECK(dragoman_plane_has(scene.plane, plain, 0) == 0);
    CHECK(scene.refusal(plain, "Read") == "entity " + shown(plain) + " has no component Read");
    CHECK(scene.add(plain, "Read", 3) == 0);
    *static_cast<std::uint32_t*>(scene.row(plain, "Read", true)) = 4;
    CHECK(scene.read(plain, "Read") == 4);

    const std::uint32_t components[] = {scene.broker.id("Write"), scene.broker.id("Tag"), scene.broker.id("None")};
    const std::uint32_t values[3] = {7, 8, 9};
    const void* rows[] = {values, nullptr, nullptr};
    dragoman_entity full{};
    REQUIRE(dragoman_plane_create_with(scene.plane, 3, components, rows, &full) == 0);
    CHECK(scene.read(full, "Write") == 7);
    CHECK(scene.read(full, "None") == 0x06070809);
    CHECK(scene.set(full, "Write", 10) == 0);
    CHECK(scene.read(full, "Write") == 10);
    CHECK(dragoman_plane_has(scene.plane, full, components[1]) == 1);
    CHECK(scene.commands() == "CAC");
    CHECK(scene.broker.control().handles_used == 2);
}

TEST_CASE("many at once") {
    Scene scene;
    const std::uint32_t components[] = {scene.broker.id("Read"), scene.broker.id("None")};
    std::vector<std::uint32_t> values = {10, 20, 30};
    const void* rows[] = {values.data(), nullptr};
    dragoman_entity created[3];
    const auto before = scene.create();
    REQUIRE(dragoman_plane_create_many(scene.plane, 3, 2, components, rows, created) == 0);
    const auto after = scene.create();
    values.assign(3, 0);
    CHECK(scene.read(created[1], "Read") == 20);
    CHECK(scene.read(created[2], "None") == 0x06070809);
    *static_cast<std::uint32_t*>(scene.row(created[2], "Read", true)) = 31;
    CHECK(scene.read(created[2], "Read") == 31);
    CHECK(scene.read(created[0], "Read") == 10);
    *static_cast<unsigned char*>(scene.row(created[1], "None", true)) = 0;  // its own row from now on
    CHECK(scene.read(created[1], "None") == 0x06070800);
    CHECK(scene.refusal(created[1], "None", true) == "given");
    CHECK(scene.read(created[0], "None") == 0x06070809);
    CHECK(dragoman_plane_destroy(scene.plane, created[0]) == 0);
    CHECK(dragoman_plane_alive(scene.plane, created[0]) == 0);
    CHECK(dragoman_plane_alive(scene.plane, created[1]) == 1);
    CHECK(scene.query({"Read"}, {"Write"}) == Indices{7, 8, created[1].index, created[2].index});
    CHECK(scene.query({}, {"Read", "Write"}) == Indices{before.index, after.index});
    CHECK(dragoman_plane_create_many(scene.plane, 0, 2, components, rows, nullptr) == 0);
    CHECK(scene.commands() == "CMCSD");
    CHECK(scene.broker.control().handles_used == 5);
}

TEST_CASE("what a system may create is limited, and nothing of a refused call stays") {
    {
        Scene scene(DRAGOMAN_ACCESS_WRITE, {}, 0);
        CHECK(dragoman_plane_create(scene.plane, nullptr) == -1);
        CHECK(scene.error() == "this system declares no creates: system system_a may create no entities");
    }
    Scene scene;
    dragoman_entity created{};
    const std::uint32_t twice[] = {1, 1};
    const void* rows[] = {nullptr, nullptr};
    CHECK(dragoman_plane_create_with(scene.plane, 2, twice, rows, &created) == -1);
    CHECK(scene.error() == "Write is given twice");
    const std::uint32_t unknown[] = {1, 9};
    CHECK(dragoman_plane_create_with(scene.plane, 2, unknown, rows, &created) == -1);
    CHECK(scene.error() == "there is no component with the number 9");
    CHECK(dragoman_plane_create_many(scene.plane, 101, 1, twice, rows, nullptr) == -1);
    CHECK(scene.error() == "this system may create 100 entities in one tick (creates = 100)");
    for (int i = 0; i < 100; ++i) scene.create();
    CHECK(dragoman_plane_create(scene.plane, &created) == -1);
    CHECK(scene.error() == "this system may create 100 entities in one tick (creates = 100)");
    CHECK(scene.commands() == std::string(100, 'C'));
    CHECK(scene.broker.control().handles_used == 100);
    CHECK(scene.broker.control().command_bytes == 2400);
}

TEST_CASE("a full command buffer is an error with the number, and nothing of the call stays") {
    Scene scene(DRAGOMAN_ACCESS_WRITE, {.command_bytes = 112});
    const auto entity = scene.broker.entity(0, 1);
    const auto fresh = scene.create();
    CHECK(scene.add(fresh, "Write", 5) == 0);  // 24 + 24 + 16 + 16
    CHECK(scene.add(entity, "None", 5) == -1);
    CHECK(scene.error() == "too many changes in one tick: their buffer holds 112 bytes, and this would be byte 128");
    CHECK(dragoman_plane_has(scene.plane, entity, scene.broker.id("None")) == 0);
    const std::uint32_t components[] = {scene.broker.id("Write")};
    const std::uint32_t values[3] = {};
    const void* rows[] = {values};
    CHECK(dragoman_plane_create_with(scene.plane, 1, components, rows, nullptr) == -1);
    CHECK(scene.set(entity, "Read", 1) == -1);
    CHECK(scene.read(entity, "Read") == 1);
    CHECK(scene.set(fresh, "Write", 6) == 0);
    CHECK(dragoman_plane_destroy(scene.plane, entity) == 0);
    CHECK(dragoman_plane_destroy(scene.plane, fresh) == -1);
    CHECK(dragoman_plane_alive(scene.plane, fresh) == 1);
    CHECK(scene.commands() == "CAD");
    CHECK(scene.broker.control().handles_used == 1);
    CHECK(scene.broker.control().command_bytes == 104);
}

TEST_CASE("a query sees the tables in order, then what this tick made or moved") {
    Scene scene;
    const auto at = [&](std::uint32_t table, std::uint32_t row) { return scene.broker.entity(table, row); };
    CHECK(scene.query({"Read"}) == Indices{0, 1, 2, 3, 7, 8});
    CHECK(scene.query({"Read"}, {"Write"}) == Indices{7, 8});
    CHECK(scene.query({}) == Indices{0, 1, 2, 3, 4, 5, 6, 7, 8});

    const auto first = scene.create();
    CHECK(scene.add(at(1, 0), "Read", 1) == 0);
    const auto second = scene.create();
    CHECK(dragoman_plane_remove(scene.plane, at(0, 1), scene.broker.id("Read")) == 0);
    CHECK(dragoman_plane_destroy(scene.plane, at(0, 2)) == 0);
    CHECK(scene.add(second, "Read", 1) == 0);
    CHECK(scene.add(first, "Read", 1) == 0);
    CHECK(scene.query({"Read"}) == Indices{0, 3, 7, 8, first.index, 4, second.index});
    CHECK(scene.query({"Write"}, {"Read"}) == Indices{5, 6, 1});

    CHECK(dragoman_plane_remove(scene.plane, at(0, 0), scene.broker.id("Read")) == 0);
    CHECK(scene.add(at(0, 0), "Read", 1) == 0);
    CHECK(dragoman_plane_remove(scene.plane, second, scene.broker.id("Read")) == 0);
    CHECK(scene.query({"Read"}) == Indices{0, 3, 7, 8, first.index, 4});

    CHECK(scene.add(at(0, 3), "Parked", 0) == 0);
    CHECK(scene.query({"Read"}) == Indices{0, 7, 8, first.index, 4});
    CHECK(scene.query({"Parked"}) == Indices{3});

    std::uint32_t unknown = 9;
    CHECK(dragoman_plane_query(scene.plane, &unknown, 1, nullptr, 0, nullptr, nullptr) == -1);
    CHECK(scene.error() == "there is no component with the number 9");
}

TEST_CASE("what a query's visitor changes is seen, but what it creates is not visited") {
    Scene scene;
    struct Visit {
        Scene* scene;
        Indices seen;
    } visit{&scene, {}};
    const std::uint32_t read = scene.broker.id("Read");
    const auto visitor = [](void* context, dragoman_entity entity) {
        auto& [scene, seen] = *static_cast<Visit*>(context);
        seen.push_back(entity.index);
        scene->add(scene->create(), "Read", 1);
        if (entity.index == 0) dragoman_plane_destroy(scene->plane, scene->broker.entity(0, 1));
        return entity.index == 7 ? 1 : 0;
    };
    CHECK(dragoman_plane_query(scene.plane, &read, 1, nullptr, 0, visitor, &visit) == 0);
    CHECK(visit.seen == Indices{0, 2, 3, 7});
}

TEST_CASE("the next run knows nothing of the last one's changes") {
    Scene scene;
    const auto entity = scene.broker.entity(0, 1);
    const auto created = scene.create();
    CHECK(dragoman_plane_destroy(scene.plane, entity) == 0);
    CHECK(scene.set(scene.broker.entity(0, 2), "Read", 99) == 0);
    CHECK(scene.commands() == "CDS");
    scene.broker.go(0, 3);
    REQUIRE(dragoman_plane_poll(scene.plane) == DRAGOMAN_WAIT_RUN);
    CHECK(dragoman_plane_alive(scene.plane, entity) == 1);
    CHECK(dragoman_plane_alive(scene.plane, created) == 0);
    CHECK(scene.read(scene.broker.entity(0, 2), "Read") == 2);
    const auto next = scene.create();
    CHECK(next.generation == created.generation + 1);
    CHECK(scene.add(next, "Read", 4) == 0);
    CHECK(scene.read(next, "Read") == 4);
    CHECK(scene.commands() == "CA");
}
