#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

#include "command_support.hpp"

using namespace dragoman::ecs;

namespace {

/// A script's view of the directory: another mapping of the file.
struct Directory {
    explicit Directory(const World& world)
        : bytes(static_cast<const std::byte*>(
              mmap(nullptr, DRAGOMAN_DIRECTORY_BYTES, PROT_READ, MAP_SHARED, world.directory_descriptor(), 0))) {
        REQUIRE(bytes != MAP_FAILED);
    }
    ~Directory() { munmap(const_cast<std::byte*>(bytes), DRAGOMAN_DIRECTORY_BYTES); }

    const dragoman_directory& head() const { return *reinterpret_cast<const dragoman_directory*>(bytes); }
    const dragoman_table& table(std::size_t id) const {
        return reinterpret_cast<const dragoman_table*>(bytes + DRAGOMAN_TABLES_OFFSET)[id];
    }
    const dragoman_column& column(std::size_t component, std::size_t table) const {
        return reinterpret_cast<const dragoman_column*>(
            bytes + DRAGOMAN_COLUMNS_OFFSET)[component * DRAGOMAN_MOST_TABLES + table];
    }
    const std::byte* bytes;
};

struct Shared : NamedWorld {
    enum : ComponentId { ball, speed, dead };
    Shared() : directory(world) {
        declare("Ball", {"x: f32"});
        declare("Speed", {"x: f32"});
        declare("Dead");
    }
    Table& table(std::vector<ComponentId> with) { return *world.query({std::move(with), {}}).tables().front(); }
    Column& column(ComponentId id) { return *table({id}).column(id); }
    /// The directory says of every table, file and component what the world says.
    bool tells_the_world() {
        const auto& head = directory.head();
        const auto tables = world.query({}).tables();
        if (head.tables != tables.size() || head.components != world.component_count()) return false;
        if (head.index_bytes != world.entity_index().file_bytes() || head.ids_bytes != world.entity_ids().file_bytes())
            return false;
        for (ComponentId id = 0; id < world.component_count(); ++id)
            if (head.arena_bytes[id] != (world.arena(id) ? world.arena(id)->file_bytes() : 0)) return false;
        for (const auto* table : tables) {
            const auto& told = directory.table(table->id());
            if (told.rows != table->rows() || told.entities != table->entities_slice().offset) return false;
            for (ComponentId id = 0; id < world.component_count(); ++id)
                if (!tells(*table, id)) return false;
        }
        return true;
    }
    bool tells(const Table& table, ComponentId id) {
        const auto& told = directory.column(id, table.id());
        const auto* column = table.column(id);
        if (!column) return told.front == DRAGOMAN_NOWHERE && told.back == DRAGOMAN_NOWHERE;
        return told.front == column->slice().offset && told.version == table.version_of(*column) &&
               told.back == (column->has_back() ? column->back().offset : DRAGOMAN_NOWHERE);
    }
    std::uint64_t version(ComponentId id) { return table({id}).version_of(column(id)); }

    Directory directory;
};

}  // namespace

TEST_CASE_FIXTURE(Shared, "the directory tells where everything lies, as of the last publish") {
    world.publish();
    CHECK(tells_the_world());
    const auto a = create({{"Ball", {}}});
    for (int i = 0; i < 5000; ++i) create({{"Ball", {}}, {"Speed", {}}, {"Dead", {}}});
    CHECK(directory.head().tables == 0);
    world.publish();
    CHECK(directory.head().plane_version == DRAGOMAN_PLANE_VERSION);
    CHECK(directory.table(1).rows == 5000);
    CHECK(tells_the_world());
    world.destroy(a);
    CHECK_FALSE(tells_the_world());
    world.publish();
    CHECK(tells_the_world());
    declare("Late", {"n: u8"});
    add(create({}), "Late");
    world.publish();
    CHECK(tells_the_world());
}

