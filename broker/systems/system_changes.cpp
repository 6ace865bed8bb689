#include "broker/systems/system_changes.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <vector>

#include "ecs/command_reader.hpp"
#include "ecs/error.hpp"

namespace dragoman {
namespace {

std::string named(ecs::Entity entity) { return "entity " + std::to_string(ecs::to_number(entity)); }

bool is_same(std::span<const std::byte> one, std::span<const std::byte> other) {
    return one.size() == other.size() && (one.empty() || std::memcmp(one.data(), other.data(), one.size()) == 0);
}

/// Of one entity's row; what lies between the fields does not count.
std::optional<std::string> row_difference(const ecs::Component& component, ecs::Entity entity, const std::byte* played,
                                          const std::byte* shadow) {
    for (const ecs::Field& field : component.fields) {
        if (field.side() || std::memcmp(played + field.offset, shadow + field.offset, field.bytes()) == 0) continue;
        const std::string is = ecs::describe(ecs::decode(field, shadow));
        const std::string was = ecs::describe(ecs::decode(field, played));
        return component.name + "." + field.name + " of " + named(entity) +
               (is == was ? " is another one" : " is " + is + ", not " + was);
    }
    return std::nullopt;
}

/// What becomes of one entity.
struct Change {
    ecs::Entity entity;
    bool is_created = false;
    bool is_destroyed = false;
    std::map<ecs::ComponentId, std::span<const std::byte>> rows = {};  // that it has in the end, of those given
    std::set<ecs::ComponentId> removed = {};
};

/// A list of commands as what becomes of each entity, in the order in which they are named first.
class Changes {
public:
    Changes(const ecs::World& world, std::span<const ecs::Entity> handles, std::span<const std::byte> commands)
        : world_(world), handles_(handles) {
        ecs::CommandReader reader(commands);
        try {
            while (reader.next()) add(reader);
        } catch (const ecs::Error& error) {
            throw ecs::Error(error.code(), reader.place() + ": " + error.what());
        }
    }

    const std::vector<Change>& all() const { return all_; }
    const Change* find(ecs::Entity entity) const {
        const auto found = places_.find(entity);
        return found == places_.end() ? nullptr : &all_[found->second];
    }

private:
    void add(const ecs::CommandReader& reader);
    void create(const ecs::CommandReader& reader);
    Change& of(ecs::Entity entity);
    std::span<const std::byte> row(const ecs::CommandReader& reader, std::size_t part, std::size_t row) const;

