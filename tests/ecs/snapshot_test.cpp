#include "ecs/snapshot.hpp"

#include <cstring>
#include <random>
#include <sstream>

#include "ecs/declaration.hpp"
#include "typed_support.hpp"

using namespace dragoman::ecs;

namespace {

std::string saved(World& world) {
    std::ostringstream out;
    save(world, out);
    return out.str();
}

std::string load_refused(World& world, const std::string& bytes, Checksums checksums = Checksums::verify) {
    return refusal([&] {
        std::istringstream in(bytes);
        load(world, in, checksums);
    });
}

/// A world with everything in it: texts, padding, tags, defaults, empty tables, free handles in an odd order.
struct Lived : NamedWorld {
    explicit Lived(Limits limits = {}) : NamedWorld(limits) {
        declare("Unit", {"id: u8 = 3", "weight: f64 = -0.0", "grid: i16[3] = [1, -2, 3]", "boss: entity",
                         "name: text = a \"quoted\\\" name", "notes: json = {\"a\": [1, 2]}", "up: bool = true",
                         "large: u64 = 18446744073709551615", "real: f32 = 0.1"});
        declare("Dead");
        declare("Label", {"text: text = \" two\\n lines \\\\ \""});
        declare("Never", {"x: f32 = 2.5e-30"});
        for (int i = 0; i < 50; ++i) {
            all.push_back(create({{"Unit", {{"id", i}, {"name", "unit " + std::to_string(i)}}}}));
            if (i % 3 == 0) add(all.back(), "Label");
            if (i % 4 == 0) add(all.back(), "Dead");
        }
        for (const int i : {3, 40, 7, 12, 39}) world.destroy(all[i]);
        world.create();
        set(all[1], "Unit", {{"boss", all[2]}, {"notes", Json{"[]"}}});
    }
    std::vector<Entity> all;
};

/// What comes after is the same too.
bool goes_on_alike(NamedWorld& a, NamedWorld& b) {
    for (int i = 0; i < 10; ++i) {
        const auto first = a.create({{"Unit", {}}, {"Label", {}}}), second = b.create({{"Unit", {}}, {"Label", {}}});
        if (first != second) return false;
        if (i % 3 == 0) a.world.destroy(first), b.world.destroy(second);
    }
    return a.world.hash() == b.world.hash() && a.query({"Unit"}) == b.query({"Unit"});
}

}  // namespace

