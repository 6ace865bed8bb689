#include <cmath>
#include <limits>

#include "support.hpp"

using namespace dragoman::ecs;

namespace {

struct One : NamedWorld {
    /// What a field of this type reads as after it was given the value; or the refusal.
    std::string holds(const std::string& type, Value value) {
        const auto name = "C" + std::to_string(world.component_count());
        declare(name, {"f: " + type});
        const auto entity = create({{name, {}}});
        const auto refused = refusal([&] { set(entity, name, {{"f", value}}); });
        return refused == "nothing" ? shown(entity, name, "f") : refused;
    }
};

}  // namespace

TEST_CASE_FIXTURE(One, "numbers go into any number field that holds them") {
    CHECK(holds("u8", 255) == "255");
    CHECK(holds("i8", -128) == "-128");
    CHECK(holds("i64", std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
    CHECK(holds("u64", std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
    CHECK(holds("i32", 2.0) == "2");
    CHECK(holds("f32", 93) == "93");
    CHECK(holds("f64", 0.1) == "0.10000000000000001");
}

TEST_CASE_FIXTURE(One, "what does not fit is refused by field and range") {
    CHECK(says(holds("u8", 300), "bad_value: C0.f: expected u8 (a whole number from 0 to 255), got 300"));
    CHECK(says(holds("u8", -1), "bad_value"));
    CHECK(says(holds("i32", 1.5), "a whole number from -2147483648 to 2147483647), got 1.5"));
    CHECK(says(holds("i64", 9223372036854775808.0), "bad_value"));
    CHECK(says(holds("i64", std::uint64_t{1} << 63), "bad_value"));
    CHECK(says(holds("u64", 18446744073709551616.0), "bad_value"));
    CHECK(says(holds("i32", std::nan("")), "bad_value"));
    CHECK(says(holds("f32", 1e300), "bad_value"));
    CHECK(says(holds("f32", true), "expected f32 (a number, at most 3.4e38), got true"));
    CHECK(says(holds("bool", 1), "expected bool (true or false), got 1"));
    CHECK(says(holds("text", 5), "expected a text, got 5"));
    CHECK(says(holds("text", Null{}), "expected a text, got null"));
    CHECK(says(holds("json", "x"), "expected a JSON value"));
    CHECK(says(holds("f32", Null{}), "got null"));
}

TEST_CASE_FIXTURE(One, "an entity field checks only the form") {
    CHECK(holds("entity", Entity{7, 3}) == "entity 12884901895");
    CHECK(holds("entity", std::int64_t{12884901895}) == "entity 12884901895");
    CHECK(holds("entity", Null{}) == "entity 0");
    CHECK(says(holds("entity", 5), "expected an entity"));
    CHECK(says(holds("entity", std::int64_t{1} << 52), "expected an entity"));
    CHECK(says(holds("entity", 0.5), "expected an entity"));
}

TEST_CASE_FIXTURE(One, "an array takes exactly as many numbers as it has") {
    declare("P", {"at: i16[3]"});
    const auto entity = create({{"P", {}}});
    set(entity, "P", {{"at", Numbers{std::int64_t{1}, 2.0, std::int64_t{-3}}}});
    CHECK(get(entity, "P", "at") == Value(Numbers{std::int64_t{1}, std::int64_t{2}, std::int64_t{-3}}));
    CHECK(says(refusal([&] {
                   set(entity, "P", {{"at", Numbers{1.0}}});
               }),
               "a list of 3 numbers, each i16 (a whole number from -32768 to 32767), got a list of 1 numbers"));
    CHECK(says(refusal([&] { set(entity, "P", {{"at", Numbers{1.0, 2.0, 40000.0}}}); }), "got 40000 at place 3"));
    CHECK(says(refusal([&] { set(entity, "P", {{"at", 1}}); }), "bad_value"));
    CHECK(get(entity, "P", "at") == Value(Numbers{std::int64_t{1}, std::int64_t{2}, std::int64_t{-3}}));
}

TEST_CASE_FIXTURE(One, "text and JSON are kept as they are") {
    CHECK(holds("text", std::string("a\0b", 3)) == std::string("\"a\0b\"", 5));
    CHECK(holds("json", Json{"{\"a\": 1}"}) == "the JSON \"{\"a\": 1}\"");
    CHECK(holds("json", Null{}) == "the JSON \"null\"");
}

TEST_CASE_FIXTURE(One, "raw bytes of a field can be read and written") {
    const auto id = declare("V", {"a: u8", "x: f32"});
    const auto entity = create({{"V", {{"x", 1.5}}}});
    const float wanted = 2.5;
    world.set_raw(entity, id, 1, std::as_bytes(std::span(&wanted, 1)));
    CHECK(shown(entity, "V", "x") == "2.5");
    CHECK(world.raw(entity, id, 1).size() == 4);
}