TEST_CASE_FIXTURE(Shared, "a rolled back table is not in the directory, nor what took its place") {
    create({{"Ball", {}}});
    world.publish();
    world.begin();
    declare("New", {"n: i32"});
    create({{"Ball", {}}, {"New", {}}});
    world.publish();
    CHECK(tells_the_world());
    world.rollback();
    world.publish();
    CHECK(tells_the_world());
    CHECK(directory.column(ball, 1).front == DRAGOMAN_NOWHERE);

    world.begin();
    create({{"Ball", {}}, {"Speed", {}}});
    world.publish();
    world.rollback();
    create({{"Speed", {}}, {"Dead", {}}});
    world.publish();
    CHECK(tells_the_world());
}

TEST_CASE_FIXTURE(Shared, "more tables than a page of entries holds") {
    for (int i = 0; i < 8; ++i) declare("C" + std::to_string(i), {"n: u8"});
    for (int set = 0; set < 256; ++set) {
        const auto entity = create({});
        for (int i = 0; i < 8; ++i)
            if (set >> i & 1) add(entity, "C" + std::to_string(i));
        if (set == 100) world.publish();
    }
    world.publish();
    CHECK(tells_the_world());
}

TEST_CASE_FIXTURE(Shared, "a cleared world's directory starts over") {
    create({{"Ball", {}}, {"Speed", {}}});
    world.publish();
    const auto counter = world.change_counter();
    world.clear();
    CHECK(directory.head().tables == 0);
    declare("Other", {"n: i64"});
    create({{"Other", {}}});
    world.publish();
    CHECK(tells_the_world());
    CHECK(directory.column(speed, 0).front == DRAGOMAN_NOWHERE);
    CHECK(world.change_counter() >= counter);
}

TEST_CASE_FIXTURE(Shared, "nobody can map the directory to write it") {
    CHECK(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, world.directory_descriptor(), 0) == MAP_FAILED);
    CHECK(ftruncate(world.directory_descriptor(), 0) != 0);
}

TEST_CASE_FIXTURE(Shared, "an arena can be there before its first table") {
    CHECK(world.make_arena(dead) == nullptr);
    const auto* arena = world.make_arena(ball);
    REQUIRE(arena != nullptr);
    world.publish();
    CHECK(tells_the_world());
    create({{"Ball", {}}});
    CHECK(world.arena(ball) == arena);
}

TEST_CASE_FIXTURE(Shared, "every change carries the change counter") {
    const auto a = create({{"Ball", {}}, {"Speed", {}}});
    const auto changes = [&](const std::function<void()>& act) {
        world.advance();
        const auto ball_before = version(ball), speed_before = version(speed);
        act();
        return std::string(version(ball) == ball_before ? "" : "ball ") +
               (version(speed) == speed_before ? "" : "speed");
    };
    CHECK(changes([&] { set(a, "Ball", {{"x", 1}}); }) == "ball ");
    CHECK(version(ball) == world.change_counter());
    CHECK(changes([&] { get(a, "Ball", "x"); }) == "");
    CHECK(changes([&] { add(a, "Speed", {{"x", 1}}); }) == "speed");
    CHECK(changes([&] { world.edit_column(table({ball}), column(ball)); }) == "ball ");
    CHECK(changes([&] { world.wrote(table({speed}), column(speed)); }) == "speed");
    CHECK(changes([&] { create({{"Ball", {}}, {"Speed", {}}}); }) == "ball speed");
    CHECK(changes([&] { world.destroy({1, 1}); }) == "ball speed");
    CHECK(changes([&] { add(a, "Dead"), remove(a, "Dead"); }) == "ball speed");
    world.make_back(table({ball}), column(ball));
    CHECK(changes([&] { world.swap_buffers(table({ball}), column(ball)); }) == "ball ");
    world.publish();
    CHECK(tells_the_world());
}

TEST_CASE_FIXTURE(Shared, "a second buffer grows with the first one and takes its place") {
    for (int i = 0; i < 3; ++i) create({{"Ball", {{"x", i}}}});
    auto& balls = table({ball});
    auto& xs = column(ball);
    world.make_back(balls, xs);
    CHECK(xs.has_back());
    CHECK(xs.back().offset != xs.slice().offset);
    for (int i = 3; i < 3000; ++i) create({{"Ball", {{"x", i}}}});
    CHECK(xs.back().bytes >= 3000 * sizeof(float));
    world.publish();
    CHECK(tells_the_world());

    const auto before = world.hash();
    const auto front = xs.slice().offset;
    auto* back = reinterpret_cast<float*>(xs.back_row(0));
    for (int i = 0; i < 3000; ++i) back[i] = static_cast<float>(i) + 1;
    CHECK(world.hash() == before);
    world.swap_buffers(balls, xs);
    CHECK(xs.back().offset == front);
    CHECK(shown({2999, 1}, "Ball", "x") == "3000");
    CHECK(world.hash() != before);
    for (int i = 0; i < 3000; ++i) set({static_cast<std::uint32_t>(i), 1}, "Ball", {{"x", i}});
    CHECK(world.hash() == before);
    world.publish();
    CHECK(tells_the_world());
    world.make_back(balls, xs);
    CHECK(xs.back().offset == front);
}

