#include <algorithm>

#include "broker/systems/systems_state.hpp"

// Names become numbers, and systems find their places among the others.

namespace dragoman {

Systems::State::Wrong Systems::State::resolve(const Declarations& declarations, std::size_t member,
                                              std::vector<LiveSystem>& into) {
    const DataTier tier = broker.data_tier(members[member].script);
    std::uint32_t number = 0;
    for (const SystemDeclaration& declared : declarations.systems) {
        LiveSystem system;
        system.declared = declared;
        system.member = member;
        system.number = number++;
        system.mode = declared.mode.value_or(tier == DataTier::shared ? options.trusted_mode : options.untrusted_mode);
        system.access.assign(world.component_count(), DRAGOMAN_ACCESS_NONE);
        const auto other = std::ranges::find(into, declared.name, [](const auto& one) { return one.declared.name; });
        if (other != into.end())
            return "two systems are called " + declared.name + ": the other one is in " +
                   broker.script(members[other->member].script).name();
        ecs::QueryTerms terms;
        try {
            const auto add = [&](const std::vector<std::string>& names, std::vector<ecs::ComponentId>& to) {
                for (const auto& one : names) to.push_back(world.component(one));
            };
            std::vector<ecs::ComponentId> reads;
            std::vector<ecs::ComponentId> optional;
            add(declared.read, reads);
            add(declared.write, system.writes);
            add(declared.with, terms.with);
            add(declared.without, terms.without);
            add(declared.optional, optional);
            add(declared.changed, system.changed);
            if (declared.exclusive) {
                system.writes.clear();
                for (ecs::ComponentId id = 0; id < world.component_count(); ++id) system.writes.push_back(id);
                optional = system.writes;
            }
            std::ranges::sort(system.writes);
            system.writes.erase(std::unique(system.writes.begin(), system.writes.end()), system.writes.end());
            for (const auto id : reads) system.access[id] = DRAGOMAN_ACCESS_READ;
            const auto how = world.seals_arenas()                ? DRAGOMAN_ACCESS_STAGED
                             : system.mode == WriteMode::replace ? DRAGOMAN_ACCESS_REPLACE
                                                                 : DRAGOMAN_ACCESS_WRITE;
            for (const auto id : system.writes) system.access[id] = how;
            std::erase_if(system.writes, [&](ecs::ComponentId id) { return world.schema(id).size == 0; });
            for (ecs::ComponentId id = 0; id < world.component_count(); ++id)
                if (system.access[id] != DRAGOMAN_ACCESS_NONE && std::ranges::count(optional, id) == 0)
                    terms.with.push_back(id);
            system.query = &world.query(std::move(terms));
        } catch (const ecs::Error& error) {
            return "system " + declared.name + ": " + error.what();
        }
        into.push_back(std::move(system));
    }
    return std::nullopt;
}

std::variant<Plan, PlanFault> Systems::State::plan_of(std::span<const LiveSystem> all) const {
    std::vector<PlannedSystem> planned;
    for (const LiveSystem& system : all) {
        PlannedSystem one{system.declared.name,
                          system.member,
                          system.declared.order,
                          system.declared.before,
                          system.declared.after,
                          {},
                          {},
                          system.declared.exclusive};
        for (ecs::ComponentId id = 0; id < system.access.size(); ++id) {
            if (system.access[id] == DRAGOMAN_ACCESS_READ) one.reads.set(id);
            if (system.access[id] > DRAGOMAN_ACCESS_READ) one.writes.set(id);
        }
        planned.push_back(std::move(one));
    }
    return make_plan(planned);
}

/// Each has the same report over all rounds and versions.
void Systems::State::report_on(std::vector<LiveSystem>& all) {
    for (LiveSystem& system : all) {
        const std::size_t script = members[system.member].script;
        const auto same = [&](const SystemReport& one) {
            return one.name == system.declared.name && one.script == script;
        };
        const auto known = std::ranges::find_if(reports, same);
        system.report = static_cast<std::size_t>(known - reports.begin());
        if (known == reports.end()) {
            SystemReport& fresh = reports.emplace_back();
            fresh.name = system.declared.name;
            fresh.script = script;
        }
        reports[system.report].order = system.declared.order;
    }
}

void Systems::State::number_systems() {
    for (auto& script : members) script.systems.clear();
    for (std::size_t i = 0; i < systems.size(); ++i) {
        members[systems[i].member].systems.push_back(i);
        for (const auto id : systems[i].changed)
            if (watched.insert(id).second) world.watch_versions(id);
    }
}

}  // namespace dragoman