TEST_CASE_FIXTURE(Lived, "a loaded world has the saved one's hash, and goes on alike") {
    NamedWorld other;
    CHECK(load_refused(other.world, saved(world)) == "nothing");
    CHECK(other.world.hash() == world.hash());
    CHECK(saved(other.world) == saved(world));
    CHECK(other.shown(all[5], "Unit", "name") == "\"unit 5\"");
    CHECK(other.shown(all[0], "Label", "text") == shown(all[0], "Label", "text"));
    CHECK(other.get(all[1], "Unit", "boss") == Value(all[2]));
    CHECK_FALSE(other.world.alive(all[3]));
    CHECK(other.query({"Unit"}, {"Dead"}) == query({"Unit"}, {"Dead"}));
    CHECK(goes_on_alike(*this, other));
}
TEST_CASE("an empty world is saved and loaded") {
    World empty, other;
    CHECK(load_refused(other, saved(empty)) == "nothing");
    CHECK(other.hash() == empty.hash());
    CHECK(other.create() == empty.create());
}
TEST_CASE_FIXTURE(Lived, "after rollbacks a world is saved as if nothing had been") {
    const auto before = saved(world);
    world.begin();
    declare("New", {"n: i32"});
    for (int i = 0; i < 20; ++i) create({{"New", {}}, {"Unit", {}}});
    world.destroy(all[0]);
    world.rollback();
    CHECK(saved(world) == before);
    world.begin();
    world.destroy(all[0]);
    world.commit();
    NamedWorld other;
    CHECK(load_refused(other.world, saved(world)) == "nothing");
    CHECK(other.world.hash() == world.hash());
    const auto hash = other.world.hash();
    other.world.begin();
    other.world.destroy(all[1]);
    other.create({{"Unit", {}}});
    other.world.rollback();
    CHECK(other.world.hash() == hash);
}
TEST_CASE_FIXTURE(Lived, "no snapshot inside a transaction, and none while handles are reserved") {
    std::ostringstream out;
    world.begin();
    CHECK(says(refusal([&] { save(world, out); }), "conflict: snapshot: not inside a transaction"));
    world.rollback();
    const auto reserved = world.reserve();
    CHECK(refusal([&] { save(world, out); }) == "conflict: snapshot: not while handles are reserved, and 1 is");
    world.release(reserved);
    CHECK(out.str().empty());
    CHECK(refusal([&] { save(world, out); }) == "nothing");
}
TEST_CASE_FIXTURE(Lived, "a snapshot is loaded into a world that holds nothing, or was cleared") {
    const auto bytes = saved(world);
    const auto hash = world.hash();
    CHECK(says(load_refused(world, bytes), "conflict: snapshot: it is loaded into a world that holds nothing"));
    CHECK(world.hash() == hash);
    world.clear();
    CHECK(load_refused(world, bytes) == "nothing");
    CHECK(world.hash() == hash);
    World open;
    open.begin();
    CHECK(says(load_refused(open, bytes), "conflict: snapshot: not inside a transaction"));
    open.rollback();
}
TEST_CASE_FIXTURE(Space, "bound types and queries made before stay") {
    const auto entity = world.create_from(Position{1, 2, 3}, Velocity{});
    Space other;
    auto query = other.world.query<Position, const Velocity>();
    CHECK(load_refused(other.world, saved(world)) == "nothing");
    CHECK(query.rows() == 1);
    other.world.edit<Position>(entity).x = 7;
    CHECK(other.shown(entity, "Position", "x") == "7");
}
TEST_CASE_FIXTURE(Lived, "components that the world declared must be the snapshot's, in its order") {
    const auto refused = [&](const std::string& name, const std::vector<std::string>& fields) {
        NamedWorld other;
        other.declare(name, fields);
        const auto before = other.world.hash();
        const auto said = load_refused(other.world, saved(world));
        CHECK(other.world.hash() == before);
        CHECK(other.world.component_count() == 1);
        return said;
    };
    CHECK(says(refused("Unit", {"id: u8"}), "component Unit is declared already, and differently"));
    CHECK(says(refused("Dead", {}), "component 0 is \"Unit\", and the world declared Dead there"));
    World none;
    NamedWorld more;
    more.declare("Extra");
    CHECK(says(load_refused(more.world, saved(none)), "the world has component Extra, which the snapshot has not"));
}
TEST_CASE_FIXTURE(Lived, "what lies behind a snapshot in a stream stays there") {
    std::istringstream in(saved(world) + "more");
    NamedWorld other;
    load(other.world, in);
    std::string rest;
    in >> rest;
    CHECK(rest == "more");
}
TEST_CASE("bytes between fields are not saved") {
    struct Loose {
        std::uint8_t small;
        double large;
    };
    const auto make = [](World& world, int garbage) {
        world.bind<Loose>("Loose", field("small", &Loose::small), field("large", &Loose::large));
        Loose loose;
        std::memset(static_cast<void*>(&loose), garbage, sizeof(loose));
        loose.small = 1;
        loose.large = 2;
        world.create_from(loose);
        return saved(world);
    };
    World a, b;
    CHECK(make(a, 0x11) == make(b, 0x77));
}

