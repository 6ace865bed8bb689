// The broker's world, as a game sees it. Writes are kept in a list that travels in front of the next read, or with the
// tick's end.
#pragma once
#include <dragoman/entity.hpp>

#include <nlohmann/json.hpp>

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dragoman {

/// A row of a query: the entity, and its components in the order in which they were asked for.
struct Row {
    Entity entity;
    std::vector<nlohmann::json> components;
    const nlohmann::json& operator[](std::size_t i) const { return components.at(i); }
};

struct Filter {
    std::vector<std::string> with;
    std::vector<std::string> without;
};

class World {
public:
    /// `fields` are declarations such as "x: f32 = 3"; without any the component is a tag.
    void component(std::string_view name, const std::vector<std::string>& fields = {});
    template <class... Fields>
    requires(sizeof...(Fields) > 0 && (std::is_convertible_v<Fields, std::string> &&
                                       ...)) void component(std::string_view name, const Fields&... fields) {
        component(name, std::vector<std::string>{fields...});
    }

    /// world.create({{"Ball", {{"x", 93}, {"y", 395}}}, {"Moving", json::object()}})
    Entity create(const nlohmann::json& components);
    nlohmann::json get(Entity entity, std::string_view component);
    bool alive(Entity entity);
    bool has(Entity entity, std::string_view component);
    std::vector<Row> query(const std::vector<std::string>& components, const Filter& filter = {});
    /// The only row that has the component; Error with bad_value where there is not exactly one.
    Row one(const std::string& component);

    void destroy(Entity entity);
    void add(Entity entity, std::string_view component, const nlohmann::json& values = nlohmann::json::object());
    void remove(Entity entity, std::string_view component);
    void set(Entity entity, std::string_view component, const nlohmann::json& values);

    /// `calls`: pairs of a method's name and its params, such as {"set", {...}}; all happen or none does. Their values.
    nlohmann::json batch(const std::vector<std::pair<std::string, nlohmann::json>>& calls);

private:
    friend class GameLoop;
    nlohmann::json read(std::string_view method, const std::string& params);
    std::string take_changes();

    std::string changes_;  ///< JSON: the calls of a batch, with commas between them
};

}  // namespace dragoman
