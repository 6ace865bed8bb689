#include "broker/systems/plan.hpp"

#include <doctest/doctest.h>

using namespace dragoman;

namespace {

enum : std::size_t { position, velocity, health };

PlannedSystem system_of(std::string name, std::size_t script, std::vector<std::size_t> reads,
                        std::vector<std::size_t> writes, Order order = Order::update) {
    PlannedSystem system;
    system.name = std::move(name);
    system.script = script;
    system.order = order;
    for (const auto id : reads) system.reads.set(id);
    for (const auto id : writes) system.writes.set(id);
    return system;
}

std::vector<std::vector<std::string>> names(const std::vector<Stage>& stages,
                                            const std::vector<PlannedSystem>& systems) {
    std::vector<std::vector<std::string>> all;
    for (const Stage& stage : stages) {
        all.emplace_back();
        for (const auto number : stage) all.back().push_back(systems[number].name);
    }
    return all;
}

using Names = std::vector<std::vector<std::string>>;

Names ticks(const std::vector<PlannedSystem>& systems) {
    auto made = make_plan(systems);
    REQUIRE(std::holds_alternative<Plan>(made));
    return names(std::get<Plan>(made).ticks, systems);
}

std::string fault(const std::vector<PlannedSystem>& systems) {
    auto made = make_plan(systems);
    REQUIRE(std::holds_alternative<PlanFault>(made));
    return std::get<PlanFault>(made).what;
}

}  // namespace

TEST_CASE("systems whose access sets do not meet share a stage") {
    CHECK(ticks({system_of("a", 0, {velocity}, {position}), system_of("b", 1, {velocity}, {health})}) ==
          Names{{"a", "b"}});
}

TEST_CASE("who reads what another writes runs behind it, in the given order") {
    CHECK(ticks({system_of("move", 0, {velocity}, {position}), system_of("look", 1, {position}, {})}) ==
          Names{{"move"}, {"look"}});
    CHECK(ticks({system_of("look", 1, {position}, {}), system_of("move", 0, {velocity}, {position})}) ==
          Names{{"look"}, {"move"}});
}

TEST_CASE("two writers of one component never share a stage, two readers do") {
    CHECK(ticks({system_of("a", 0, {}, {position}), system_of("b", 1, {}, {position})}) == Names{{"a"}, {"b"}});
    CHECK(ticks({system_of("a", 0, {position}, {}), system_of("b", 1, {position}, {})}) == Names{{"a", "b"}});
}

TEST_CASE("systems of one script never share a stage") {
    CHECK(ticks({system_of("a", 0, {}, {position}), system_of("b", 0, {}, {health})}) == Names{{"a"}, {"b"}});
}

TEST_CASE("an exclusive system has a stage for itself") {
    auto alone = system_of("alone", 1, {}, {});
    alone.exclusive = true;
    CHECK(ticks({system_of("a", 0, {}, {position}), alone, system_of("b", 2, {}, {health})}) ==
          Names{{"a"}, {"alone"}, {"b"}});
}

TEST_CASE("a system takes part in an earlier stage where nothing keeps it from that") {
    CHECK(ticks({system_of("a", 0, {}, {position}), system_of("b", 1, {position}, {velocity}),
                 system_of("c", 2, {}, {health})}) == Names{{"a", "c"}, {"b"}});
}

TEST_CASE("PreUpdate, Update and PostUpdate come one behind the other, Startup stands apart") {
    const std::vector systems{system_of("post", 0, {}, {position}, Order::post_update),
                              system_of("make", 1, {}, {}, Order::startup), system_of("update", 2, {}, {health}),
                              system_of("pre", 3, {}, {velocity}, Order::pre_update)};
    CHECK(ticks(systems) == Names{{"pre"}, {"update"}, {"post"}});
    CHECK(names(std::get<Plan>(make_plan(systems)).startup, systems) == Names{{"make"}});
}

TEST_CASE("before and after are heeded where access sets would allow otherwise") {
    auto first = system_of("first", 0, {}, {position});
    auto second = system_of("second", 1, {}, {health});
    second.before = {"first"};
    CHECK(ticks({first, second}) == Names{{"second"}, {"first"}});
    second.before = {};
    second.after = {"first"};
    CHECK(ticks({second, first}) == Names{{"first"}, {"second"}});
}

TEST_CASE("a circle of before and after is refused, with the names in it") {
    auto a = system_of("a", 0, {}, {});
    auto b = system_of("b", 1, {}, {});
    a.after = {"b"};
    b.after = {"a"};
    CHECK(fault({a, b, system_of("c", 2, {}, {})}) ==
          "systems wait for each other in a circle: a, b (see their \"before\" and \"after\")");
}

TEST_CASE("a name that no system of the same order has is refused, with what there is") {
    auto a = system_of("a", 0, {}, {});
    a.after = {"nobody"};
    CHECK(fault({a}) == "system a runs after nobody, but there is no such system");
    a.after = {"late"};
    CHECK(fault({a, system_of("late", 1, {}, {}, Order::post_update)}) ==
          "system a runs after late, but that one runs in PostUpdate, not in Update");
}