TEST_CASE_FIXTURE(Lived, "a snapshot that ends too early is refused, wherever it ends, and leaves nothing") {
    const auto bytes = saved(world);
    NamedWorld other;
    const auto before = other.world.hash();
    for (std::size_t length = 0; length < bytes.size(); ++length) {
        const auto said = load_refused(other.world, bytes.substr(0, length));
        const auto at = "byte " + std::to_string(length) + ", ";
        INFO(said);
        REQUIRE(says(said, "bad_value: snapshot: " + at));
        REQUIRE(says(said, "the snapshot ends here"));
        REQUIRE(other.world.hash() == before);
    }
    CHECK(load_refused(other.world, bytes) == "nothing");
    CHECK(other.world.hash() == world.hash());
}
TEST_CASE_FIXTURE(Lived, "a snapshot with a flipped bit is refused, whichever it is, and leaves nothing") {
    const auto bytes = saved(world);
    std::mt19937 random(7);
    NamedWorld other;
    const auto before = other.world.hash();
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        auto broken = bytes;
        broken[at] = static_cast<char>(broken[at] ^ (1 << random() % 8));
        const auto said = load_refused(other.world, broken);
        CAPTURE(at);
        REQUIRE(says(said, ": snapshot: byte "));
        REQUIRE(other.world.hash() == before);
        REQUIRE(other.world.statistics().tables == 0);
        REQUIRE(other.world.component_count() == 0);
    }
    CHECK(load_refused(other.world, bytes) == "nothing");
    CHECK(goes_on_alike(*this, other));
}
TEST_CASE_FIXTURE(Lived,
                  "where nobody looks at checksums, a flipped bit gives an error or another world, and never more") {
    const auto bytes = saved(world);
    std::mt19937 random(8);
    for (int i = 0; i < 3000; ++i) {
        auto broken = bytes;
        for (auto flips = random() % 3 + 1; flips-- > 0;)
            broken[random() % broken.size()] ^= static_cast<char>(1 << random() % 8);
        NamedWorld other({.entities = 1000, .bytes = 1 << 22});
        const auto before = other.world.hash();
        const auto said = load_refused(other.world, broken, Checksums::ignore);
        CAPTURE(said);
        if (said != "nothing") {
            REQUIRE(other.world.hash() == before);
            continue;
        }
        for (const auto entity : other.query({})) {
            REQUIRE(other.world.alive(entity));
            other.world.destroy(entity);
        }
        other.world.create();
    }
}
TEST_CASE_FIXTURE(Lived, "errors name what is wrong at which byte") {
    const auto bytes = saved(world);
    const auto with = [&](std::size_t at, const std::string& part) {
        NamedWorld other;
        return load_refused(other.world, std::string(bytes).replace(at, part.size(), part));
    };
    CHECK(with(0, "x") ==
          "bad_value: snapshot: byte 0, header: this is no snapshot of a world: it does not begin with "
          "\"dragoman world\"");
    CHECK(with(16, "\x09") == "bad_value: snapshot: byte 16, header: its version is 9; versions read here: 1");
    CHECK(says(with(20, std::string("\x01\x02\x03\x04", 4)), "byte 20, header: its byte order is not little-endian"));
    CHECK(says(with(24, "\x07"), "byte 24, components: expected the section of components 0, found one of kind 7"));
    CHECK(
        says(with(bytes.find("weight") + 1, "o"), "components: component Unit has another schema than its hash says"));
    CHECK(says(with(bytes.find("unit 5") + 5, "6"), ", Unit, texts: the bytes from "));
    const auto length = bytes.find("unit 5") - 4;
    CHECK(says(with(length, "\xff\xff\xff\xff"),
               "byte " + std::to_string(length) + ", table 0, Unit, texts: expected a text of 4294967295 bytes"));
}
TEST_CASE_FIXTURE(Lived, "more than the world's limits is refused, and leaves nothing") {
    const auto bytes = saved(world);
    const auto into = [&](Limits limits) {
        World other(limits);
        const auto before = other.hash();
        const auto said = load_refused(other, bytes);
        CHECK(other.hash() == before);
        return said;
    };
    CHECK(says(into({.entities = 40}), "denied: snapshot: byte "));
    CHECK(says(into({.entities = 40}), "handles: the world is full: it may hold 40 entities"));
    CHECK(says(into({.components = 3}), "there are 4 components, and the world may hold 3"));
    CHECK(says(into({.tables = 2}), "table 2: the world may hold 2 different sets of components"));
    CHECK(says(into({.bytes = 9000}), "denied: snapshot: byte "));
    CHECK(says(into({.bytes = 9000}), "the world is full: it may hold 9000 bytes"));
}
TEST_CASE_FIXTURE(Lived, "a stream that takes no more is an error") {
    std::ostringstream out;
    out.setstate(std::ios::badbit);
    CHECK(says(refusal([&] { save(world, out); }), "denied: snapshot: it could not be written at byte 0"));
}
TEST_CASE("declarations make the same component again") {
    const std::vector<std::vector<std::string>> all{
        {},
        {"a: f32", "b: f64 = 1e300", "c: f32 = 3.4e38", "d: f64 = -0.0", "e: f64 = 5"},
        {"a: i64 = -9223372036854775808", "b: u64[2] = [0, 18446744073709551615]", "c: f32[2] = [0.1, -0.0]"},
        {"a: text", "b: text = \"\"", "c: text = \"\\\"\\\\\\u0001 \"", "d: json", "e: json = [\"x\", null]"},
        {"a: bool", "b: bool = true", "c: entity", "d: text = plain words"}};
    for (const auto& fields : all) {
        const auto first = make_component("C", fields);
        CHECK(make_component("C", declarations(first)).hash == first.hash);
    }
}
