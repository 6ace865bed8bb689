#include "ecs/pool.hpp"

#include <algorithm>
#include <cstring>

namespace dragoman::ecs {

EntityPool::EntityPool(World& world, std::string_view tag, std::span<const ComponentValues> components, Options options)
    : EntityPool(world, tag) {
    for (const auto& [id, values] : components) {
        const auto& component = world.schema(id);
        auto plain = component.defaults;
        for (const auto& [number, value] : values)
            if (const auto& field = component.fields[number]; !field.side())
                encode(component, field, value, plain.data());
        add(id, std::move(plain), values);
    }
    start(options);
}

void EntityPool::declare_tags(std::string_view tag) {
    tag_ = world_->declare(tag, {});
    parked_ = world_->declare(parked_name, {});
    if (tag_ == parked_) throw Error(ErrorCode::conflict, "a pool needs a tag of its own, not Parked");
}

void EntityPool::add(ComponentId id, std::vector<std::byte> plain, std::span<const FieldValue> values) {
    const auto& component = world_->schema(id);
    Prototype prototype{id, std::move(plain), {}};
    for (std::size_t number = 0; number < component.fields.size(); ++number) {
        const auto& field = component.fields[number];
        if (!field.side()) continue;
        const auto& standard = component.side_defaults[field.offset];
        prototype.sides.push_back({number, field.type == FieldType::json ? Value(Json{standard}) : Value(standard)});
        for (const auto& given : values)
            if (given.field == number) prototype.sides.back().value = given.value;
    }
    prototypes_.push_back(std::move(prototype));
}

void EntityPool::start(Options options) {
    most_ = options.most;
    for (const auto& prototype : prototypes_) set_.push_back(prototype.component);
    set_.push_back(tag_);
    std::ranges::sort(set_);
    if (std::ranges::adjacent_find(set_) != set_.end() || std::ranges::binary_search(set_, parked_))
        throw Error(ErrorCode::conflict, "pool " + world_->schema(tag_).name +
                                             ": a component is given twice, or is one of the pool's own tags");
    ready_ = &world_->query({{tag_, parked_}, {}});
    in_use_ = &world_->query({{tag_}, {parked_}});
    fill(options.ready);
}

Entity EntityPool::create(bool parked) {
    if (ready_->rows() + in_use_->rows() >= most_)
        throw Error(ErrorCode::denied,
                    "pool " + world_->schema(tag_).name + ": all " + std::to_string(most_) + " are in use");
    std::vector<ComponentValues> components{{tag_, {}}};
    if (parked) components.push_back({parked_, {}});
    for (const auto& prototype : prototypes_) components.push_back({prototype.component, prototype.sides});
    const auto entity = world_->create(components);
    for (const auto& prototype : prototypes_)
        if (!prototype.plain.empty())
            std::memcpy(world_->edit_component(entity, prototype.component), prototype.plain.data(),
                        prototype.plain.size());
    ++created_;
    return entity;
}

Entity EntityPool::any_ready() const {
    for (const auto* table : ready_->tables())
        if (table->rows()) return table->entities().back();
    return {};
}

bool EntityPool::normal(const Table& table) const {
    const auto& has = table.components();
    return has.size() - table.has(parked_) == set_.size() &&
           std::ranges::all_of(set_, [&table](ComponentId id) { return table.has(id); });
}

void EntityPool::make_normal(Entity entity) {
    if (normal(world_->table(entity))) return;
    const auto has = world_->table(entity).components();
    for (const auto id : has)
        if (id != parked_ && !std::ranges::binary_search(set_, id)) world_->remove(entity, id);
    for (const auto id : set_)
        if (!world_->has(entity, id)) world_->add(entity, id);
}

void EntityPool::reset_values(Entity entity) {
    for (const auto& [id, plain, sides] : prototypes_) {
        if (!plain.empty()) std::memcpy(world_->edit_component(entity, id), plain.data(), plain.size());
        if (!sides.empty()) world_->set(entity, id, sides);
    }
}

Entity EntityPool::acquire() {
    auto entity = any_ready();
    if (entity) {
        make_normal(entity);
        world_->remove(entity, parked_);
        reset_values(entity);
    } else {
        entity = create(false);
    }
    ++acquired_;
    return entity;
}

void EntityPool::release(Entity entity) {
    world_->expect_alive(entity);
    const auto& table = world_->table(entity);
    if (!table.has(tag_) || table.has(parked_))
        throw Error(ErrorCode::conflict, "entity " + std::to_string(to_number(entity)) +
                                             (table.has(tag_) ? " is ready, not in use, in" : " is not of") + " pool " +
                                             world_->schema(tag_).name);
    make_normal(entity);
    world_->add(entity, parked_);
    ++released_;
}

void EntityPool::fill(std::size_t ready) {
    while (ready_->rows() < ready) create(true);
}

void EntityPool::shrink(std::size_t ready) {
    while (ready_->rows() > ready) world_->destroy(any_ready());
}

EntityPool::Statistics EntityPool::statistics() const {
    return {ready_->rows(), in_use_->rows(), created_, acquired_, released_};
}

}  // namespace dragoman::ecs
