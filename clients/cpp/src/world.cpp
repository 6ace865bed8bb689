#include "session.hpp"
#include "write_json.hpp"

#include <dragoman/world.hpp>

namespace dragoman {
namespace {

using nlohmann::json;

void append_key(std::string& out, const char* key) {
    out += out.back() == '{' ? "\"" : ", \"";
    out += key;
    out += "\": ";
}

class Params {
public:
    Params& entity(Entity entity) {
        append_key(text_, "entity");
        append_number(text_, std::uint64_t{entity});
        return *this;
    }
    Params& text(const char* key, std::string_view value) {
        append_key(text_, key);
        append_text(text_, value);
        return *this;
    }
    Params& value(const char* key, const json& value) {
        append_key(text_, key);
        append_json(text_, value);
        return *this;
    }
    std::string done() { return std::move(text_) + '}'; }

private:
    std::string text_ = "{";
};

void append_call(std::string& list, std::string_view method, std::string_view params) {
    list += list.empty() ? "[\"" : ", [\"";
    list += method;
    list += "\", ";
    list += params;
    list += ']';
}

}  // namespace

std::string World::take_changes() { return std::exchange(changes_, std::string()); }

json World::read(std::string_view method, const std::string& params) {
    if (changes_.empty()) return session().call("world." + std::string(method), params);
    append_call(changes_, method, params);
    json values = session().call("world.batch", "{\"calls\": [" + take_changes() + "]}");
    return std::move(values.back());
}

void World::component(std::string_view name, const std::vector<std::string>& fields) {
    read("component", Params().text("name", name).value("fields", fields).done());
}

Entity World::create(const json& components) { return read("create", Params().value("components", components).done()); }

json World::get(Entity entity, std::string_view component) {
    return read("get", Params().entity(entity).text("component", component).done());
}

bool World::alive(Entity entity) { return read("alive", Params().entity(entity).done()); }

bool World::has(Entity entity, std::string_view component) {
    return read("has", Params().entity(entity).text("component", component).done());
}

std::vector<Row> World::query(const std::vector<std::string>& components, const Filter& filter) {
    Params params;
    params.value("components", components);
    if (!filter.with.empty()) params.value("with", filter.with);
    if (!filter.without.empty()) params.value("without", filter.without);
    std::vector<Row> rows;
    for (json& row : read("query", params.done())) {
        auto& values = row.get_ref<json::array_t&>();
        rows.push_back({values.at(0).get<Entity>(),
                        {std::make_move_iterator(values.begin() + 1), std::make_move_iterator(values.end())}});
    }
    return rows;
}

Row World::one(const std::string& component) {
    auto rows = query({component});
    if (rows.size() != 1)
        throw Error("bad_value",
                    "one(" + component + "): there are " + std::to_string(rows.size()) + " entities with it");
    return std::move(rows.front());
}

void World::destroy(Entity entity) { append_call(changes_, "destroy", Params().entity(entity).done()); }

void World::add(Entity entity, std::string_view component, const json& values) {
    append_call(changes_, "add", Params().entity(entity).text("component", component).value("values", values).done());
}

void World::remove(Entity entity, std::string_view component) {
    append_call(changes_, "remove", Params().entity(entity).text("component", component).done());
}

void World::set(Entity entity, std::string_view component, const json& values) {
    append_call(changes_, "set", Params().entity(entity).text("component", component).value("values", values).done());
}

json World::batch(const std::vector<std::pair<std::string, json>>& calls) {
    if (calls.empty()) return json::array();
    std::string list;
    for (const auto& [method, params] : calls) {
        std::string text;
        append_json(text, params);
        append_call(list, method, text);
    }
    const std::string before = take_changes();
    json values = session().call("world.batch", "{\"calls\": [" + before + (before.empty() ? "" : ", ") + list + "]}");
    auto& all = values.get_ref<json::array_t&>();
    all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(calls.size()));
    return values;
}

}  // namespace dragoman
