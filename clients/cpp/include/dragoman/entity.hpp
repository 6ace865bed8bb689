// An entity of the broker's world: its handle, and what a running system may ask and change about it.
#pragma once
#include <nlohmann/json.hpp>

#include <concepts>
#include <cstdint>
#include <functional>
#include <string_view>
#include <type_traits>

namespace dragoman {

class RowView;

/// As long as its handle, of which it is made, and a field of components. Games use it as a number; all functions but
/// handle() are for systems, and see what this script has changed in this tick.
class Entity {
public:
    constexpr Entity() = default;
    template <class Number>
    requires std::is_integral_v<Number>
    constexpr Entity(Number handle) : handle_(static_cast<std::uint64_t>(handle)) {}
    constexpr operator std::uint64_t() const { return handle_; }
    constexpr std::uint64_t handle() const { return handle_; }

    bool is_valid() const;
    /// Made by the broker when the stage is over. Error no_entity where it does not live.
    void destroy() const;

    /// By type; declared with DRAGOMAN_COMPONENT. get<const T>() needs the component to be declared as read, get<T>()
    /// as written; what they return is valid until the next change of any entity.
    template <class T>
    void add(const T& values = T{}) const;
    template <class T>
    T& get() const;
    template <class T>
    bool has() const;
    template <class T>
    void remove() const;
    /// The whole row of a component that the system has not declared as written: the broker sets it.
    template <class T>
    void set(const T& values) const;

    /// By name, as in every language: entity.add_component("Position", {{"x", 1}, {"y", 2.5}})
    void add_component(std::string_view component, const nlohmann::json& values = nlohmann::json::object()) const;
    RowView get_component(std::string_view component) const;
    bool has_component(std::string_view component) const;
    void remove_component(std::string_view component) const;

    friend void to_json(nlohmann::json& json, const Entity& entity) { json = entity.handle_; }
    friend void from_json(const nlohmann::json& json, Entity& entity) { entity.handle_ = json.get<std::uint64_t>(); }

private:
    std::uint64_t handle_ = 0;  // two halves in memory: the index, then the generation
};
static_assert(sizeof(Entity) == 8 && std::is_trivially_copyable_v<Entity>);

}  // namespace dragoman

template <>
struct std::hash<dragoman::Entity> {
    std::size_t operator()(dragoman::Entity entity) const { return std::hash<std::uint64_t>()(entity.handle()); }
};
