// The loop's view of an MLPlay whose scenes are nlohmann's json. Part of the prefix, so that macros of the script
// cannot touch it. C++11.
#pragma once
#include <dragoman/script.hpp>

#include <type_traits>
#include <utility>

namespace dragoman {

/// Whether a class that was declared has been defined by now.
template <class T>
class IsDefined {
    template <class U>
    static std::true_type test(char (*)[sizeof(U)]);
    template <class U>
    static std::false_type test(...);

public:
    static constexpr bool yes = decltype(test<T>(nullptr))::value;
};

template <class T>
class HasReset {
    template <class U>
    static auto test(int) -> decltype(std::declval<U&>().reset(), std::true_type());
    template <class U>
    static std::false_type test(...);

public:
    static constexpr bool yes = decltype(test<T>(0))::value;
};

template <class T, class Scene>
class CanUpdate {
    template <class U>
    static auto test(int) -> decltype(std::declval<U&>().update(std::declval<Scene>()), std::true_type());
    template <class U>
    static std::false_type test(...);

public:
    static constexpr bool yes = decltype(test<T>(0))::value;
};

template <class MLPlay>
MLPlay* construct(std::true_type /*with json*/) {
    return new MLPlay(nlohmann::json(init_args()));
}
template <class MLPlay>
MLPlay* construct(std::false_type) {
    return new MLPlay();
}

template <class MLPlay>
class JsonPlayer : public Player {
    // a class without constructors would take it as its first member
    typedef std::integral_constant<bool,
                                   std::is_constructible<MLPlay, nlohmann::json>::value && !__is_aggregate(MLPlay)>
        TakesJson;
    static_assert(TakesJson::value || std::is_default_constructible<MLPlay>::value,
                  "MLPlay needs a public constructor: MLPlay(json init_args)");
    static_assert(CanUpdate<MLPlay, nlohmann::json>::yes, "MLPlay needs a public method: json update(json scene_info)");
    static_assert(HasReset<MLPlay>::yes, "MLPlay needs a public method: void reset()");

public:
    void construct() override { Held<MLPlay>::object = ml_ = dragoman::construct<MLPlay>(TakesJson()); }
    bool update(SceneText text, std::string& command) override {
        nlohmann::json scene = parse_json(text.begin, text.end);
        const bool over = round_is_over(scene);
        const nlohmann::json answer = ml_->update(std::move(scene));
        append_json(command, answer);
        return over;
    }
    void reset() override { ml_->reset(); }

private:
    MLPlay* ml_ = nullptr;  // lives as long as the program: MLGame's base class has no virtual destructor
};

template <class MLPlay>
Player* make_json_player() {
    return new JsonPlayer<MLPlay>();
}

}  // namespace dragoman
