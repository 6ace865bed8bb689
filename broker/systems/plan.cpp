#include "broker/systems/plan.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace dragoman {
namespace {

using Numbers = std::vector<std::size_t>;

/// For each system of `members`, by its place there: the places of those that must come before it.
struct Constraints {
    std::vector<Numbers> before;
    std::optional<PlanFault> fault;
};

Constraints constraints(const std::vector<PlannedSystem>& systems, const Numbers& members) {
    Constraints found{std::vector<Numbers>(members.size()), std::nullopt};
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < members.size(); ++i) places[systems[members[i]].name] = i;
    const auto place_of = [&](std::size_t number, const std::string& other, const char* word) -> const std::size_t* {
        if (const auto place = places.find(other); place != places.end()) return &place->second;
        if (found.fault) return nullptr;
        const PlannedSystem& system = systems[number];
        std::string what = "system " + system.name + " runs " + word + " " + other + ", but ";
        const auto elsewhere = std::ranges::find(systems, other, &PlannedSystem::name);
        if (elsewhere == systems.end())
            what += "there is no such system";
        else
            what += "that one runs in " + std::string(name(elsewhere->order)) + ", not in " +
                    std::string(name(system.order));
        found.fault = PlanFault{number, std::move(what)};
        return nullptr;
    };
    for (std::size_t i = 0; i < members.size(); ++i) {
        const PlannedSystem& system = systems[members[i]];
        for (const auto& other : system.after)
            if (const auto* place = place_of(members[i], other, "after")) found.before[i].push_back(*place);
        for (const auto& other : system.before)
            if (const auto* place = place_of(members[i], other, "before")) found.before[*place].push_back(i);
    }
    return found;
}

/// The first that may come next, again and again (few systems: the square does not matter).
std::variant<Numbers, PlanFault> sorted(const std::vector<PlannedSystem>& systems, const Numbers& members,
                                        const Constraints& constraints) {
    Numbers order;
    std::vector<bool> placed(members.size());
    while (order.size() < members.size()) {
        std::size_t next = 0;
        const auto may_come = [&](std::size_t i) {
            return !placed[i] &&
                   std::ranges::all_of(constraints.before[i], [&](std::size_t other) { return placed[other]; });
        };
        while (next < members.size() && !may_come(next)) ++next;
        if (next == members.size()) {
            std::string circle;
            std::size_t first = members.size();
            for (std::size_t i = members.size(); i-- > 0;) {
                if (placed[i]) continue;
                circle = systems[members[i]].name + (circle.empty() ? "" : ", ") + circle;
                first = i;
            }
            return PlanFault{members[first], "systems wait for each other in a circle: " + circle +
                                                 " (see their \"before\" and \"after\")"};
        }
        placed[next] = true;
        order.push_back(next);
    }
    return order;
}

}  // namespace

bool meet(const PlannedSystem& a, const PlannedSystem& b) {
    if (a.exclusive || b.exclusive || a.script == b.script) return true;
    return (a.writes & (b.reads | b.writes)).any() || (b.writes & a.reads).any();
}

std::variant<Plan, PlanFault> make_plan(const std::vector<PlannedSystem>& systems) {
    Plan plan;
    for (const Order order : orders) {
        Numbers members;
        for (std::size_t i = 0; i < systems.size(); ++i)
            if (systems[i].order == order) members.push_back(i);
        const Constraints found = constraints(systems, members);
        if (found.fault) return *found.fault;
        auto in_order = sorted(systems, members, found);
        if (auto* fault = std::get_if<PlanFault>(&in_order)) return std::move(*fault);

        std::vector<Stage> stages;
        std::vector<std::size_t> stage_of(members.size());
        Numbers done;
        for (const std::size_t place : std::get<Numbers>(in_order)) {
            std::size_t stage = 0;
            for (const std::size_t other : done) {
                const bool behind = meet(systems[members[place]], systems[members[other]]) ||
                                    std::ranges::count(found.before[place], other) > 0;
                if (behind) stage = std::max(stage, stage_of[other] + 1);
            }
            stage_of[place] = stage;
            if (stage == stages.size()) stages.emplace_back();
            stages[stage].push_back(members[place]);
            done.push_back(place);
        }
        for (Stage& stage : stages) std::ranges::sort(stage);
        auto& all = order == Order::startup ? plan.startup : plan.ticks;
        all.insert(all.end(), std::make_move_iterator(stages.begin()), std::make_move_iterator(stages.end()));
    }
    return plan;
}

}  // namespace dragoman
