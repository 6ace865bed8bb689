#include "broker/game/game_shadow.hpp"

#include <cmath>
#include <sstream>

#include "broker/reload/shadow_answer.hpp"
#include "ecs/snapshot.hpp"

namespace dragoman {
namespace {

constexpr std::size_t longest_shown = 160;

bool is_same_value(const ecs::Value& one, const ecs::Value& other) {
    const auto* a = std::get_if<double>(&one);
    const auto* b = std::get_if<double>(&other);
    return one == other || (a != nullptr && b != nullptr && std::isnan(*a) && std::isnan(*b));
}

std::string named(ecs::Entity entity) { return "entity " + std::to_string(ecs::to_number(entity)); }

/// Of one entity's component that both worlds have; empty where it is the same.
std::string field_difference(ecs::Entity entity, const ecs::ComponentRow& played, const ecs::ComponentRow& shadow) {
    for (std::size_t field = 0; field < played.component->fields.size(); ++field) {
        const ecs::Value theirs = played.value(field);
        const ecs::Value mine = shadow.value(field);
        if (is_same_value(mine, theirs)) continue;
        const std::string is = ecs::describe(mine);
        const std::string was = ecs::describe(theirs);
        return played.component->name + "." + played.component->fields[field].name + " of " + named(entity) +
               (is == was ? " is another one" : " is " + is + ", not " + was);
    }
    return {};
}

}  // namespace

std::string world_difference(ecs::World& played, ecs::World& shadow) {
    for (ecs::ComponentId id = 0; id < played.component_count(); ++id) {
        const ecs::Component& component = played.schema(id);
        const auto mine = shadow.find_component(component.name);
        if (!mine) return "there is no component " + component.name;
        for (const ecs::Table* table : std::as_const(played.query({{id}, {}})).tables())
            for (std::size_t row = 0; row < table->rows(); ++row) {
                const ecs::Entity entity = table->entities()[row];
                if (!shadow.alive(entity)) return named(entity) + " does not live";
                if (!shadow.has(entity, *mine)) return named(entity) + " has no " + component.name;
                const ecs::ComponentRow theirs{&component, table->column(id), row};
                if (auto what = field_difference(entity, theirs, shadow.get(entity, *mine)); !what.empty()) return what;
            }
        const auto there = played.query({{id}, {}}).rows();
        const auto here = shadow.query({{*mine}, {}}).rows();
        if (here != there)
            return std::to_string(here) + " entities have " + component.name + ", not " + std::to_string(there);
    }
    const auto here = shadow.statistics().entities;
    const auto there = played.statistics().entities;
    if (here != there) return "there are " + std::to_string(here) + " entities, not " + std::to_string(there);
    if (shadow.component_count() != played.component_count()) return "there are more components";
    return "its entities came and went in another order";
}

void GameShadow::prepare(ecs::World& world, std::string update) {
    update_ = std::move(update);
    if (world_ != nullptr && world_->hash() == world.hash()) return;
    std::stringstream bytes;
    ecs::save(world, bytes);
    auto copy = std::make_unique<ecs::World>();
    ecs::load(*copy, bytes);
    calls_.emplace(*copy);
    world_ = std::move(copy);
}

void GameShadow::fail(LiveScript& script, Outcome outcome, std::string message) {
    Failure failure;
    failure.outcome = outcome;
    failure.message = "as a shadow: " + std::move(message);
    script.fail(std::move(failure));
}

std::optional<std::string> GameShadow::tick(Broker& broker, LiveVersion& version, const Played& played) {
    if (world_ == nullptr) return std::nullopt;  // it became one in the middle of this tick
    LiveScript& script = *version.script;
    world_->begin();
    asked_ = &script;
    const auto outcome = broker.exchange(version, Header::update, update_, played.allowed);
    asked_ = nullptr;
    try {
        if (outcome == Outcome::ok && script.phase() != Phase::lost) {
            const GameAnswer mine = read_game_answer(script.answer(), played.frame, seats_, played_);
            make_changes(mine, *calls_);
            world_->commit();
            return differs(mine, played);
        }
        if (outcome && script.phase() != Phase::lost) fail(script, *outcome, "late");
    } catch (const BadAnswer& bad) {
        fail(script, Outcome::protocol_error, bad.what);
    }
    world_->rollback();
    return std::nullopt;
}

std::optional<std::string> GameShadow::differs(const GameAnswer& mine, const Played& played) {
    const GameAnswer& theirs = played.answer;
    const auto scene_of = [](const GameAnswer& answer, std::size_t seat) -> std::string_view {
        for (const auto& [one, scene] : answer.scenes)
            if (one == seat) return scene;
        return "null";
    };
    if (mine.over != theirs.over)
        return mine.over ? "ends the round, and the version that plays does not" : "does not end the round";
    for (std::size_t seat = 0; seat < played_; ++seat) {
        const auto is = scene_of(mine, seat);
        const auto was = scene_of(theirs, seat);
        if (!is_same_json(is, was))
            return "the scene of " + seats_[seat] + " is " + shortened(is, longest_shown) + ", not " +
                   shortened(was, longest_shown);
    }
    if (mine.over && !is_same_json(mine.result, theirs.result))
        return "the result is " + shortened(mine.result, longest_shown) + ", not " +
               shortened(theirs.result, longest_shown);
    if (world_->hash() == played.world.hash()) return std::nullopt;
    return "in its world " + world_difference(played.world, *world_);
}

}  // namespace dragoman
