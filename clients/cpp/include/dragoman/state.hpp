// What a script keeps over a hot reload: two methods of its class, or two functions that it registers. C++11.
#pragma once
#include <nlohmann/json.hpp>

#include <type_traits>
#include <utility>

namespace dragoman {

typedef nlohmann::json (*GiveState)();
typedef void (*TakeState)(nlohmann::json& state);

/// The script's one MLPlay or Game, once it is made.
template <class T>
struct Held {
    static T* object;
};
template <class T>
T* Held<T>::object = nullptr;

template <class T>
class GivesState {
    template <class U>
    static auto test(int) -> decltype(std::declval<U&>().preserve_state(), std::true_type());
    template <class U>
    static std::false_type test(...);

public:
    static constexpr bool yes = decltype(test<T>(0))::value;
};

template <class T>
class TakesState {
    template <class U>
    static auto test(int)
        -> decltype(std::declval<U&>().restore_state(std::declval<nlohmann::json&>()), std::true_type());
    template <class U>
    static std::false_type test(...);

public:
    static constexpr bool yes = decltype(test<T>(0))::value;
};

/// T's hook that gives its state, or null where it has none.
template <class T, bool has = GivesState<T>::yes>
struct StateGiver {
    static constexpr GiveState hook = nullptr;
};
template <class T>
struct StateGiver<T, true> {
    static nlohmann::json give() {
        typedef decltype(Held<T>::object->preserve_state()) State;
        static_assert(std::is_constructible<nlohmann::json, State>::value,
                      "preserve_state() has to return json, or what json can be made of");
        return nlohmann::json(Held<T>::object->preserve_state());
    }
    static constexpr GiveState hook = give;
};

template <class T, bool has = TakesState<T>::yes>
struct StateTaker {
    static constexpr TakeState hook = nullptr;
};
template <class T>
struct StateTaker<T, true> {
    static void take(nlohmann::json& state) { Held<T>::object->restore_state(state); }
    static constexpr TakeState hook = take;
};

struct StateRegistration {
    StateRegistration(GiveState give, TakeState take);
};

}  // namespace dragoman

/// For systems, verbs, and a loop of the script's own: DRAGOMAN_STATE(give, take), where `json give()` and
/// `void take(const json& state)`.
#define DRAGOMAN_STATE(give, take)                                          \
    static const ::dragoman::StateRegistration dragoman_state_registration( \
        []() -> ::nlohmann::json { return ::nlohmann::json(give()); },      \
        [](::nlohmann::json& dragoman_state) -> void { take(dragoman_state); });
