// What the script declares, kept until __hello__ says it.
#include "systems.hpp"

#include "loops.hpp"
#include "plane.hpp"
#include "write_json.hpp"

#include <dragoman/calls.hpp>

#include <algorithm>

namespace dragoman {
namespace {

using nlohmann::json;

/// What a declaration adds to __hello__.
std::string hello() {
    json declared = json::array();
    for (const auto& system : systems()) declared.push_back(system->declaration());
    std::string keys = ", \"components\": ";
    append_json(keys, plane::declarations());
    keys += ", \"systems\": ";
    append_json(keys, declared);
    return keys;
}

constexpr SystemRole role{hello, run_systems};

}  // namespace

std::vector<std::unique_ptr<System>>& systems() {
    static auto& all = *new std::vector<std::unique_ptr<System>>();  // filled by constructors of the script's globals
    return all;
}

System& declare_system(std::string name, std::function<void(double dt)> run) {
    system_role = &role;
    return *systems().emplace_back(std::make_unique<System>(std::move(name), std::move(run)));
}

System& System::add(const char* key, const std::vector<std::string>& names) {
    json& list = keys_[key];
    if (list.is_null()) list = json::array();
    for (const std::string& name : names) {
        if (std::find(list.begin(), list.end(), name) == list.end()) list.push_back(name);
    }
    return *this;
}

System& System::put(const char* key, const json& value) {
    keys_[key] = value;
    return *this;
}

bool System::declares_access() const {
    return keys_.contains("read") || keys_.contains("write") || keys_.contains("exclusive");
}

json System::declaration() const {
    json declared = keys_;
    declared["name"] = name_;
    return declared;
}

}  // namespace dragoman
