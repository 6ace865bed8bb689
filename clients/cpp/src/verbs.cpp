#include "session.hpp"

#include <dragoman/verb.hpp>

namespace dragoman {
namespace {

using nlohmann::json;
using Verbs = std::map<std::string, VerbRegistration::Function>;

Verbs& verbs() {
    static Verbs& all = *new Verbs();  // filled by constructors of the script's globals
    return all;
}

}  // namespace

VerbRegistration::VerbRegistration(std::string name, Function function) {
    verbs()[std::move(name)] = std::move(function);
}

bool has_verbs() { return !verbs().empty(); }

json run_verb(const std::string& name, const json& params) {
    const auto found = verbs().find(name);
    if (found == verbs().end()) throw Error("unknown_method", "this script has no verb " + name);
    return found->second(params);
}

void refuse_argument(const std::string& verb, const json& value, const char* why) {
    throw Error("bad_params",
                verb + " cannot take " + value.dump(-1, ' ', true, json::error_handler_t::replace) + ": " + why);
}

std::vector<json> arrange(const std::string& verb, const json& params, std::size_t count,
                          const std::vector<std::string>& names) {
    const auto refuse = [&](const std::string& why) { throw Error("bad_params", verb + " " + why); };
    if (params.is_null()) {
        if (count != 0) refuse("wants " + std::to_string(count) + " arguments");
        return {};
    }
    if (params.is_array()) {
        if (params.size() != count)
            refuse("wants " + std::to_string(count) + " arguments, there are " + std::to_string(params.size()));
        return {params.begin(), params.end()};
    }
    if (!params.is_object()) refuse("wants a list or an object of arguments");
    if (names.empty() && count == 1) return {params};
    if (names.empty() && params.empty() && count == 0) return {};
    if (names.size() != count) refuse("has no names for its arguments: call it with a list");
    std::vector<json> values;
    for (const std::string& name : names) {
        if (!params.contains(name)) refuse("wants the argument " + name);
        values.push_back(params[name]);
    }
    if (params.size() != count) refuse("was given an argument that it does not have");
    return values;
}

}  // namespace dragoman
