#include <cmath>
#include <cstring>

#include "support.hpp"

using namespace dragoman::ecs;

namespace {

struct Mixed : NamedWorld {
    Mixed() {
        declare("A", {"x: f32", "n: i64", "s: text"});
        declare("B", {"x: f64"});
        for (int i = 0; i < 3000; ++i) {
            auto entity = create({{"A", {{"x", i}, {"s", std::to_string(i)}}}});
            if (i % 3 == 0) add(entity, "B", {{"x", i}});
        }
    }
};

struct Padded {
    std::uint8_t a;
    double b;
};

}  // namespace

TEST_CASE("two worlds that went the same way have the same hash, however often it was taken") {
    Mixed one, other;
    CHECK(one.world.hash() == other.world.hash());
    for (std::uint32_t i = 0; i < 500; ++i) {
        for (auto* world : {&one, &other}) {
            const Entity entity{i * 5, 1};
            if (i % 4 == 0)
                world->world.destroy(entity);
            else
                world->set(entity, "A", {{"n", std::int64_t{i}}});
            if (i % 7 == 0) world->create({{"B", {}}});
        }
        one.world.hash();
    }
    CHECK(one.world.hash() == other.world.hash());
}

TEST_CASE_FIXTURE(Mixed, "every kind of change shows in the hash, and undoing it by hand takes it back") {
    const Entity entity{1, 1};
    const auto before = world.hash();
    set(entity, "A", {{"s", "one"}});
    CHECK(world.hash() != before);
    set(entity, "A", {{"s", "1"}});
    CHECK(world.hash() == before);
    set({2999, 1}, "A", {{"n", 1}});
    CHECK(world.hash() != before);
    set({2999, 1}, "A", {{"n", 0}});
    CHECK(world.hash() == before);
    declare("C");
    CHECK(world.hash() != before);
}

TEST_CASE_FIXTURE(Mixed, "the handles that come next count too") {
    const auto before = world.hash();
    world.destroy(world.create());
    CHECK(world.hash() != before);
}

TEST_CASE_FIXTURE(Mixed, "a negative zero and a NaN's bits are values of their own") {
    const Entity entity{1, 1};
    set(entity, "A", {{"x", 0.0}});
    const auto zero = world.hash();
    set(entity, "A", {{"x", -0.0}});
    CHECK(world.hash() != zero);
    CHECK(std::signbit(std::get<double>(get(entity, "A", "x"))));
    const std::uint32_t nan = 0x7fc12345;
    world.set_raw(entity, 0, 0, std::as_bytes(std::span(&nan, 1)));
    const auto bytes = world.raw(entity, 0, 0);
    CHECK(std::memcmp(bytes.data(), &nan, 4) == 0);
}

TEST_CASE("what lies between the fields of a struct does not count") {
    const auto hash_with = [](int filler) {
        World world;
        world.bind<Padded>("Padded", field("a", &Padded::a), field("b", &Padded::b));
        Padded padded;
        std::memset(&padded, filler, sizeof(padded));
        padded.a = 1;
        padded.b = 2;
        world.create_from(padded);
        return world.hash();
    };
    CHECK(hash_with(0) == hash_with(0xff));
}

TEST_CASE("text cannot move from one row to the next unseen") {
    const auto hash_of = [](const char* a, const char* b) {
        NamedWorld named;
        named.declare("T", {"t: text"});
        named.create({{"T", {{"t", a}}}});
        named.create({{"T", {{"t", b}}}});
        return named.world.hash();
    };
    CHECK(hash_of("ab", "c") != hash_of("a", "bc"));
}
