// A game of ten frames that has the vice of the parameter `vice` at `place`.
#include <dragoman.hpp>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <string>

class Game : public dragoman::Game {
public:
    void setup() override {
        indulge("setup");
        world.component("Counter", "n: i8");
        counter_ = world.create({{"Counter", {{"n", 1}}}});
    }

    bool update(const json&) override {
        if (frame == 5) {
            indulge("update");
            misuse_the_world();
        }
        return frame == 10;
    }

    json scenes() override {
        if (frame == 5) indulge("scenes");
        const std::string vice = frame == 5 ? vice_() : "";
        json scene = {{"frame", frame}, {"status", "GAME_ALIVE"}};
        if (vice == "nan") scene["x"] = std::numeric_limits<double>::quiet_NaN();
        if (vice == "infinite") scene["x"] = std::numeric_limits<double>::infinity();
        if (vice == "no_scenes") return 7;
        return {{"1P", vice == "no_object" ? json(7) : scene}, {vice == "unknown_seat" ? "3P" : "2P", scene}};
    }

    json result() override {
        indulge("result");
        if (vice_() == "no_result") return nullptr;
        return {{"1P", {{"rank", 1}, {"score", 0}}}, {"2P", {{"rank", 1}, {"score", 0}}}};
    }

private:
    std::string vice_() { return params.value("vice", ""); }

    void indulge(const std::string& place) {
        if (params.value("place", "") != place) return;
        const std::string vice = vice_();
        if (vice == "raise") throw std::runtime_error("the game's own fault");
        if (vice == "exit") std::exit(3);
        if (vice == "hang") sleep(3600);
        if (vice == "abort") std::abort();
        if (vice == "print") std::puts("__done__ {\"frame\": 0}");
        for (volatile unsigned n = 0; vice == "busy";) n = n + 1;
        for (int i = 0; vice == "flood" && i < 1'250'000; ++i) std::puts(std::string(79, 'x').c_str());
    }

    void misuse_the_world() {
        const std::string vice = vice_();
        if (vice == "unknown_component") world.create({{"Unknown", json::object()}});
        if (vice == "unknown_field") world.set(counter_, "Counter", {{"m", 1}});
        if (vice == "bad_value") world.set(counter_, "Counter", {{"n", 1000}});
        if (vice != "no_entity") return;
        world.destroy(counter_);
        world.get(counter_, "Counter");
    }

    dragoman::Entity counter_{};
};
