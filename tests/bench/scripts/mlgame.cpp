// A script as MLGame's users write them: the whole scene is a json before update() sees it.
#include <ml_play.hpp>

class MLPlay : public AbstractMLPlay {
public:
    MLPlay(json init_args) {}
    json update(json scene_info) override {
        int ball = scene_info["ball"][0];
        return ball > 0 ? "MOVE_LEFT" : "NONE";
    }
    void reset() override {}
};