    const ecs::World& world_;
    std::span<const ecs::Entity> handles_;  // that are left
    std::vector<Change> all_;
    std::map<ecs::Entity, std::size_t> places_;
};

Change& Changes::of(ecs::Entity entity) {
    const auto [place, is_new] = places_.try_emplace(entity, all_.size());
    if (is_new) all_.push_back({entity});
    return all_[place->second];
}

/// One row of a part's data, or the defaults.
std::span<const std::byte> Changes::row(const ecs::CommandReader& reader, std::size_t part, std::size_t row) const {
    const ecs::ComponentId id = reader.components()[part];
    if (id >= world_.component_count())
        throw ecs::Error(ecs::ErrorCode::unknown_component, "there is no component " + std::to_string(id));
    const ecs::Component& component = world_.schema(id);
    const auto data = reader.data()[part];
    if (data.empty()) return component.defaults;
    if (data.size() != std::size_t{component.size} * reader.head().count)
        throw ecs::Error(ecs::ErrorCode::bad_value,
                         component.name + ": it has " + std::to_string(data.size()) + " bytes of data");
    return data.subspan(row * component.size, component.size);
}

void Changes::create(const ecs::CommandReader& reader) {
    const std::size_t count = reader.head().count;
    if (count > handles_.size())
        throw ecs::Error(ecs::ErrorCode::denied, "it creates " + std::to_string(count) + ", and " +
                                                     std::to_string(handles_.size()) + " reserved handles are left");
    for (std::size_t i = 0; i < count; ++i) {
        Change& change = of(handles_[i]);
        change.is_created = true;
        for (std::size_t part = 0; part < reader.components().size(); ++part)
            change.rows[reader.components()[part]] = row(reader, part, i);
    }
    handles_ = handles_.subspan(count);
}

void Changes::add(const ecs::CommandReader& reader) {
    if (reader.head().kind <= DRAGOMAN_CREATE_MANY) return create(reader);
    Change& change = of(reader.entity());
    if (reader.head().kind == DRAGOMAN_DESTROY) {
        change.is_destroyed = true;
        change.rows.clear();
        change.removed.clear();
        return;
    }
    const ecs::ComponentId id = reader.components()[0];
    const auto given = row(reader, 0, 0);
    if (reader.head().kind == DRAGOMAN_REMOVE) {
        change.rows.erase(id);
        change.removed.insert(id);
    } else {
        change.rows[id] = given;
        change.removed.erase(id);
    }
}

/// What `one` does with the entity and `other` does not, as a verb's end: "destroy entity 3".
struct Deed {
    std::string does;     // "destroys"
    std::string does_it;  // "destroy"
    std::string what;     // "entity 3"
};

std::optional<Deed> only_in(const ecs::World& world, const Change& one, const Change& other) {
    const std::string entity = named(one.entity);
    if (one.is_created && !other.is_created) return Deed{"creates", "create", entity};
    if (one.is_destroyed && !other.is_destroyed) return Deed{"destroys", "destroy", entity};
    for (const auto& [id, row] : one.rows)
        if (!other.rows.contains(id)) return Deed{"sets", "set", world.schema(id).name + " of " + entity};
    for (const ecs::ComponentId id : one.removed)
        if (!other.removed.contains(id)) return Deed{"removes", "remove", world.schema(id).name + " of " + entity};
    return std::nullopt;
}

std::optional<std::string> difference(const ecs::World& world, const Change& played, const Change& shadow) {
    if (const auto deed = only_in(world, played, shadow)) return "it does not " + deed->does_it + " " + deed->what;
    if (const auto deed = only_in(world, shadow, played))
        return "it " + deed->does + " " + deed->what + ", and the version that plays does not";
    for (const auto& [id, row] : played.rows) {
        const ecs::Component& component = world.schema(id);
        if (component.size == 0) continue;
        if (auto what = row_difference(component, played.entity, row.data(), shadow.rows.at(id).data())) return what;
    }
    return std::nullopt;
}

std::optional<std::string> difference(const ecs::World& world, const Changes& played, const Changes& shadow) {
    for (const Change& theirs : played.all()) {
        const Change* const mine = shadow.find(theirs.entity);
        if (auto what = difference(world, theirs, mine != nullptr ? *mine : Change{theirs.entity})) return what;
    }
    for (const Change& mine : shadow.all())
        if (played.find(mine.entity) == nullptr)
            if (auto what = difference(world, Change{mine.entity}, mine)) return what;
    if (std::ranges::equal(played.all(), shadow.all(), {}, &Change::entity, &Change::entity)) return std::nullopt;
    return "it changes its entities in another order";
}

}  // namespace

std::optional<std::string> column_difference(const ecs::Component& component, std::span<const ecs::Entity> entities,
                                             std::span<const std::byte> played, std::span<const std::byte> shadow) {
    if (is_same(played, shadow)) return std::nullopt;
    std::optional<std::string> first;
    std::size_t more = 0;
    for (std::size_t row = 0; row < entities.size(); ++row) {
        const std::size_t at = row * component.size;
        auto what = row_difference(component, entities[row], played.data() + at, shadow.data() + at);
        if (what && first) ++more;
        if (what && !first) first = std::move(what);
    }
    if (more > 0) *first += " (and so in " + std::to_string(more) + (more == 1 ? " more row)" : " more rows)");
    return first;
}

std::optional<std::string> command_difference(const ecs::World& world, std::span<const ecs::Entity> handles,
                                              std::span<const std::byte> played, std::span<const std::byte> shadow) {
    if (is_same(played, shadow)) return std::nullopt;
    const Changes theirs(world, handles, played);
    try {
        return difference(world, theirs, Changes(world, handles, shadow));
    } catch (const ecs::Error& error) {
        return std::string("its changes cannot be made: ") + error.what();
    }
}

}  // namespace dragoman