TEST_CASE_FIXTURE(Shared, "what was swapped in is what a transaction saves and restores") {
    const auto a = create({{"Ball", {{"x", 1}}}});
    auto& balls = table({ball});
    auto& xs = column(ball);
    world.make_back(balls, xs);
    *reinterpret_cast<float*>(xs.back_row(0)) = 5;
    world.swap_buffers(balls, xs);
    const auto before = world.hash();
    world.begin();
    *reinterpret_cast<float*>(world.edit_column(balls, xs)) = 9;
    for (int i = 0; i < 100; ++i) create({{"Ball", {}}});
    world.destroy(a);
    world.rollback();
    CHECK(world.hash() == before);
    CHECK(shown(a, "Ball", "x") == "5");
}

TEST_CASE_FIXTURE(Shared, "what a script wrote in place is hashed") {
    create({{"Ball", {}}});
    const auto before = world.hash();
    *reinterpret_cast<float*>(column(ball).row(0)) = 3;
    world.wrote(table({ball}), column(ball));
    CHECK(world.hash() != before);
}

TEST_CASE_FIXTURE(Shared, "a reserved handle does not live and is nobody else's") {
    world.destroy(create({}));
    const auto before = world.hash();
    const auto first = world.reserve(), second = world.reserve();
    CHECK(first == Entity{0, 2});
    CHECK(second == Entity{1, 1});
    CHECK_FALSE(world.alive(first));
    CHECK(world.reserved(first));
    CHECK_FALSE(world.reserved({0, 1}));
    CHECK(world.create() == Entity{2, 1});
    CHECK(says(refusal([&] { world.destroy(first); }), "no_entity"));
    CHECK(world.statistics().reserved == 2);
    CHECK(world.statistics().entities == 1);
    CHECK(world.hash() != before);
    world.release(first);
    CHECK_FALSE(world.reserved(first));
    CHECK(world.create() == first);
}

TEST_CASE("which handles are reserved is hashed, and not in which order they came to be") {
    const auto hash_with = [](std::vector<int> released) {
        World world;
        std::vector<Entity> handles;
        for (int i = 0; i < 4; ++i) handles.push_back(world.reserve());
        for (const auto i : released) world.release(handles[static_cast<std::size_t>(i)]);
        for (std::size_t i = 0; i < released.size(); ++i) world.reserve();
        return world.hash();
    };
    CHECK(hash_with({}) == hash_with({1, 3}));
    World one, other;
    for (auto* world : {&one, &other}) world->reserve(), world->reserve();
    CHECK(one.hash() == other.hash());
    one.release({0, 1});
    other.release({1, 1});
    CHECK(one.hash() != other.hash());
}

TEST_CASE("reserving and releasing is undone") {
    World world;
    world.destroy(world.create());
    const auto kept = world.reserve();
    const auto before = world.hash();
    world.begin();
    world.release(kept);
    world.reserve();
    world.reserve();
    world.create();
    world.rollback();
    CHECK(world.hash() == before);
    CHECK(world.reserved(kept));
    CHECK(world.create() == Entity{1, 1});
}

TEST_CASE("reserved handles count against the limit") {
    World world({.entities = 3});
    world.create();
    world.reserve();
    const auto last = world.reserve();
    CHECK(says(refusal([&] { world.reserve(); }), "denied: the world is full: it may hold 3 entities"));
    CHECK(says(refusal([&] { world.create(); }), "denied: the world is full: it may hold 3 entities"));
    world.release(last);
    CHECK(world.create() == last);
}
