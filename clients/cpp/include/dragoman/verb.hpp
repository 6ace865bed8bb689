// Verbs: functions of the script that others call by name.
//
//     int add(int a, int b) { return a + b; }
//     DRAGOMAN_VERB(add)                 // called with a list
//     DRAGOMAN_VERB(add, "a", "b")       // called with a list, or with an object by these names
#pragma once
#include <nlohmann/json.hpp>

#include <functional>
#include <initializer_list>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragoman {

/// Puts params in the order of the arguments. Throws Error with bad_params where they do not fit.
std::vector<nlohmann::json> arrange(const std::string& verb, const nlohmann::json& params, std::size_t count,
                                    const std::vector<std::string>& names);

[[noreturn]] void refuse_argument(const std::string& verb, const nlohmann::json& value, const char* why);

struct VerbRegistration {
    using Function = std::function<nlohmann::json(const nlohmann::json& params)>;
    VerbRegistration(std::string name, Function function);

    template <class Result, class... Arguments>
    VerbRegistration(std::string name, Result (*function)(Arguments...), std::initializer_list<const char*> names)
        : VerbRegistration(
              name, adapt(name, function, {names.begin(), names.end()}, std::index_sequence_for<Arguments...>())) {}

private:
    template <class Result, class... Arguments, std::size_t... I>
    static Function adapt(std::string name, Result (*function)(Arguments...), std::vector<std::string> names,
                          std::index_sequence<I...>) {
        return [=](const nlohmann::json& params) -> nlohmann::json {
            std::vector<nlohmann::json> values = arrange(name, params, sizeof...(Arguments), names);
            std::tuple<std::decay_t<Arguments>...> arguments{argument<std::decay_t<Arguments>>(name, values[I])...};
            if constexpr (std::is_void_v<Result>) {
                std::apply(function, std::move(arguments));
                return nullptr;
            } else {
                return std::apply(function, std::move(arguments));
            }
        };
    }
    template <class T>
    static T argument(const std::string& name, nlohmann::json& value) {
        if constexpr (std::is_same_v<T, nlohmann::json>) {
            return std::move(value);
        } else {
            try {
                return value.get<T>();
            } catch (const nlohmann::json::exception& error) {
                refuse_argument(name, value, error.what());
            }
        }
    }
};

}  // namespace dragoman

#define DRAGOMAN_VERB(function, ...) \
    static const ::dragoman::VerbRegistration dragoman_verb_##function(#function, &function, {__VA_ARGS__});
