// The loop's view of an MLPlay of which update() takes a dragoman::Scene. Used by src/main.cpp only.
#pragma once
#include <dragoman/calls.hpp>
#include <dragoman/command.hpp>
#include <dragoman/player.hpp>
#include <dragoman/scene.hpp>

#include <type_traits>

namespace dragoman {

/// MLPlay(const Init&), MLPlay(json) or MLPlay(): the first that there is. A class without constructors would take what
/// it is given as its first member.
template <class MLPlay>
MLPlay* construct_any() {
    if constexpr (std::is_aggregate_v<MLPlay>) {
        return new MLPlay();
    } else if constexpr (std::is_constructible_v<MLPlay, const Init&>) {
        return new MLPlay(init());
    } else if constexpr (std::is_constructible_v<MLPlay, nlohmann::json>) {
        return new MLPlay(nlohmann::json(init_args()));
    } else {
        static_assert(std::is_default_constructible_v<MLPlay>,
                      "MLPlay needs a public constructor: MLPlay(const dragoman::Init&), MLPlay(json) or MLPlay()");
        return new MLPlay();
    }
}

/// Becomes a Scene and nothing else: a Scene itself could become json, and would fit update(json) as well.
struct OnlyScene {
    operator const Scene&() const;
};

template <class MLPlay>
class ScenePlayer : public Player {
    static constexpr bool takes_scene = CanUpdate<MLPlay, OnlyScene>::yes;
    static constexpr bool takes_json = CanUpdate<MLPlay, nlohmann::json>::yes;
    static_assert(takes_scene || takes_json,
                  "MLPlay needs a public method: dragoman::Command update(const dragoman::Scene& scene)");

public:
    void construct() override { Held<MLPlay>::object = ml_ = construct_any<MLPlay>(); }
    bool update(SceneText text, std::string& command) override {
        if constexpr (takes_scene) {
            const Scene scene(text);
            answer(scene, command);
            return !scene.alive();
        } else if constexpr (takes_json) {
            nlohmann::json scene = parse_json(text.begin, text.end);
            const bool over = round_is_over(scene);
            answer(std::move(scene), command);
            return over;
        }
    }
    void reset() override {
        if constexpr (HasReset<MLPlay>::yes) ml_->reset();
    }

private:
    template <class S>
    void answer(S&& scene, std::string& command) {
        if constexpr (std::is_void_v<decltype(ml_->update(std::forward<S>(scene)))>) {
            ml_->update(std::forward<S>(scene));
            command += "null";
        } else {
            append_command(command, ml_->update(std::forward<S>(scene)));
        }
    }

    MLPlay* ml_ = nullptr;
};

template <class MLPlay>
Player* make_scene_player() {
    return new ScenePlayer<MLPlay>();
}

}  // namespace dragoman
