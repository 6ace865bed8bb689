#include "ecs/schema.hpp"

#include "support.hpp"

using namespace dragoman::ecs;

namespace {

Component made(std::vector<std::string> fields) { return make_component("Thing", fields); }
std::string refused(std::vector<std::string> fields) {
    return refusal([&] { made(fields); });
}
std::string standard(const std::string& declaration) {
    const auto component = made({declaration});
    const auto& field = component.fields[0];
    if (field.side()) return component.side_defaults[0];
    return describe(decode(field, component.defaults.data()));
}

}  // namespace

TEST_CASE("plain fields are laid out as a C struct") {
    struct Thing {
        std::uint8_t a;
        double b;
        std::int16_t c;
        float d[3];
        Entity e;
    };
    const auto component = made({"a: u8", "b: f64", "c: i16", "d: f32[3]", "e: entity"});
    CHECK(component.fields[1].offset == offsetof(Thing, b));
    CHECK(component.fields[2].offset == offsetof(Thing, c));
    CHECK(component.fields[3].offset == offsetof(Thing, d));
    CHECK(component.size >= component.fields[4].offset + 8);
    CHECK(component.size % component.alignment == 0);
    CHECK(component.padded);
    CHECK_FALSE(made({"x: f32", "y: f32"}).padded);
}

TEST_CASE("texts and JSON lie beside the struct, numbered on their own") {
    const auto component = made({"name: text", "x: f32", "data: json"});
    CHECK(component.size == 4);
    CHECK(component.fields[0].offset == 0);
    CHECK(component.fields[1].offset == 0);
    CHECK(component.fields[2].offset == 1);
}

TEST_CASE("a component without fields is a tag") { CHECK(made({}).size == 0); }

TEST_CASE("without a default a field is zero, false, empty or null") {
    CHECK(standard("x: f32") == "0");
    CHECK(standard("on: bool") == "false");
    CHECK(standard("name: text") == "");
    CHECK(standard("data: json") == "null");
    CHECK(standard("who: entity") == "entity 0");
}

TEST_CASE("defaults are read by the field's type") {
    CHECK(standard("speed: f32 = 7") == "7");
    CHECK(standard("speed:f64=-1.5e3") == "-1500");
    CHECK(standard("big: u64 = 18446744073709551615") == "18446744073709551615");
    CHECK(standard("on: bool = true") == "true");
    CHECK(standard("  name : text  =  \"bob \\\"the\\\" \\u00e4\"  ") == "bob \"the\" \xc3\xa4");
    CHECK(standard("name: text = \"\\ud83d\\ude00\"") == "\xf0\x9f\x98\x80");
    CHECK(standard("name: text = plain words") == "plain words");
    CHECK(standard("data: json = {\"a\": [1, 2]}") == "{\"a\": [1, 2]}");
    CHECK(decode(made({"p: f32[3] = [1, 2.5, -3]"}).fields[0], made({"p: f32[3] = [1, 2.5, -3]"}).defaults.data()) ==
          Value(Numbers{1.0, 2.5, -3.0}));
}

TEST_CASE("a declaration that cannot be read says what was expected and where") {
    CHECK(refused({"x f32"}) ==
          "bad_value: component Thing: field \"x f32\": expected ':' after the name, as in \"x: f32\" at character 3, "
          "found \"f32\"");
    CHECK(says(refused({""}), "expected a field's name"));
    CHECK(says(refused({"x: float"}), "expected a type (bool, i8"));
    CHECK(says(refused({"x: f32 7"}), "expected '=' and a default, or nothing more at character 8"));
    CHECK(says(refused({"x: f32 ="}), "expected a default of type f32"));
    CHECK(says(refused({"x: f32 = fast"}), "expected a number"));
    CHECK(says(refused({"x: f32 = nan"}), "expected a number"));
    CHECK(says(refused({"x: f32 = 1 2"}), "expected nothing more"));
    CHECK(says(refused({"x: bool = 1"}), "expected true or false"));
    CHECK(says(refused({"x: f32[0]"}), "the array's length"));
    CHECK(says(refused({"x: f32[3"}), "expected ']'"));
    CHECK(says(refused({"x: text[3]"}), "only numbers have arrays"));
    CHECK(says(refused({"x: bool[3]"}), "only numbers have arrays"));
    CHECK(says(refused({"x: f32[2] = [1]"}), "expected a list of 2 numbers"));
    CHECK(says(refused({"x: f32[2] = 1"}), "expected a list such as"));
    CHECK(says(refused({"x: entity = 5"}), "starts empty"));
    CHECK(says(refused({"x: text = \"a"}), "closing"));
    CHECK(says(refused({"x: text = \"\\q\""}), "after the backslash"));
    CHECK(says(refused({"x: text = \"\\ud83d\""}), "surrogates"));
    CHECK(says(refused({"x: u8 = 300"}), "Thing.x: expected u8 (a whole number from 0 to 255), got 300"));
    CHECK(says(refused({"x: f32", "x: f32"}), "field x is there twice"));
    CHECK(says(refused({"x: f64[1000000]"}), "more than 65536 bytes"));
    CHECK(says(refused({"x: f64[4294967295]", "y: u8"}), "more than 65536 bytes"));
    CHECK(says(refusal([] { make_component("a b", {}); }), "expected a component's name"));
}

TEST_CASE("the hash tells declarations apart, but not their blanks") {
    CHECK(made({"x: f32 = 1"}).hash == made({" x :f32= 1.0 "}).hash);
    CHECK(made({"x: f32"}).hash == made({"x: f32 = 0"}).hash);
    CHECK(made({"x: f32"}).hash != made({"x: f32 = 1"}).hash);
    CHECK(made({"x: f32"}).hash != made({"y: f32"}).hash);
    CHECK(made({"x: f32"}).hash != made({"x: i32"}).hash);
    CHECK(made({"x: f32"}).hash != made({"x: f32[1]"}).hash);
    CHECK(made({"x: text"}).hash != made({"x: json"}).hash);
}
