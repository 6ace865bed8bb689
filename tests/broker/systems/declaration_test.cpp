#include "broker/systems/declaration.hpp"

#include <doctest/doctest.h>

using namespace dragoman;

namespace {

std::variant<Declarations, std::string> read(const std::string& systems, const std::string& components = "[]") {
    Hello hello;
    hello.features = {"plane"};
    hello.systems = systems;
    hello.components = components;
    return read_declarations(hello);
}

std::string wrong(const std::string& systems, const std::string& components = "[]") {
    const auto result = read(systems, components);
    REQUIRE(std::holds_alternative<std::string>(result));
    return std::get<std::string>(result);
}

}  // namespace

TEST_CASE("a system says what it reads and writes; all else has a default") {
    const auto result = read(R"([{"name": "movement", "read": ["Velocity"], "write": ["Position"]}])");
    REQUIRE(std::holds_alternative<Declarations>(result));
    const SystemDeclaration& system = std::get<Declarations>(result).systems.at(0);
    CHECK(system.name == "movement");
    CHECK(system.read == std::vector<std::string>{"Velocity"});
    CHECK(system.write == std::vector<std::string>{"Position"});
    CHECK(system.order == Order::update);
    CHECK(system.every == 1);
    CHECK(system.creates == 0);
    CHECK(!system.mode);
    CHECK(!system.exclusive);
}

TEST_CASE("components come with their fields") {
    const auto result = read(R"([{"name": "a"}])", R"([{"name": "Position", "fields": ["x: f32", "y: f32 = 1"]}])");
    REQUIRE(std::holds_alternative<Declarations>(result));
    const auto& component = std::get<Declarations>(result).components.at(0);
    CHECK(component.name == "Position");
    CHECK(component.fields == std::vector<std::string>{"x: f32", "y: f32 = 1"});
}

TEST_CASE("what is wrong with a declaration is said with the system's name and the key") {
    CHECK(wrong(R"([])") == "it declares no system");
    CHECK(wrong(R"([{"read": []}])") == "a system needs a \"name\"");
    CHECK(wrong(R"([{"name": "a"}, {"name": "a"}])") == "two of its systems are called a");
    CHECK(wrong(R"([{"name": "a", "order": "Late"}])") ==
          "\"order\" of system a must be one of Startup, PreUpdate, Update, PostUpdate, not Late");
    CHECK(wrong(R"([{"name": "a", "mode": "fast"}])") ==
          "\"mode\" of system a must be one of replace, in_place, not fast");
    CHECK(wrong(R"([{"name": "a", "read": "Position"}])") ==
          "\"read\" of system a must be a list of names, not \"Position\"");
    CHECK(wrong(R"([{"name": "a", "creates": -1}])") ==
          "\"creates\" of system a must be a whole number from 0 to 4194304, not -1");
    CHECK(wrong(R"([{"name": "a", "rate": 0}])") == "\"rate\" of system a must be a number above 0, not 0");
    CHECK(wrong(R"([{"name": "a", "optional": ["Mass"]}])") ==
          "Mass is \"optional\" of system a, which neither reads nor writes it");
}

TEST_CASE("a client that cannot map columns is told so") {
    Hello hello;
    hello.systems = R"([{"name": "a"}])";
    const auto result = read_declarations(hello);
    REQUIRE(std::holds_alternative<std::string>(result));
    CHECK(std::get<std::string>(result).find("cannot map columns") != std::string::npos);
}
