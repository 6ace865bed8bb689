#pragma once

#include <bitset>
#include <string>
#include <variant>
#include <vector>

#include "broker/systems/declaration.hpp"
#include "ecs/layout/plane.h"

namespace dragoman {

using ComponentSet = std::bitset<DRAGOMAN_MOST_COMPONENTS>;

/// What the plan has to know of a system.
struct PlannedSystem {
    std::string name;
    std::size_t script = 0;
    Order order = Order::update;
    std::vector<std::string> before;
    std::vector<std::string> after;
    ComponentSet reads;
    ComponentSet writes;
    bool exclusive = false;
};

/// Systems that run side by side, by their numbers, in the order in which their outcomes are taken.
using Stage = std::vector<std::size_t>;

struct Plan {
    std::vector<Stage> startup;
    std::vector<Stage> ticks;  // PreUpdate, Update, PostUpdate, one behind the other
};

/// What cannot be, in a sentence, and which system says so.
struct PlanFault {
    std::size_t system = 0;
    std::string what;
};

/// Orders systems and cuts the order into stages. Within an order those named `before` and `after` are heeded, then the
/// given order of the systems. A system runs in the first stage behind all that come before it and that it meets:
/// systems meet where one writes what the other reads or writes, where one is exclusive, and where they are of one
/// script. What cannot be: a circle, a name that no system of that order has.
std::variant<Plan, PlanFault> make_plan(const std::vector<PlannedSystem>& systems);

/// They may not run at the same time.
bool meet(const PlannedSystem& a, const PlannedSystem& b);

}  // namespace dragoman
